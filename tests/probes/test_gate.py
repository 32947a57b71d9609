"""The gate: what peers point to is judged like what users ask for."""

import asyncio

import pytest

from probes import FailureKind, Gate, TargetPolicy, TargetRefused


def test_an_open_address_is_no_objection() -> None:
    assert Gate(TargetPolicy()).objection("127.0.0.9", "redirect") is None


def test_a_closed_address_is_a_failure_that_names_the_flag() -> None:
    failure = Gate(TargetPolicy()).objection("192.0.2.1", "redirect")
    assert failure is not None
    assert (failure.kind, failure.phase) == (FailureKind.NOT_ALLOWED, "redirect")
    assert "--allow-target 192.0.2.1/32" in failure.message
    assert str(failure).startswith("not allowed in redirect: 192.0.2.1 is refused")


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "1.2.3.4.5", "\n"])
def test_what_is_no_address_is_a_protocol_failure(text: str) -> None:
    failure = Gate(TargetPolicy()).objection(text, "PASV")
    assert failure is not None
    assert failure.kind is FailureKind.PROTOCOL


def test_a_name_is_resolved_checked_and_pinned() -> None:
    async def lookup(name: str, family: int) -> list[str]:
        return {"good": ["127.0.0.4"], "bad": ["10.0.0.1"]}[name]

    gate = Gate(TargetPolicy(), lookup)
    assert str(asyncio.run(gate.admit("good")).address) == "127.0.0.4"
    with pytest.raises(TargetRefused):
        asyncio.run(gate.admit("bad"))


def test_a_mapped_address_is_returned_as_it_would_go_on_the_wire() -> None:
    assert str(Gate(TargetPolicy()).check("::ffff:127.0.0.1")) == "127.0.0.1"
