"""What a client sends is heard also where the server has answered before it has read it."""

from __future__ import annotations

import asyncio

import pytest
from proxy_rig import PATIENCE_S, Rig, served

from contract_tests.conduct.heard import Heard
from contract_tests.listening import ear
from contract_tests.listening.ear import Aim, Ear, Message, Receive, Send

HEAD = b"POST /agents HTTP/1.1\r\nHost: x\r\n"
LONG = 2**20


async def refusing(scope: Message, receive: Receive, send: Send) -> None:
    """Answer without having read anything."""
    del scope, receive
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b"no"})


class Client:
    """Sends pieces; between them it waits for the beginning of an answer."""

    def __init__(self, *pieces: bytes, most_bytes: int = LONG) -> None:
        self.heard: list[Heard] = []
        self.got = b""
        self._pieces, self._most_bytes = pieces, most_bytes

    async def _talk(self) -> None:
        app = Ear(
            refusing,
            lambda _, one: self.heard.append(one),
            aim=lambda _: Aim("shop", "/agents", "http://x/agents"),
            most_bytes=self._most_bytes,
        )
        async with asyncio.timeout(PATIENCE_S), served(app) as port:
            rig = Rig(port, "")
            reader, writer = await rig.dial()
            writer.write(self._pieces[0])
            for piece in self._pieces[1:]:
                self.got += await reader.readuntil(b"\r\n\r\n")
                writer.write(piece)
            self.got += await reader.readuntil(b"0\r\n\r\n")
            rig.close()

    def __call__(self) -> Heard:
        asyncio.run(self._talk())
        return self.heard[0]


def told(one: Heard) -> tuple[bytes, bool]:
    return one.exchange.request.body, one.request_cut


def test_a_body_that_comes_with_the_head() -> None:
    assert told(Client(HEAD + b"Content-Length: 2\r\n\r\n{}")()) == (b"{}", False)


def test_a_body_that_comes_after_the_head_of_the_answer() -> None:
    one = Client(HEAD + b"Content-Length: 4\r\n\r\n", b'"ab"')()
    assert (told(one), one.given_up) == ((b'"ab"', False), False)


def test_a_body_in_chunks() -> None:
    one = Client(HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", b"0\r\n\r\n")()
    assert told(one) == (b"{}", False)


def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ear, "_REST_S", 0.01)
    client = Client(HEAD + b"Content-Length: 4\r\n\r\n{")
    assert told(client()) == (b"{", True)
    assert client.got.startswith(b"HTTP/1.1 401")


def test_who_waits_for_leave_to_send_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ear, "_REST_S", 2 * PATIENCE_S)  # nobody may wait for it
    client = Client(HEAD + b"Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert told(client()) == (b"", True)
    assert client.got.startswith(b"HTTP/1.1 401")


def test_no_more_is_read_than_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ear, "_REST_S", 2 * PATIENCE_S)
    body, length = b"x" * 2**16, b"Content-Length: %d\r\n\r\n" % 2**30
    kept, is_cut = told(Client(HEAD + length + body, most_bytes=9)())
    assert (kept, is_cut) == (b"x" * 9, True)


def test_the_connection_is_of_use_for_the_next_request() -> None:
    once = HEAD + b"Content-Length: 2\r\n\r\n{}"
    client = Client(once, once, b"")
    client()
    assert [told(one) for one in client.heard] == 2 * [(b"{}", False)]
    assert client.got.count(b"HTTP/1.1 401") == 2
