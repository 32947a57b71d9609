"""Times, counts and hidden items: correct servers are never accused, broken ones always."""

# Servers with a fault keep the signatures of the correct one.
# ruff: noqa: ARG002, FBT001, FBT003

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_rig import judged

from benchmarks.mutation.ngrok import Ngrok
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import Answer
from benchmarks.mutation.strangers import StrangeNgrok, StrangePingPlotter
from contract_tests.checks import counts_agree, hidden_are_revealed, times_move_forward
from contract_tests.findings.finding import Finding, Grade
from contract_tests.world.moments import moment

Item = dict[str, Any]
YEARS = (datetime(1970, 1, 2), datetime(2200, 1, 1))  # noqa: DTZ001 - Hypothesis wants it so
TIMES = times_move_forward.RULE
COUNTS, COUNTS_NEW = counts_agree.RULE, counts_agree.NEW_RULE
HIDDEN, HIDDEN_NEW = hidden_are_revealed.RULE, hidden_are_revealed.NEW_RULE


def accused(rule: Any, app: Any) -> list[Finding]:
    vendor = "ngrok" if isinstance(app, Ngrok) else "pingplotter"
    found, _ = judged(rule, vendor, app)
    return [finding for finding in found if finding.grade is not Grade.ASSUMPTION]


@given(point=st.datetimes(*YEARS), digits=st.integers(0, 9))
def test_a_moment_is_the_same_however_it_is_written(point: datetime, digits: int) -> None:
    text = point.isoformat(timespec="seconds")
    fraction = f".{'123456789'[:digits]}" if digits else ""
    zulu, zoned = moment(f"{text}{fraction}Z"), moment(f"{text}{fraction}+00:00")
    assert zulu is not None
    assert zulu == zoned
    assert zulu.ns // 10**9 == int(point.replace(tzinfo=UTC).timestamp())
    assert zulu.unit_ns == 10 ** (9 - digits)


@pytest.mark.parametrize(
    "text", ["2025-01-01", "2025-01-01T00:00:00", "2025-02-30T00:00:00Z", 5, None, "soon"]
)
def test_what_is_no_rfc_3339_time_is_no_moment(text: Any) -> None:
    assert moment(text) is None


