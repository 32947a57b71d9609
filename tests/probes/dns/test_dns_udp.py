"""One question over UDP: what counts as its answer, and what each failure is called."""

import asyncio
import socket
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest
from dns.message import Message
from dns_rig import address_of_www, both_servers, measured, reply, run, udp_server
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import FailureKind, PacketError, TargetPolicy, TargetRefused
from probes.dns import DnsPlan, DnsResult
from probes.dns.question import make_query, read_answer, read_name, read_type


def plan(port: int, **settings: Any) -> DnsPlan:
    return DnsPlan("127.0.0.1", "www.example", port=port, **{"timeout_s": 5.0, **settings})


def asked(say: Any, **settings: Any) -> tuple[DnsResult, list[Message]]:
    async def work() -> tuple[DnsResult, list[Message]]:
        async with udp_server(say) as server:
            return await measured(plan(server.port, **settings)), server.seen

    return run(work())


def test_an_answer_fills_the_result() -> None:
    result, _ = asked(address_of_www)
    assert result.ok
    assert (result.rcode, result.mappings, result.availability) == ("NOERROR", ("192.0.2.1",), 100)
    (record,) = result.answers
    assert str(record) == "www.example.\t60\tIN\tA\t192.0.2.1"
    assert result.flags[:3] == ("QR", "AA", "RD")
    assert result.resolution_ms is not None
    assert 0 < result.resolution_ms < 5000
    assert result.query_bytes == 40
    assert result.answer_bytes == 56


def test_the_kernel_stamps_both_ends() -> None:
    assert asked(address_of_www)[0].kernel_stamped


@pytest.mark.parametrize(
    ("settings", "flags", "edns", "payload"),
    [
        ({}, dns.flags.RD, 0, 1232),
        ({"recursion_desired": False}, 0, 0, 1232),
        ({"edns_bytes": 0}, dns.flags.RD, -1, 0),
        ({"edns_bytes": 4096, "dnssec_ok": True}, dns.flags.RD, 0, 4096),
    ],
)
def test_the_question_says_what_the_plan_says(
    settings: dict[str, Any], flags: int, edns: int, payload: int
) -> None:
    _, (query,) = asked(address_of_www, **settings)
    assert (query.flags, query.edns, query.payload) == (flags, edns, payload)
    assert bool(query.ednsflags & dns.flags.DO) == bool(settings.get("dnssec_ok"))


def test_the_class_and_type_are_asked_for() -> None:
    def say(query: Message) -> Message:
        return reply(query, f"{query.question[0].name} 0 CH TXT 9.9")

    result, (query,) = asked(say, rdtype="TXT", rdclass="CH")
    assert str(query.question[0]) == "www.example. CH TXT"
    assert result.answers[0].text == '"9.9"'


@pytest.mark.parametrize("rcode", ["NXDOMAIN", "SERVFAIL", "REFUSED"])
def test_an_error_code_is_an_answer_but_not_ok(rcode: str) -> None:
    result, _ = asked(lambda query: reply(query, rcode=dns.rcode.from_text(rcode)))
    assert (result.rcode, result.answered, result.failure) == (rcode, True, None)
    assert result.resolution_ms is not None
    assert not result.ok
    assert result.availability == 0


def test_no_data_is_not_ok() -> None:
    result, _ = asked(reply)
    assert (result.rcode, result.ok) == ("NOERROR", False)


def test_silence_is_a_timeout_and_no_number() -> None:
    result, seen = asked(lambda _: None, timeout_s=0.05, tries=3)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.TIMEOUT
    assert result.resolution_ms is None
    assert (len(seen), result.tries) == (3, 3)


def test_a_later_try_may_be_answered() -> None:
    count = []

    def say(query: Message) -> Message | None:
        count.append(1)
        return address_of_www(query) if len(count) >= 3 else None

    result, _ = asked(say, timeout_s=0.3, tries=10)
    assert result.ok
    assert result.tries >= 3


def test_a_closed_port_is_refused_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    result = run(measured(plan(port, timeout_s=20.0)))
    assert result.failure is not None
    assert result.failure.kind is FailureKind.REFUSED
    assert result.resolution_ms is None


def other_id(query: Message) -> bytes:
    wire = address_of_www(query).to_wire()
    return (query.id ^ 1).to_bytes(2, "big") + wire[2:]


def other_question(query: Message) -> bytes:
    forged = make_query(read_name("evil.example"), read_type("A"))
    forged.id = query.id
    return reply(forged).to_wire()


