"""Handlers that differ only in a type of test or a kind of result, made from one pattern each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from mockserver.core.errors import BadRequest, NotFound, Violation
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import serializers
from mockserver.vendors.thousandeyes.backend import ThousandEyesBackend
from mockserver.vendors.thousandeyes.choices import Body
from mockserver.vendors.thousandeyes.entries import View, entries, shows
from mockserver.vendors.thousandeyes.links import ResultKind
from mockserver.vendors.thousandeyes.reading import Selection, page_of
from mockserver.vendors.thousandeyes.serializers import Found
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
    """Return the handler that shows one kind of result: a round, a time range or the last."""

    async def show(  # noqa: PLR0913  (the operations have as many parameters)
        backend: ThousandEyesBackend,
        *,
        test_id: int,
        aid: int | None,
        window: str | None,
        from_: str | None,
        to: str | None,
        round_id: int | None,
        last_round_id: int | None,
        direction: str | None = None,
        headers: int = 0,
        certificates: int = 0,
    ) -> Document:
        """Show the results of a test, as far as there are any."""
        backend.enter(aid)
        test = await backend.measured_test(test_id, kind)
        _check_direction(test, direction)
        meant = time_range(window, from_, to, backend.clock.now_ms())
        view = View(
            direction=direction,
            with_headers=bool(headers),
            with_certificates=bool(certificates),
        )
        options = {"headers": headers, "certificates": certificates}
        kept = {"aid": aid, "direction": direction, **options}
        selection = Selection(meant, round_id, last_round_id, kept)
        return await _answer(backend, test, kind, selection, view)

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
        round_id: int | None,
        last_round_id: int | None,
    ) -> Document:
        """Show the results of a DNS server, as far as there are any."""
        backend.enter(aid)
        test = await backend.measured_test(test_id, kind)
        if server_id not in [one["serverId"] for one in test["settings"]["dnsServers"]]:
            raise NotFound(f"The test {test_id} has no DNS server with the id {server_id}")
        meant = time_range(window, from_, to, backend.clock.now_ms())
        selection = Selection(meant, round_id, last_round_id, {"aid": aid})
        return await _answer(backend, test, kind, selection, View(server_id))

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
        view = View(direction=direction, agent_id=agent_id, with_hops=True)
        return await _answer(backend, test, kind, Selection(round_id=round_id), view)

    return show


def leading_to(kind: ResultKind) -> Callable[..., Awaitable[str]]:
    """Return the handler of an old address, which leads to that of a kind of result."""

    async def lead(  # noqa: PLR0913  (the operations have as many parameters)
        backend: ThousandEyesBackend,
        *,
        test_id: int,
        aid: int | None,
        window: str | None,
        from_: str | None,
        to: str | None,
        round_id: int | None,
        last_round_id: int | None,
    ) -> str:
        """Return the address of the results of a test, with the parameters that came."""
        rounds = {"roundId": round_id, "lastRoundId": last_round_id}
        asked = {"aid": aid, "window": window, "from": from_, "to": to, **rounds}
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return f"{backend.base_url}/v6/{kind.path}/{test_id}{'?' if query else ''}{query}"

    return lead


async def _answer(
    backend: ThousandEyesBackend,
    test: Document,
    kind: ResultKind,
    selection: Selection,
    view: View,
) -> Document:
    page = await page_of(backend, test, selection)
    results = page.results and [one for one in page.results if shows(view, one)]
    for result in results or ():
        backend.shows(result["origins"])
    shown = (
        None
        if results is None
        else [entry for result in results for entry in entries(test, kind, result, view)]
    )
    suffix = "" if view.server_id is None else f"/{view.server_id}"
    path = f"{kind.path}/{test['testId']}{suffix}"
    found = Found(path, shown, page.current, page.next_query, selection.shown_range)
    return serializers.results(test, kind, found, backend.base_url)


def _check_direction(test: Document, direction: str | None) -> None:
    # A test without directions of its own measures towards its target.
    measured = test["settings"].get("direction", "TO_TARGET")
    if direction not in (None, measured) and measured != "BIDIRECTIONAL":
        expected = f"{measured}, which is all that this test measures"
        violation = Violation("query", "direction", "conflict", expected, direction)
        raise BadRequest("The direction does not fit the test", violations=[violation])