@given(digits=st.sampled_from([0, 3, 6, 7]), offset_ns=st.integers(0, 10**10))
@settings(max_examples=25, deadline=None)
def test_twins_agree_as_far_as_the_text_is_exact(digits: int, offset_ns: int) -> None:
    class Exact(PingPlotter):
        def time(self, minutes: float) -> str:
            ms = offset_ns // 10**6
            text = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat()
            whole, _, fraction = text.partition("+")[0].partition(".")
            written = fraction.ljust(9, "0")[:digits]
            return f"{whole}{'.' if written else ''}{written}Z"

        def in_ms(self, moment: str | None) -> int | None:
            first = round(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
            return None if moment is None else first + offset_ns // 10**6

    assert accused(TIMES, Exact(2)) == []


@pytest.mark.parametrize(
    "app", [Ngrok, PingPlotter, StrangeNgrok, StrangePingPlotter], ids=lambda it: it.__name__
)
def test_the_times_of_correct_servers_are_not_accused(app: Any) -> None:
    assert accused(TIMES, app()) == []


class LateTwin(PingPlotter):
    def in_ms(self, moment: str | None) -> int | None:
        found = super().in_ms(moment)
        return None if found is None else found + 1000


class TwinInSeconds(PingPlotter):
    def in_ms(self, moment: str | None) -> int | None:
        found = super().in_ms(moment)
        return None if found is None else found // 1000


class TwinWithoutText(PingPlotter):
    def in_ms(self, moment: str | None) -> int | None:
        return super().in_ms(moment or self.now())


class NoZone(PingPlotter):
    def time(self, minutes: float) -> str:
        return super().time(minutes).rstrip("Z")


class FarFuture(Ngrok):
    def new_session(self, number: int) -> Item:
        session = super().new_session(number)
        return {**session, "created_at": "2126-01-01T00:00:00Z"} if number == 3 else session


class LastOutOfOrder(Ngrok):
    def new_session(self, number: int) -> Item:
        session = super().new_session(number)
        return {**session, "last_active": session["expires_at"], "expires_at": self.time(0)}


class CreatedAtEachRead(Ngrok):
    def get(self, call: Any, item_id: str) -> Answer:
        answer = super().get(call, item_id)
        answer.body["created_at"] = self.time(self.served)
        return answer


class GoesBackward(Ngrok):
    def get(self, call: Any, item_id: str) -> Answer:
        answer = super().get(call, item_id)
        answer.body["last_active"] = self.time(90 - self.served)
        return answer


@pytest.mark.parametrize(
    "broken",
    [
        LateTwin,
        TwinInSeconds,
        TwinWithoutText,
        NoZone,
        FarFuture,
        LastOutOfOrder,
        CreatedAtEachRead,
        GoesBackward,
    ],
    ids=lambda it: it.__name__,
)
def test_wrong_times_are_always_found(broken: Any) -> None:
    assert accused(TIMES, broken()) != []


@given(count=st.integers(0, 4))
@settings(max_examples=5, deadline=None)
def test_correct_counts_are_never_accused(count: int) -> None:
    found = [judged(rule, "pingplotter", PingPlotter(count))[0] for rule in (COUNTS, COUNTS_NEW)]
    assert found == [[], []]


class Fixed(PingPlotter):
    """Correct, or careless: what was there before counts what nobody lists."""

    def shown_agent(self, agent: Item) -> Item:
        shown = super().shown_agent(agent)
        return {**shown, "TotalSessions": shown["TotalSessions"] + (agent["Name"] == "Office 0")}


def test_what_old_items_count_is_an_assumption() -> None:
    found = judged(COUNTS, "pingplotter", Fixed())[0]
    assert {finding.grade for finding in found} == {Grade.ASSUMPTION}
    assert accused(COUNTS_NEW, Fixed()) == []


class OneOpenTooMany(PingPlotter):
    def shown_agent(self, agent: Item) -> Item:
        shown = super().shown_agent(agent)
        return {**shown, "OpenSessions": shown["OpenSessions"] + (agent["Name"] == "Office 0")}


def test_one_that_counts_unlike_all_others_is_a_breach() -> None:
    found = judged(COUNTS, "pingplotter", OneOpenTooMany(4))[0]
    assert {finding.grade for finding in found} == {Grade.BREACH}


class CountsActiveOnly(PingPlotter):
    def shown_agent(self, agent: Item) -> Item:
        active = [s for s in self.sessions_of(agent["UniqueId"]) if s["Status"] == "Active"]
        return {**super().shown_agent(agent), "OpenSessions": len(active)}


def test_another_way_to_count_is_never_a_breach() -> None:
    found = judged(COUNTS, "pingplotter", CountsActiveOnly(4))[0]
    assert {finding.grade for finding in found} <= {Grade.ASSUMPTION}


class CountsOneMore(PingPlotter):
    def shown_agent(self, agent: Item) -> Item:
        shown = super().shown_agent(agent)
        return {**shown, "TotalSessions": shown["TotalSessions"] + 1}


class NeverCounts(PingPlotter):
    def shown_agent(self, agent: Item) -> Item:
        return {**super().shown_agent(agent), "TotalSessions": 0, "OpenSessions": 0}


class CountsEverybodys(PingPlotter):
    def sessions_of(self, agent_id: str) -> list[Item]:
        return list(self.sessions.values())


class ClosedAreOpen(PingPlotter):
    def shown_agent(self, agent: Item) -> Item:
        shown = super().shown_agent(agent)
        return {**shown, "OpenSessions": shown["TotalSessions"]}


class ListIsLate(PingPlotter):
    def list_agents(self, call: Any) -> Answer:
        answer = super().list_agents(call)
        answer.body = [{**a, "TotalSessions": max(a["TotalSessions"] - 1, 0)} for a in answer.body]
        return answer


@pytest.mark.parametrize(
    "broken",
    [CountsOneMore, NeverCounts, CountsEverybodys, ClosedAreOpen, ListIsLate],
    ids=lambda it: it.__name__,
)
def test_wrong_counts_of_a_new_item_are_always_found(broken: Any) -> None:
    assert accused(COUNTS_NEW, broken(2)) != []


@pytest.mark.parametrize("app", [PingPlotter, StrangePingPlotter, lambda: PingPlotter(0)])
def test_lists_that_hide_correctly_are_not_accused(app: Any) -> None:
    assert accused(HIDDEN, app()) + accused(HIDDEN_NEW, app()) == []


class NoNotice(PingPlotter):
    """Correct: no table of the manual says that a creation can make a template."""

    def create_agent(self, call: Any) -> Answer:
        return super().create_agent(replace(call, body=call.body.replace(b"IsTemplate", b"X")))


def test_a_creation_that_makes_no_template_is_not_accused() -> None:
    assert accused(HIDDEN_NEW, NoNotice()) == []


class Shows(PingPlotter):
    deleted = templates = False

    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        return super().is_listed(agent, templates or self.templates, deleted or self.deleted)


class ShowsDeleted(Shows):
    deleted = True


class ShowsTemplates(Shows):
    templates = True


class OneRevealsBoth(PingPlotter):
    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        return super().is_listed(agent, templates or deleted, deleted)


class NeverReveals(PingPlotter):
    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        return super().is_listed(agent, templates, False)


class RevealsOnly(PingPlotter):
    def is_listed(self, agent: Item, templates: bool, deleted: bool) -> bool:
        return super().is_listed(agent, templates, deleted) and agent["Deleted"] == deleted


class FalseReveals(PingPlotter):
    def list_agents(self, call: Any) -> Answer:
        asked = tuple((name, "true") for name, _ in call.query)
        return super().list_agents(replace(call, query=asked))


@pytest.mark.parametrize(
    "broken",
    [ShowsDeleted, ShowsTemplates, OneRevealsBoth, NeverReveals, RevealsOnly, FalseReveals],
    ids=lambda it: it.__name__,
)
def test_a_list_that_hides_wrongly_is_always_found(broken: Any) -> None:
    assert accused(HIDDEN_NEW, broken(1)) != []
