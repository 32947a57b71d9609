"""Handlers that differ only in a type of test or a kind of result, made from one pattern each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from mockserver.core.errors import BadRequest, NotFound, Violation
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import serializers
from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
from mockserver.vendors.thousandeyes.choices import Body
from mockserver.vendors.thousandeyes.links import ResultKind
from mockserver.vendors.thousandeyes.timeranges import time_range

Handler = Callable[..., Awaitable[Document]]


def creating(type_: str) -> Handler:
    """Return the handler that creates and runs a test of a type."""

    async def create(backend: ThousandEyesBackend, body: Body, aid: int | None) -> Document:
        """Create and run an instant test."""
        backend.enter_to_run(aid)
        test = await backend.create_test(type_, body)
        return serializers.definitions([test], await backend.agents_by_id(), backend.base_url)

    return create


def showing(kind: ResultKind) -> Handler:
    """Return the handler that shows one kind of result, in a time range or the last."""

    async def show(  # noqa: PLR0913  (the operations have as many parameters)
        backend: ThousandEyesBackend,
        *,
        test_id: int,
        aid: int | None,
        window: str | None,
        from_: str | None,
        to: str | None,
        direction: str | None = None,
    ) -> Document:
        """Show the results of a test, as far as there are any."""
        backend.enter(aid)
        meant = time_range(window, from_, to, backend.clock.now_ms())
        test = await backend.measured_test(test_id, kind)
        _check_direction(test, direction)
        return serializers.results(test, kind, meant, backend.base_url)

    return show


def showing_server(kind: ResultKind) -> Handler:
    """Return the handler that shows the results of one DNS server."""

    async def show(  # noqa: PLR0913  (the operation has as many parameters)
        backend: ThousandEyesBackend,
        *,
        test_id: int,
        server_id: int,
        aid: int | None,
        window: str | None,
        from_: str | None,
        to: str | None,
    ) -> Document:
        """Show the results of a DNS server, as far as there are any."""
        backend.enter(aid)
        meant = time_range(window, from_, to, backend.clock.now_ms())
        test = await backend.measured_test(test_id, kind)
        if server_id not in [one["serverId"] for one in test["settings"]["dnsServers"]]:
            raise NotFound(f"The test {test_id} has no DNS server with the id {server_id}")
        return serializers.results(test, kind, meant, backend.base_url)

    return show


def showing_round(kind: ResultKind) -> Handler:
    """Return the handler that shows what one agent saw in one round."""

    async def show(  # noqa: PLR0913  (the operation has as many parameters)
        backend: ThousandEyesBackend,
        *,
        test_id: int,
        agent_id: int,
        round_id: int,
        aid: int | None,
        direction: str | None,
    ) -> Document:
        """Show a round in detail, once it is finished."""
        backend.enter(aid)
        test = await backend.measured_test(test_id, kind)
        _check_direction(test, direction)
        if agent_id not in [choice["agentId"] for choice in test["agents"]]:
            raise NotFound(f"The test {test_id} is not run by an agent with the id {agent_id}")
        if round_id not in test["rounds"]:
            raise NotFound(f"The test {test_id} has no round with the id {round_id}")
        return serializers.results(test, kind, None, backend.base_url)

    return show


def _check_direction(test: Document, direction: str | None) -> None:
    # A test without directions of its own measures towards its target.
    measured = test["settings"].get("direction", "TO_TARGET")
    if direction not in (None, measured) and measured != "BIDIRECTIONAL":
        expected = f"{measured}, which is all that this test measures"
        violation = Violation("query", "direction", "conflict", expected, direction)
        raise BadRequest("The direction does not fit the test", violations=[violation])
