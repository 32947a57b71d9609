"""Dropping a connection never fails, be it open, closed or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from probes.connection import abort


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_a_connection_can_be_dropped_again_after_it_was_lost(run: Callable[..., None]) -> None:
    async def within() -> None:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        abort(writer.transport)
        abort(writer.transport)
        abort(None)
        server.close()

    run(asyncio.wait_for(within(), 30))
