"""A responder answers those it may, sends no more than it got, and never to the wrong address."""

import asyncio
import ipaddress
import json
import socket
from typing import Any

import pytest
from voice_rig import HOME, udp_socket, with_responder

from probes import TargetPolicy
from probes.responder.messages import Grant, Kind, Request, line, read_grant
from probes.responder.packets import Greeting, encode_numbered
from probes.responder.server import Responder, Terms

REFLECT = Request(Kind.REFLECT, 10, 64, 1000, 0)
SOURCE = Request(Kind.UDP_SOURCE, 50, 100, 200, 0)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def asked(responder: Responder, request: Request) -> tuple[Grant, Streams]:
    streams = await asyncio.open_connection(HOME, responder.port)
    streams[1].write(request.line())
    return read_grant(await streams[0].readline()), streams


async def said(responder: Responder, words: bytes) -> bytes:
    """Say something and listen until the responder hangs up."""
    reader, writer = await asyncio.open_connection(HOME, responder.port)
    try:
        writer.write(words)
        return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def exchange(sock: socket.socket, packet: bytes, port: int) -> bytes:
    sock.sendto(packet, (HOME, port))
    return sock.recv(2048)


def is_silent(sock: socket.socket, port: int, probe: socket.socket, greeting: bytes) -> bool:
    """Tell whether nothing came, once the responder has answered somebody who came later."""
    exchange(probe, greeting, port)
    sock.setblocking(False)  # noqa: FBT003
    try:
        sock.recv(2048)
    except BlockingIOError:
        return True
    return False


def test_a_caller_whom_the_policy_does_not_open_gets_no_byte() -> None:
    policy = TargetPolicy(allowed=(ipaddress.ip_network("10.0.0.0/8"),))
    assert with_responder(lambda one: said(one, REFLECT.line()), policy=policy) == b""


def test_one_whom_it_opens_gets_a_grant() -> None:
    async def use(responder: Responder) -> int:
        grant, (_, writer) = await asked(responder, REFLECT)
        writer.close()
        return grant.port

    assert 1 <= with_responder(use) <= 65_535


@pytest.mark.parametrize(
    "words", [b"\n", b"GET / HTTP/1.1\r\n", b"{}\n", b"[" * 4000 + b"\n", b"x" * 100_000 + b"\n"]
)
def test_nonsense_ends_the_conversation(words: bytes) -> None:
    answer = with_responder(lambda one: said(one, words))
    assert answer == b"" or "error" in json.loads(answer)


def test_a_token_that_nobody_was_given_opens_nothing() -> None:
    answer = with_responder(lambda one: said(one, b"0" * 32 + b"\n"))
    assert answer == b"" or "error" in json.loads(answer)


def test_a_stream_over_tcp_is_taken_from_nobody_but_its_caller() -> None:
    """127.0.0.2 may call as well, but the token was given to 127.0.0.1."""

    async def use(responder: Responder) -> bytes:
        grant, (_, writer) = await asked(responder, Request(Kind.TCP_SOURCE, 0, 20, 100, 0))
        reader, stranger = await asyncio.open_connection(
            HOME, responder.port, local_addr=("127.0.0.2", 0)
        )
        stranger.write(grant.token.hex().encode() + b"\n")
        answer = await reader.readline()
        stranger.close()
        writer.close()
        return answer

    assert "nobody waits" in json.loads(with_responder(use))["error"]


def test_more_than_the_terms_allow_is_denied_in_words() -> None:
    request = Request(Kind.UDP_SOURCE, 1000, 1000, 1000, 0)
    terms = Terms(bits_per_s=7_999_999)
    answer = with_responder(lambda one: said(one, request.line()), terms=terms)
    assert "8000000 bit/s are asked for" in json.loads(answer)["error"]


def test_one_address_gets_no_more_sessions_than_its_share() -> None:
    async def use(responder: Responder) -> bytes:
        _, (_, writer) = await asked(responder, REFLECT)
        try:
            return await said(responder, REFLECT.line())
        finally:
            writer.close()

    answer = with_responder(use, terms=Terms(most_per_address=1))
    assert json.loads(answer)["error"] == "busy: 1 sessions of your address, 1 at most"


def test_a_session_that_has_ended_makes_room() -> None:
    async def use(responder: Responder) -> None:
        for _ in range(3):
            _, (reader, writer) = await asked(responder, REFLECT)
            writer.write(line({"wait_ms": 0}))
            await reader.read()
            writer.close()

    with_responder(use, terms=Terms(most_per_address=1))


