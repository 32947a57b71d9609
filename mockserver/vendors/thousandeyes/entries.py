"""Entries of result pages as they are shown: what an agent found, and who it was and when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from mockserver.core.clock import utc_datetime
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.links import NETWORK_METRICS, PATH_VISUALIZATION, ResultKind
from mockserver.vendors.thousandeyes.model import ACCOUNT_GROUP

_APPLICATION = "https://app.thousandeyes.com"
_HEADERS = frozenset({"requestHeaders", "responseHeaders"})
_CERTIFICATES = frozenset({"sslCerts"})
_TO, _FROM, _BOTH = "TO_TARGET", "FROM_TARGET", "BIDIRECTIONAL"


@dataclass(frozen=True, slots=True)
class View:
    """Which entries are wanted, and how much of each."""

    server_id: int | None = None
    agent_id: int | None = None
    direction: str | None = None
    with_headers: bool = False
    with_certificates: bool = False
    with_hops: bool = False


def shows(view: View, result: Document) -> bool:
    """Say whether the view is of the agent that found the result."""
    return view.agent_id in (None, result["agentId"])


def entries(test: Document, kind: ResultKind, result: Document, view: View) -> list[Document]:
    """Return what an agent found in a round, as far as the view shows it."""
    ways = _directions(test, kind, view)
    return [
        _shown(test, kind, result, view, number)
        for number, entry in enumerate(result["findings"].get(kind.path, []))
        if _is_of_server(entry, view) and entry.get("_direction", _TO) in ways
    ]


def _directions(test: Document, kind: ResultKind, view: View) -> frozenset[str]:
    # A one-way test has one direction, and no more than that can have been asked for.
    if test["settings"].get("direction") != _BOTH:
        return frozenset({_TO, _FROM, _BOTH})
    if kind == NETWORK_METRICS:
        return frozenset({view.direction or _BOTH})
    usual = _BOTH if view.with_hops else _TO
    wanted = view.direction or usual
    return frozenset({_TO, _FROM} if wanted == _BOTH else {wanted})


def _is_of_server(entry: Document, view: View) -> bool:
    its_server = entry.get("serverId", entry.get("_serverId"))
    return view.server_id in (None, its_server)


def _shown(
    test: Document, kind: ResultKind, result: Document, view: View, number: int
) -> Document:
    entry: Document = result["findings"][kind.path][number]
    hidden = _hidden(kind, view)
    found = {k: v for k, v in entry.items() if k not in hidden and not k.startswith("_")}
    if kind == PATH_VISUALIZATION:
        found |= _paths(result, found, number)
        if view.with_hops and test["type"] == "agent-to-agent":
            found["direction"] = entry.get("_direction", _TO)
    return {
        **{key: result[key] for key in ("agentId", "agentName", "countryId")},
        "date": utc_datetime(result["at_ms"]),
        "roundId": result["round"],
        "permalink": _permalink(kind, result, entry),
        **found,
    }


def _hidden(kind: ResultKind, view: View) -> frozenset[str]:
    if kind == PATH_VISUALIZATION:
        return frozenset({"endpoints" if view.with_hops else "routes"})
    headers = frozenset() if view.with_headers else _HEADERS
    return headers | (frozenset() if view.with_certificates else _CERTIFICATES)


def _paths(result: Document, found: Document, number: int) -> Document:
    # Numbers of the same size as the documented ones, and the same on both pages.
    digest = hashlib.sha256(f"{result['id']}/{number}".encode()).digest()
    first = int.from_bytes(digest[:13]) >> 8 << 8
    return {
        key: [{"pathId": str(first + place), **path} for place, path in enumerate(found[key])]
        for key in ("endpoints", "routes")
        if key in found
    }


def _permalink(kind: ResultKind, result: Document, entry: Document) -> str:
    return f"{_APPLICATION}/{kind.path}?{urlencode(list(_place(result, entry)))}"


def _place(result: Document, entry: Document) -> Iterator[tuple[str, int]]:
    yield "__a", int(str(ACCOUNT_GROUP["aid"]))
    yield "testId", result["test_id"]
    yield "roundId", result["round"]
    server_id = entry.get("serverId", entry.get("_serverId"))
    if server_id is not None:
        yield "serverId", server_id
    yield "agentId", result["agentId"]
