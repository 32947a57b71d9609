"""A stand-in whose answers another hand changes on their way out, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

import specs
from contract_tests.roles.read import roles_of
from contract_tests.target import stand_in
from contract_tests.wire.credential import Credential
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World

Bend = Callable[[str, str, Any], Any]
"""Method, path with query below the vendor's, and JSON → the JSON that is sent instead."""


class _Bent:
    def __init__(self, app: Any, prefix: str, bend: Bend) -> None:
        self._app, self._prefix, self._bend = app, prefix, bend

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        target = scope["path"].removeprefix(self._prefix) + "?" + scope["query_string"].decode()
        start: dict[str, Any] = {}

        async def bent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            raw = message.get("body", b"")
            if raw and start["status"] == 200:
                raw = orjson.dumps(self._bend(scope["method"], target, orjson.loads(raw)))
            kept = [header for header in start["headers"] if header[0] != b"content-length"]
            length = [(b"content-length", str(len(raw)).encode())] if raw else []
            await send({**start, "headers": [*kept, *length]})
            await send({**message, "body": raw})

        await self._app(scope, receive, bent)


@contextmanager
def spoiled(vendor: str, bend: Bend | None = None) -> Iterator[World]:
    """Serve a stand-in of `vendor` with bent answers, and yield what rules work with."""
    wrap = (lambda app: _Bent(app, f"/{vendor}", bend)) if bend else None
    contract = specs.load(vendor)
    with stand_in(wrap, vendor=(vendor,)) as house:
        target = house.target(vendor, "inspected")
        headers = tuple(target.headers(contract).items())
        yield World(
            contract=contract,
            roles=roles_of(vendor),
            wire=Wire(target.url),
            credential=Credential("KEY", target.key, headers=headers),
            settle=house.settle,
        )
