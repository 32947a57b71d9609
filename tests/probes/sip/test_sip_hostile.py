"""SIP servers that misbehave: every one ends in a failure, none leads the probe astray."""

import socket
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sip_peers import run
from sip_script import Send, SipScript, always, ear, failed, reply, run_script
from sipmessage import Request

from probes import FailureKind
from probes.sip import SipMethod, SipTransport
from probes.sip.timers import Timers

UDP, TCP, TLS = SipTransport
SHORT = Timers(t1_s=0.01, t2_s=0.05, t4_s=0.05)


def test_garbage_datagrams_are_counted_and_forgotten() -> None:
    def noisy(_: SipScript, request: Request, send: Send) -> None:
        for data in (b"\x00" * 50, b"x" * 65_000, b"SIP/2.0 200 OK\r\n\r\n"):
            send(data)
        send(reply(request, via="SIP/2.0/UDP h;branch=z9hG4bKother"))
        send(reply(request, cseq="1 REGISTER"))
        send(reply(request, length="5"))
        send(reply(request, 204))

    result = run_script(SipScript(noisy))
    assert result.ok, result
    assert (result.response_code, result.ignored) == (204, 4)


@pytest.mark.parametrize(
    "bent", [{"via": "SIP/2.0/UDP h;branch=z9hG4bKother"}, {"cseq": "1 REGISTER"}]
)
def test_a_response_to_another_request_is_none(bent: dict[str, str]) -> None:
    def answer(_: SipScript, request: Request, send: Send) -> None:
        send(reply(request, 200, **bent))

    result = run_script(SipScript(answer), timeout_s=0.5)
    failed(result, FailureKind.TIMEOUT, "options")


def test_silence_is_a_timeout_after_the_timers_have_run() -> None:
    script = SipScript(lambda *_: None)
    result = run_script(script, timers=SHORT, timeout_s=20)
    failed(result, FailureKind.TIMEOUT, "options")
    assert result.retransmissions == len(script.heard) - 1
    assert result.retransmissions > 2
    assert (result.options_ms, result.wait_ms) == (None, None)


def test_nothing_is_sent_again_over_tcp() -> None:
    script = SipScript(lambda *_: None, TCP)
    result = run_script(script, timers=SHORT, timeout_s=20)
    failed(result, FailureKind.TIMEOUT, "options")
    assert (len(script.heard), result.retransmissions) == (1, 0)


def test_a_request_that_was_lost_is_sent_again_and_counts() -> None:
    def second(script: SipScript, request: Request, send: Send) -> None:
        if len(script.heard) == 2:
            send(reply(request))

    result = run_script(SipScript(second), timers=SHORT)
    assert result.ok, result
    assert result.retransmissions == 1
    assert result.options_ms is not None
    assert result.options_ms >= 10


@pytest.mark.parametrize(
    "method",
    # It takes two seconds more to give up cancelling.
    [
        SipMethod.OPTIONS,
        SipMethod.REGISTER,
        pytest.param(SipMethod.INVITE, marks=pytest.mark.slow),
    ],
)
def test_provisional_responses_for_ever_are_a_timeout(method: SipMethod) -> None:
    script = SipScript(always(100))
    result = run_script(script, methods=(method,), timeout_s=0.4)
    assert "provisional" in failed(result, FailureKind.TIMEOUT, method.lower())
    assert result.wait_ms is not None


def test_an_answer_that_crosses_the_cancel_is_hung_up() -> None:
    def late(script: SipScript, request: Request, send: Send) -> None:
        if request.method == "INVITE":
            send(reply(request, 180))
        elif request.method == "CANCEL":
            send(reply(request, 200))
            send(reply(script.heard[0], 200))
        elif request.method == "BYE":
            send(reply(request, 200))

    script = SipScript(late)
    result = run_script(script, methods=(SipMethod.INVITE,), timeout_s=0.4)
    failed(result, FailureKind.TIMEOUT, "invite")
    assert script.methods == ["INVITE", "CANCEL", "ACK", "BYE"]