def in_session(request: Request, check: Any) -> None:
    """Run a blocking check against the data port of a new session."""

    async def use(responder: Responder) -> None:
        grant, (_, writer) = await asked(responder, request)
        try:
            await asyncio.to_thread(check, grant)
        finally:
            writer.close()

    with_responder(use)


def test_an_answer_is_as_long_as_the_greeting() -> None:
    def check(grant: Grant) -> None:
        greeting = Greeting(grant.token, 5).encode()
        with udp_socket() as sock:
            answer = exchange(sock, greeting, grant.port)
        assert len(answer) == len(greeting)
        assert Greeting.decode(answer).received_ns <= Greeting.decode(answer).sent_ns

    in_session(REFLECT, check)


def test_a_greeting_with_another_token_is_not_answered() -> None:
    def check(grant: Grant) -> None:
        with udp_socket() as sock, udp_socket() as probe:
            sock.sendto(Greeting(bytes(16), 0).encode(), (HOME, grant.port))
            right = Greeting(grant.token, 0).encode()
            assert is_silent(sock, grant.port, probe, right)

    in_session(REFLECT, check)


def test_the_right_token_from_another_address_is_not_answered() -> None:
    """So a spoofed source gets nothing, even from somebody who may call."""

    def check(grant: Grant) -> None:
        right = Greeting(grant.token, 0).encode()
        with udp_socket("127.0.0.2") as sock, udp_socket() as probe:
            sock.sendto(right, (HOME, grant.port))
            assert is_silent(sock, grant.port, probe, right)

    in_session(REFLECT, check)


def test_nothing_is_reflected_before_a_greeting() -> None:
    def check(grant: Grant) -> None:
        with udp_socket() as sock, udp_socket() as probe:
            sock.sendto(encode_numbered(grant.token, 0, 0, 64), (HOME, grant.port))
            assert is_silent(sock, grant.port, probe, Greeting(grant.token, 0).encode())

    in_session(REFLECT, check)


def test_nothing_is_reflected_to_another_port_than_the_one_that_greeted() -> None:
    def check(grant: Grant) -> None:
        greeting = Greeting(grant.token, 0).encode()
        with udp_socket() as caller, udp_socket() as other:
            exchange(caller, greeting, grant.port)
            other.sendto(encode_numbered(grant.token, 0, 0, 64), (HOME, grant.port))
            # The caller's next packet answers its greeting: the other's was not even counted.
            assert exchange(caller, greeting, grant.port)[:4] == greeting[:4]
            assert is_silent(other, grant.port, caller, greeting)

    in_session(REFLECT, check)


def test_a_reflected_packet_is_as_long_as_it_came() -> None:
    def check(grant: Grant) -> None:
        with udp_socket() as sock:
            exchange(sock, Greeting(grant.token, 0).encode(), grant.port)
            assert len(exchange(sock, encode_numbered(grant.token, 0, 0, 900), grant.port)) == 900

    in_session(REFLECT, check)


def test_no_more_is_reflected_than_twice_what_was_granted() -> None:
    def check(grant: Grant) -> None:
        greeting = Greeting(grant.token, 0).encode()
        with udp_socket() as sock:
            exchange(sock, greeting, grant.port)
            for _ in range(50):
                sock.sendto(encode_numbered(grant.token, 1, 0, 64), (HOME, grant.port))
            sock.sendto(greeting, (HOME, grant.port))
            echoes = 0
            while sock.recv(2048)[:4] != greeting[:4]:
                echoes += 1
            assert echoes == 20

    in_session(REFLECT, check)


def test_a_source_sends_nothing_to_a_caller_who_has_not_greeted() -> None:
    async def use(responder: Responder) -> bytes:
        _, (reader, writer) = await asked(responder, SOURCE)
        writer.write(line({"wait_ms": 0}))
        answer = await reader.readline()
        writer.close()
        return answer

    assert json.loads(with_responder(use))["rows"] == [[0, 0]]


def test_a_source_sends_what_was_granted_and_no_more() -> None:
    async def use(responder: Responder) -> tuple[int, int]:
        grant, (reader, writer) = await asked(responder, SOURCE)
        with udp_socket() as sock:
            greeting = Greeting(grant.token, 0).encode()
            await asyncio.to_thread(exchange, sock, greeting, grant.port)
            writer.write(line({"wait_ms": 0}))
            sent = json.loads(await reader.readline())["rows"][0][0]
            sock.setblocking(False)  # noqa: FBT003
            came = 0
            while True:
                try:
                    came += len(sock.recv(2048)) == SOURCE.size_bytes
                except BlockingIOError:
                    break
        writer.close()
        return sent, came

    assert with_responder(use) == (50, 50)
