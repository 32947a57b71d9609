"""The search closes its gap on any path, and believes no nonsense from the wire."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.failure import FailureKind
from probes.mtu.search import Search
from probes.mtu.verdict import SILENCE, Fate, Verdict

TOP = 9000
WIDTHS = st.integers(68, TOP)


def searched(probe, top: int = TOP) -> Search:
    search = Search(68, top + 1)

    async def verdict(size: int) -> Verdict:
        search_log.append(size)
        assert len(search_log) < 60
        return probe(size)

    search_log: list[int] = []
    asyncio.run(search.run(verdict))
    return search


def path(width: int, **told):
    def probe(size: int) -> Verdict:
        if size <= width:
            return Verdict(Fate.ANSWERED, rtt_ms=1.0)
        return Verdict(Fate.TOO_LONG, **told) if told else SILENCE

    return probe


@given(WIDTHS)
def test_a_silent_path_is_found_to_the_byte(width: int) -> None:
    search = searched(path(width))
    assert search.low == width
    assert search.black_hole == (width < TOP)


@given(WIDTHS, st.integers(0, 2**32 - 1))
def test_whatever_number_a_router_names_the_truth_is_found(width: int, named: int) -> None:
    search = searched(path(width, reporter="192.0.2.1", mtu_bytes=named))
    assert (search.low, search.black_hole) == (width, False)
    assert all(68 <= (report.mtu_bytes or 68) <= TOP for report in search.reports.values())


@given(WIDTHS, WIDTHS)
def test_the_interface_bounds_the_path(interface: int, width: int) -> None:
    def probe(size: int) -> Verdict:
        if size > interface:
            return Verdict(Fate.TOO_LONG, mtu_bytes=interface)
        return path(width)(size)

    search = searched(probe)
    assert search.low == min(interface, width)
    assert search.black_hole == (width < interface)
    assert search.interface == (interface if interface < TOP else None)


def test_the_word_of_this_machine_itself_needs_no_test() -> None:
    sizes: list[int] = []

    def probe(size: int) -> Verdict:
        sizes.append(size)
        if size > 1500:
            return Verdict(Fate.TOO_LONG, mtu_bytes=1500)
        return Verdict(Fate.ANSWERED, rtt_ms=1.0)

    searched(probe)
    assert sizes == [68, TOP, 1500]


def test_an_honest_router_costs_four_packets() -> None:
    sizes: list[int] = []

    def probe(size: int) -> Verdict:
        sizes.append(size)
        return path(1400, reporter="192.0.2.1", mtu_bytes=1400)(size)

    searched(probe)
    assert sizes == [68, TOP, 1400, 1401]


def test_narrower_and_narrower_links_are_all_named() -> None:
    def probe(size: int) -> Verdict:
        if size <= 1280:
            return Verdict(Fate.ANSWERED, rtt_ms=1.0)
        near = Verdict(Fate.TOO_LONG, reporter="near", mtu_bytes=1400)
        return near if size > 1400 else Verdict(Fate.TOO_LONG, reporter="far", mtu_bytes=1280)

    search = searched(probe)
    assert [report.address for report in search.reports.values()] == ["near", "far"]
    assert search.low == 1280


def test_a_router_that_speaks_once_is_no_black_hole() -> None:
    spoken = []

    def probe(size: int) -> Verdict:
        if size <= 1400:
            return Verdict(Fate.ANSWERED, rtt_ms=1.0)
        if spoken:
            return SILENCE
        spoken.append(size)
        return Verdict(Fate.TOO_LONG, reporter="192.0.2.1", mtu_bytes=1400)

    search = searched(probe)
    assert (search.low, search.black_hole) == (1400, False)


def test_told_of_one_link_and_swallowed_by_the_next_is_a_black_hole() -> None:
    def probe(size: int) -> Verdict:
        if size > 1400:
            return Verdict(Fate.TOO_LONG, reporter="192.0.2.1", mtu_bytes=1400)
        return path(1300)(size)

    search = searched(probe)
    assert (search.low, search.black_hole) == (1300, True)


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        (SILENCE, FailureKind.TIMEOUT),
        (Verdict(Fate.BLOCKED, reporter="192.0.2.1", reason="x"), FailureKind.UNREACHABLE),
        (Verdict(Fate.BLOCKED, reason="operation not permitted"), FailureKind.UNREACHABLE),
        (Verdict(Fate.TOO_LONG, reporter="192.0.2.1", mtu_bytes=68), FailureKind.UNREACHABLE),
    ],
)
def test_without_a_first_answer_there_is_a_failure(first: Verdict, kind: FailureKind) -> None:
    search = searched(lambda _: first)
    assert search.failure.kind is kind
