"""Client transactions in virtual time: what is sent at which instant, and when they end."""

from collections.abc import Iterator

import pytest

from probes.sip.response import SipResponse
from probes.sip.timers import Timers
from probes.sip.transaction import (
    ClientTransaction,
    InviteTransaction,
    NonInviteTransaction,
    Output,
    State,
)

BRANCH = "z9hG4bKone"


def non_invite(*, reliable: bool = False, timers: Timers | None = None) -> NonInviteTransaction:
    return NonInviteTransaction(
        b"OPTIONS",
        branch=BRANCH,
        method="OPTIONS",
        reliable=reliable,
        timers=timers or Timers(),
    )


def invite(*, reliable: bool = False) -> InviteTransaction:
    return InviteTransaction(
        b"INVITE",
        lambda response: f"ACK {response.to}".encode(),
        branch=BRANCH,
        reliable=reliable,
        timers=Timers(),
    )


def answer(code: int, method: str = "OPTIONS", branch: str = BRANCH) -> SipResponse:
    return SipResponse(code, "", branch, 1, method, f"to {code}")


def left_alone(transaction: ClientTransaction, until_s: float = 100) -> list[tuple[float, str]]:
    """Run from second 0 without any response; say what happened when."""
    events = [(0.0, "sent") for _ in transaction.start(0).send]
    return events + list(_passing(transaction, until_s))


def _passing(transaction: ClientTransaction, until_s: float) -> Iterator[tuple[float, str]]:
    while (now_s := transaction.deadline_s) is not None and now_s <= until_s:
        output = transaction.tick(now_s)
        yield from ((now_s, "sent") for _ in output.send)
        if output.timed_out:
            yield now_s, "timed out"


def sent_at(events: list[tuple[float, str]]) -> list[float]:
    return [at_s for at_s, what in events if what == "sent"]


def test_a_request_is_sent_again_by_timer_e_until_timer_f() -> None:
    events = left_alone(transaction := non_invite())
    assert sent_at(events) == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert events[-1] == (32, "timed out")
    assert (transaction.state, transaction.retransmissions) == (State.TERMINATED, 10)


def test_an_invite_is_sent_again_by_timer_a_until_timer_b() -> None:
    events = left_alone(transaction := invite())
    assert sent_at(events) == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert events[-1] == (32, "timed out")
    assert transaction.state is State.TERMINATED


@pytest.mark.parametrize("make", [invite, non_invite])
def test_nothing_is_sent_again_over_a_stream(make: type) -> None:
    assert left_alone(make(reliable=True)) == [(0, "sent"), (32, "timed out")]


def test_the_timers_can_be_set() -> None:
    events = left_alone(non_invite(timers=Timers(t1_s=0.1, t2_s=0.2)), until_s=1.2)
    assert sent_at(events) == pytest.approx([0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.1])


def test_after_a_provisional_response_a_request_is_repeated_every_t2() -> None:
    transaction = non_invite()
    transaction.start(0)
    output = transaction.receive(answer(100), 0.2)
    assert output
    assert output.response
    assert transaction.state is State.PROCEEDING
    assert sent_at(list(_passing(transaction, 100))) == [0.5, *(4.5 + 4 * n for n in range(7))]


def test_after_a_provisional_response_an_invite_is_not_repeated_and_has_no_end() -> None:
    transaction = invite()
    transaction.start(0)
    transaction.receive(answer(180, "INVITE"), 0.2)
    assert transaction.deadline_s is None


def test_a_final_response_ends_a_request_and_repeats_of_it_are_absorbed_for_t4() -> None:
    transaction = non_invite()
    transaction.start(0)
    assert transaction.receive(answer(200), 0.1) == Output(response=answer(200))
    assert (transaction.state, transaction.deadline_s) == (State.COMPLETED, 5.1)
    assert transaction.receive(answer(200), 1.0) == Output()
    assert transaction.tick(5.1) == Output()
    assert transaction.state is State.TERMINATED


def test_over_a_stream_a_final_response_ends_a_request_at_once() -> None:
    transaction = non_invite(reliable=True)
    transaction.start(0)
    transaction.receive(answer(404), 0.1)
    assert (transaction.state, transaction.deadline_s) == (State.TERMINATED, None)


def test_a_refused_invite_is_acknowledged_as_often_as_it_is_refused() -> None:
    transaction = invite()
    transaction.start(0)
    refused = answer(486, "INVITE")
    assert transaction.receive(refused, 0.1) == Output((b"ACK to 486",), refused)
    assert transaction.receive(refused, 0.6) == Output((b"ACK to 486",))
    assert transaction.deadline_s == 32.1
    transaction.tick(32.1)
    assert transaction.state is State.TERMINATED
    assert transaction.receive(refused, 33) == Output()


def test_over_a_stream_a_refused_invite_is_acknowledged_and_over() -> None:
    transaction = invite(reliable=True)
    transaction.start(0)
    output = transaction.receive(answer(486, "INVITE"), 0.1)
    assert output
    assert output.send == (b"ACK to 486",)
    assert transaction.state is State.TERMINATED


def test_every_2xx_to_an_invite_is_passed_on_for_timer_m() -> None:
    transaction = invite()
    transaction.start(0)
    accepted = answer(200, "INVITE")
    assert transaction.receive(accepted, 1) == Output(response=accepted)
    assert transaction.receive(accepted, 1.5) == Output(response=accepted)
    assert (transaction.state, transaction.deadline_s) == (State.ACCEPTED, 33)
    assert transaction.receive(answer(486, "INVITE"), 2) == Output()


@pytest.mark.parametrize("wrong", [answer(200, branch="z9hG4bKtwo"), answer(200, "REGISTER")])
def test_a_response_to_something_else_is_left_to_others(wrong: SipResponse) -> None:
    transaction = non_invite()
    transaction.start(0)
    assert transaction.receive(wrong, 0.1) is None
    assert transaction.state is State.TRYING


def test_ticking_too_early_does_nothing() -> None:
    transaction = non_invite()
    transaction.start(0)
    assert transaction.tick(0.49) == Output()


def test_a_late_tick_does_not_bring_a_burst() -> None:
    transaction = non_invite()
    transaction.start(0)
    assert len(transaction.tick(10).send) == 1
    assert transaction.deadline_s == 11