def test_every_2xx_is_acknowledged() -> None:
    def twice(_: SipScript, request: Request, send: Send) -> None:
        if request.method == "INVITE":
            send(reply(request, 200))
            send(reply(request, 200))
        elif request.method == "BYE":
            send(reply(request, 200))

    script = SipScript(twice)
    assert run_script(script, methods=(SipMethod.INVITE,)).ok
    assert sorted(script.methods) == ["ACK", "ACK", "BYE", "INVITE"]


def test_a_call_that_cannot_be_hung_up_was_answered_all_the_same() -> None:
    def deaf(_: SipScript, request: Request, send: Send) -> None:
        if request.method == "INVITE":
            send(reply(request, 200))

    result = run_script(SipScript(deaf), methods=(SipMethod.INVITE,), timers=Timers(0.01))
    assert result.ok, result
    assert (result.steps[-1].method, result.steps[-1].code) == ("BYE", None)


def test_an_interval_that_is_too_brief_is_lengthened_once() -> None:
    def brief(script: SipScript, request: Request, send: Send) -> None:
        enough = request.headers["Expires"] == "600"
        send(reply(request) if enough else reply(request, 423, "Min-Expires: 600"))

    script = SipScript(brief)
    assert run_script(script, methods=(SipMethod.REGISTER,)).ok
    assert [request.headers["Expires"] for request in script.heard] == ["60", "600"]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 400), max_size=6))
def test_a_stream_may_be_cut_anywhere(cuts: list[int]) -> None:
    def split(_: SipScript, request: Request, send: Send) -> None:
        data = b"\r\n\r\n" + reply(request, 100) + reply(request, 200, body=b"\r\n\r\nbody")
        edges = [0, *sorted(cuts), len(data)]
        for start, end in pairwise(edges):
            if data[start:end]:
                send(data[start:end])

    result = run_script(SipScript(split, TCP))
    assert result.ok, result
    assert str(result.options_response).endswith("\r\n\r\n\r\n\r\nbody")


@pytest.mark.parametrize("length", [None, "x", "-1", "999999"])
def test_a_stream_without_an_honest_length_is_a_protocol_failure(length: str | None) -> None:
    def lie(_: SipScript, request: Request, send: Send) -> None:
        send(reply(request, length=length))

    failed(run_script(SipScript(lie, TCP)), FailureKind.PROTOCOL, "options")


def test_a_length_that_is_too_great_is_a_timeout() -> None:
    def lie(_: SipScript, request: Request, send: Send) -> None:
        send(reply(request, length="500"))

    result = run_script(SipScript(lie, TCP), timeout_s=0.5)
    failed(result, FailureKind.TIMEOUT, "options")


def test_an_endless_message_is_a_protocol_failure() -> None:
    def endless(_: SipScript, request: Request, send: Send) -> None:
        send(b"SIP/2.0 200 OK\r\n" + b"X: y\r\n" * 10_000)

    failed(run_script(SipScript(endless, TCP)), FailureKind.PROTOCOL, "options")


def test_a_connection_that_closes_is_a_reset() -> None:
    script = SipScript(lambda _script, _request, send: send(b""), TCP)
    failed(run_script(script), FailureKind.RESET, "options")


@pytest.mark.parametrize(
    ("transport", "phase"), [(UDP, "options"), (TCP, "connect"), (TLS, "connect")]
)
def test_a_closed_port_is_refused(transport: SipTransport, phase: str) -> None:
    kind = socket.SOCK_STREAM if transport.reliable else socket.SOCK_DGRAM
    with ear(kind, "127.0.0.1") as listening:
        port = listening.getsockname()[1]
    result = run(port, transport=transport)
    failed(result, FailureKind.REFUSED, phase)
    assert (result.connect_ms, result.wait_ms) == (None, None)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.sampled_from([UDP, TCP]))
def test_garbage_never_raises(garbage: list[bytes], transport: SipTransport) -> None:
    def noise(_: SipScript, request: Request, send: Send) -> None:
        for data in garbage:
            send(data or b"x")

    assert not run_script(SipScript(noise, transport), timeout_s=0.03).ok
