"""Documents → the JSON that ThousandEyes answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from mockserver.core.clock import utc_datetime
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.descriptions import described
from mockserver.vendors.thousandeyes.links import ResultKind, api_links
from mockserver.vendors.thousandeyes.model import (
    ACCOUNT_GROUP,
    CLOUD,
    CLUSTER,
    ONLINE,
    last_seen_ms,
)
from mockserver.vendors.thousandeyes.timeranges import TimeRange


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; `next_query` are the parameters that lead to the next, if any.

    `path` is that of the page below the version, `meant` the time range that was asked for.
    """

    path: str
    entries: Sequence[Document] | None
    page: int = 1
    next_query: Mapping[str, object] = field(default_factory=dict)
    meant: TimeRange | None = None


_PRIVATE = frozenset(
    {
        *("created_ms", "groups", "last_seen_ms", "members", "phase_ms"),
        *("remote", "responder_port"),
    }
)
_OF_TEST = ("agentId", "agentName", "agentType", "countryId", "location")
_NETWORK_KEYS = ("ipAddresses", "publicIpAddresses", "network", "prefix")


def agent(document: Document, now_ms: int) -> Document:
    """Return an agent as the list shows it; only customers' agents tell about their state."""
    if document["agentType"] == CLOUD:
        return _public(document)
    created = {"createdDate": utc_datetime(document["created_ms"])}
    if document["agentType"] == CLUSTER:
        members = [_seen(member, now_ms) for member in document["members"]]
        return {**_public(document), **created, "clusterMembers": members}
    return {**_seen(document, now_ms), **created}


def agent_detail(
    document: Document, tests: Iterable[Document], now_ms: int, base_url: str
) -> Document:
    """Return an agent with its labels and tests, and whose it is."""
    groups = {} if document["agentType"] == CLOUD else {"accountGroups": [ACCOUNT_GROUP]}
    return {
        **agent(document, now_ms),
        "groups": document["groups"],
        **groups,
        "tests": [metadata(test, base_url) for test in tests],
    }


def definitions(
    tests: Sequence[Document], agents: Mapping[int, Document], base_url: str
) -> Document:
    """Return definitions of tests, with their agents in full."""
    return {"test": [_definition(test, agents, base_url) for test in tests]}


def metadata(test: Document, base_url: str) -> Document:
    """Return what a test is, without its agents and without its secrets."""
    return {
        "testId": test["testId"],
        "testName": test["testName"],
        "type": test["type"],
        "enabled": 1,
        "interval": test["interval"],
        "createdBy": test["created_by"],
        "createdDate": utc_datetime(test["created_ms"]),
        "alertsEnabled": test["alertsEnabled"],
        "bgpMeasurements": 0,
        "liveShare": 0,
        "savedEvent": 0,
        "apiLinks": api_links(test, base_url),
        **test["settings"],
        **described(test),
    }


def results(test: Document, kind: ResultKind, found: Found, base_url: str) -> Document:
    """Return a test with its results; without the list of results while there is none."""
    shown: Document = {"test": metadata(test, base_url)}
    if found.entries is not None:
        shown[kind.key] = found.entries
    pages: Document = {"current": found.page}
    if found.next_query:
        address = f"{base_url}/v6/{found.path}"
        pages["next"] = f"{address}?{urlencode(found.next_query)}"
    answer = {kind.layer: shown, "pages": pages}
    return answer | (found.meant.shown() if found.meant else {})


def _definition(test: Document, agents: Mapping[int, Document], base_url: str) -> Document:
    sources = [_agent_of_test(agents[choice["agentId"]]) for choice in test["agents"]]
    return {"agents": sources, **metadata(test, base_url)}


def _agent_of_test(document: Document) -> Document:
    shown = {key: document[key] for key in _OF_TEST}
    members = document.get("members")
    if not members:
        return shown | {key: document[key] for key in _NETWORK_KEYS if key in document}
    # A cluster has the addresses of its members, and their network in common.
    return shown | {
        "ipAddresses": [address for one in members for address in one["ipAddresses"]],
        "publicIpAddresses": [address for one in members for address in one["publicIpAddresses"]],
        "network": members[0]["network"],
        "prefix": members[0]["prefix"],
    }


def _seen(document: Document, now_ms: int) -> Document:
    shown = _public(document) | {"lastSeen": utc_datetime(last_seen_ms(document, now_ms))}
    if document["agentState"] != ONLINE:
        del shown["utilization"]
    return shown


def _public(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in _PRIVATE}