STRAYS = {
    "no DNS message": lambda _: b"\x00garbage",
    "with the id": other_id,
    "another question": other_question,
    "a question instead": lambda query: query.to_wire(),
    "1 bytes": lambda _: b"x",
}


@pytest.mark.parametrize("clue", STRAYS)
def test_what_answers_something_else_is_told_at_the_end(clue: str) -> None:
    result, _ = asked(STRAYS[clue], timeout_s=0.1)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.PROTOCOL
    assert clue in result.failure.message


@pytest.mark.parametrize("clue", STRAYS)
def test_what_answers_something_else_does_not_hide_the_answer(clue: str) -> None:
    result, _ = asked(lambda query: [STRAYS[clue](query), address_of_www(query).to_wire()])
    assert result.ok


def test_another_sender_is_not_heard() -> None:
    """An answer with the right id and question, but from another port, is somebody else's."""

    async def work() -> DnsResult:
        loop = asyncio.get_running_loop()
        with (
            socket.socket(type=socket.SOCK_DGRAM) as real,
            socket.socket(type=socket.SOCK_DGRAM) as other,
        ):
            for sock in (real, other):
                sock.settimeout(0)
                sock.bind(("127.0.0.1", 0))
            port = real.getsockname()[1]
            asking = asyncio.create_task(measured(plan(port, timeout_s=0.3)))
            wire, peer = await loop.sock_recvfrom(real, 512)
            answer = address_of_www(dns.message.from_wire(wire))
            other.sendto(answer.to_wire(), peer)
            return await asking

    failure = run(work()).failure
    assert failure is not None
    assert failure.kind is FailureKind.TIMEOUT


def cut(query: Message) -> Message:
    return reply(query, flags=dns.flags.TC)


def both(udp: Any, tcp: Any, **settings: Any) -> tuple[DnsResult, int]:
    async def work() -> tuple[DnsResult, int]:
        async with both_servers(udp, tcp) as (server, stream):
            return await measured(plan(server.port, **settings)), len(stream.seen)

    return run(work())


def test_a_truncated_answer_is_asked_for_again_over_tcp() -> None:
    result, connections = both(cut, address_of_www)
    assert result.ok
    assert (result.truncated, result.transport, connections) == (True, "tcp", 1)
    assert result.connect_ms is not None
    assert result.resolution_ms is not None
    assert result.resolution_ms > result.connect_ms


def test_a_truncated_answer_can_be_left_as_it_is() -> None:
    result, connections = both(cut, address_of_www, fall_back=False)
    assert (result.truncated, result.transport, connections) == (True, "udp", 0)
    assert "TC" in result.flags


def test_a_fallback_that_fails_is_a_failure_without_a_time() -> None:
    result, _ = both(cut, lambda _: None)
    assert result.failure is not None
    assert result.failure.kind is FailureKind.RESET
    assert (result.resolution_ms, result.truncated) == (None, True)


def test_a_message_cut_within_a_record_is_a_truncated_one() -> None:
    def say(query: Message) -> bytes:
        wire = reply(query, "www.example. 60 IN A 192.0.2.1", flags=dns.flags.TC).to_wire()
        return wire[:-20]

    assert both(say, address_of_www)[0].ok


def test_a_server_outside_the_policy_is_refused_before_any_packet() -> None:
    with pytest.raises(TargetRefused, match=r"--allow-target 192\.0\.2\.1/32"):
        run(measured(DnsPlan("192.0.2.1", "www.example")))


def test_a_server_may_have_an_ipv6_address() -> None:
    async def work() -> DnsResult:
        async with udp_server(address_of_www, "::1") as server:
            return await measured(DnsPlan("::1", "www.example", port=server.port))

    result = run(work())
    assert result.ok
    assert result.kernel_stamped


def test_the_policy_decides_and_not_the_name() -> None:
    policy = TargetPolicy.allowing("10.0.0.0/24")
    with pytest.raises(TargetRefused):
        run(measured(DnsPlan("10.0.1.1", "www.example"), policy))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_garbage_raises_nothing_but_the_one_error(wire: bytes) -> None:
    query = make_query(read_name("www.example"), read_type("A"))
    with pytest.raises(PacketError):
        read_answer(wire, query)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_answer_is_read_or_raises_the_one_error(data: Any) -> None:
    query = make_query(read_name("www.example"), read_type("A"))
    wire = bytearray(address_of_www(query).to_wire())
    for _ in range(data.draw(st.integers(1, 8))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_answer(bytes(wire), query).id == query.id
    except PacketError as error:
        assert str(error)  # noqa: PT017
