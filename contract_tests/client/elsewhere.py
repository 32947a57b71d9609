"""A server that runs already, in place of a stand-in: passed on to, and judged both ways."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Event

import specs
from contract_tests.client.world import Busy, Hear, World
from contract_tests.listening.ear import Ear
from contract_tests.proxy.pool import Pool, verifying
from contract_tests.proxy.rewriting import Rewriting
from contract_tests.proxy.serving import Server, listener_at, url_of
from contract_tests.proxy.upstream import Upstream, aim_at
from contract_tests.run.keys import Owner
from contract_tests.traffic.belonging import public_urls
from contract_tests.wire.address import Address, BadAddress, address_of

_ANY_PORT = "127.0.0.1:0"


@contextmanager
def elsewhere(
    vendor: str, url: str, hear: Hear, environment: Mapping[str, str] = os.environ
) -> Iterator[World]:
    """Pass on to a server at `url`, which has one vendor's API; links in answers lead back here.

    BadAddress if it cannot be used, or if there is no key for it.
    """
    contract = specs.load(vendor)
    address = address_of(url, specs.base_path(contract))
    key = _key(vendor, address, environment)
    trust = verifying(None) if address.url.startswith("https:") else None
    bases = tuple(dict.fromkeys((address.url, *public_urls(contract))))
    pool = Pool(address, trust)
    app = Upstream(address, pool, Rewriting(bases, links=True))
    busy = Busy()
    heard = busy.around(Ear(app, hear, aim=aim_at(address.url, vendor)))
    with listener_at(_ANY_PORT) as listener, _served(_Aside(heard, Event()), listener, pool):
        urls = {vendor: url_of(listener)}
        yield World(urls, {vendor: key}, 0, 0, lambda: None, busy.settle)


class _Aside(Server):
    """Serves from a thread, where no signal comes."""

    def __init__(self, app: object, ready: Event) -> None:
        super().__init__(app, ready.set)  # type: ignore[arg-type]
        self.ready = ready

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


@contextmanager
def _served(server: _Aside, listener: socket.socket, pool: Pool) -> Iterator[None]:
    async def served() -> None:
        try:
            await server.serve(sockets=[listener])
        finally:
            pool.close()

    thread = threading.Thread(target=lambda: asyncio.run(served()), daemon=True)
    thread.start()
    server.ready.wait(10)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def _key(vendor: str, address: Address, environment: Mapping[str, str]) -> str:
    from contract_tests.target import public_key  # noqa: PLC0415  (loads the whole stand-in)

    names = Owner(vendor).variables()
    held = next((environment[name] for name in names if environment.get(name)), None)
    key = held or (public_key(vendor) if address.is_here else None)
    if key is None:
        raise BadAddress(f"no key for {address.url}: set {' or '.join(names)}")
    return key
