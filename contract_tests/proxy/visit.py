"""One request on its way to the upstream, and its answer on its way back."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import h11

from contract_tests.listening.ear import Message, Receive, Send
from contract_tests.proxy import hops
from contract_tests.proxy.connection import Connection
from contract_tests.proxy.pool import Pool
from contract_tests.proxy.protocol import INTERIM, spelt
from contract_tests.proxy.rewriting import MOST_BYTES, Rewriting

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WAITS_FOR_100_S = 1.0  # RFC 9110, 10.1.1: no longer than a little while


class Visit:
    """Carries one exchange out; bodies as they come, none faster than the other side reads.

    `has_begun`: the answer's head was handed over. `is_left`: the client has gone away.
    """

    def __init__(
        self,
        pool: Pool,
        rewriting: Rewriting,
        timeout_s: float,
        call: tuple[Message, Receive, Send],
    ) -> None:
        """Serve an ASGI call; `timeout_s` is how long nothing may come from the upstream."""
        self._pool, self._rewriting, self._timeout_s = pool, rewriting, timeout_s
        self._scope, self._receive, self._send = call
        self.has_body = hops.has_body(self._scope["headers"])
        self.has_begun = self.is_left = False

    async def carry_out(self, head: h11.Request) -> None:
        """Ask, and hand the answer over; errors of h11 and of sockets are raised."""
        if self.has_body:
            await self._with_body(head)
            return
        connection, answer = await self._asked(head)
        await self._accompanied(connection, None, answer)

    async def _asked(self, head: h11.Request) -> tuple[Connection, Any]:
        """Send a request without a body, once more if an idle connection was at its end."""
        is_safe = self._scope["method"] in _SAFE
        connection = await self._pool.take(may_be_old=is_safe)
        try:
            return connection, await self._begun(connection, head)
        except (OSError, h11.RemoteProtocolError) as error:
            connection.close()
            if isinstance(error, TimeoutError) or not (is_safe and connection.used):
                raise
        connection = await self._pool.opened()
        return connection, await self._begun(connection, head)

    async def _begun(self, connection: Connection, head: h11.Request) -> Any:
        await connection.send(head, h11.EndOfMessage())
        return await connection.event(self._timeout_s)

    async def _with_body(self, head: h11.Request) -> None:
        connection = await self._pool.take(may_be_old=False)
        try:
            await connection.send(head)
            answer = await self._leave_to_send(connection)
        except BaseException:
            connection.close()
            raise
        await self._accompanied(connection, asyncio.create_task(self._pump(connection)), answer)

    async def _leave_to_send(self, connection: Connection) -> Any:
        """Let the upstream decide whether it wants a body that waits for its leave."""
        if hops.value(self._scope["headers"], b"expect").lower() != b"100-continue":
            return None
        with suppress(TimeoutError):
            answer = await connection.event(_WAITS_FOR_100_S)
            is_leave = isinstance(answer, h11.InformationalResponse) and answer.status_code == 100
            return None if is_leave else answer
        return None

    async def _accompanied(
        self, connection: Connection, pump: asyncio.Task[None] | None, answer: Any
    ) -> None:
        """Hand the answer over while the body is sent, and while the client is there."""
        is_refused = pump is not None and isinstance(answer, h11.Response)
        if pump is not None and is_refused:
            pump.cancel()  # before it has asked the client for the body
        companion = pump or asyncio.create_task(self._watch(connection))
        try:
            answer = await self._final(connection, answer)
            await self._handed_over(connection, answer, ends=is_refused)
        except BaseException:
            connection.close()
            raise
        finally:
            companion.cancel()
        self._pool.give_back(connection)

    async def _pump(self, connection: Connection) -> None:
        # What goes wrong here shows in the answer, or in that there is none.
        with suppress(OSError, h11.ProtocolError):
            has_more = True
            while has_more:
                message = await self._receive()
                if message["type"] == "http.disconnect":
                    self._leave(connection)
                    return
                if chunk := message.get("body", b""):
                    await connection.send(h11.Data(data=chunk))
                has_more = message.get("more_body", False)
            await connection.send(h11.EndOfMessage())
        await self._watch(connection)

    async def _watch(self, connection: Connection) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._leave(connection)

    def _leave(self, connection: Connection) -> None:
        self.is_left = True
        connection.close()

    async def _final(self, connection: Connection, answer: Any) -> h11.Response:
        """Return the head of the answer; those that come before it are passed on."""
        while not isinstance(answer, h11.Response):
            if isinstance(answer, h11.InformationalResponse):
                self._pass_interim(answer)
            elif answer is not None:
                raise h11.RemoteProtocolError("the connection ended without an answer")
            answer = await connection.event(self._timeout_s)
        return answer

    def _pass_interim(self, answer: h11.InformationalResponse) -> None:
        interim = self._scope.get(INTERIM)
        if interim and answer.status_code not in {100, 101}:
            headers = hops.end_to_end(answer.headers.raw_items())
            interim(answer.status_code, bytes(answer.reason), headers)

    async def _handed_over(
        self, connection: Connection, answer: h11.Response, *, ends: bool
    ) -> None:
        here = f"http://{hops.value(self._scope['headers'], b'host').decode('latin-1')}"
        headers = self._rewriting.headers(hops.end_to_end(answer.headers.raw_items()), here)
        if answer.status_code in {204, 304}:
            headers = [pair for pair in headers if pair[0].lower() != b"content-length"]
        if not answer.status_code < 600:
            raise h11.RemoteProtocolError(f"there is no status {answer.status_code}")
        if ends:
            headers.append((b"connection", b"close"))
        start: Message = {"type": "http.response.start", "status": answer.status_code}
        if self._rewriting.turns(headers) and self._scope["method"] != "HEAD":
            await self._turned(connection, {**start, "headers": headers}, here)
            return
        await self._start({**start, "headers": headers})
        await self._rest(connection)

    async def _turned(self, connection: Connection, start: Message, here: str) -> None:
        """Hand over an answer whose links lead to the proxy; one that is too long as it is."""
        body = bytearray()
        while isinstance(event := await connection.event(self._timeout_s), h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                await self._start(start)
                await self._send(_body(bytes(body), more=True))
                await self._rest(connection)
                return
        turned = self._rewriting.body(bytes(body), here)
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        if turned or body:
            headers.append((b"content-length", str(len(turned)).encode()))
        await self._start({**start, "headers": headers})
        await self._send(_body(turned, more=False))

    async def _start(self, start: Message) -> None:
        self.has_begun = True
        await self._send({**start, "headers": spelt(start["headers"])})

    async def _rest(self, connection: Connection) -> None:
        while isinstance(event := await connection.event(self._timeout_s), h11.Data):
            await self._send(_body(bytes(event.data), more=True))
        if not isinstance(event, h11.EndOfMessage):
            raise h11.RemoteProtocolError("the answer ended before its end")
        await self._send(_body(b"", more=False))


def _body(content: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}
