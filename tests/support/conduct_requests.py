"""Requests by the thousand: the contract's own examples, each with a few things changed."""

from __future__ import annotations

import copy
import http.client
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from conduct_cases import OFTEN, contract

from contract_tests.calls.caller import Operation, operations
from contract_tests.conduct.heard import Heard
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 3, 5, 100, 101, 65535, 65536, 2**31, 2**63, 1.5, 1e300),
    *("", " ", "a", "undefined", "null", "None", "113", "0", "1", "-1", "1.0", "1e3", "True"),
    *("true", "yes", "[object Object]", "as_1", "TCP", "tcp", "2025-01-01T00:00:00Z", "é"),
    *([], {}, [1], ["a"], [None], {"a": 1}, [{}], [[]]),
)
QUERIES = (
    *("limit", "Limit", "limt", "before_id", "page", "window", "from", "to", "aid", "format"),
    *("agentTypes", "agentTypes[]", "includeDeleted", "include_deleted", "action", "Action"),
    *("targetName", "targetIp", "startTime", "endTime", "roundId", "direction", "headers", "_"),
    *("certificates", "filter", "pings", "Ngrok-Version", "api_key", "token", "lastRoundId"),
)
TYPES = (
    *("application/json", "application/json; charset=utf-8", "text/plain", "json", ""),
    *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"),
)
BODIES = (b"", b"{}", b"[]", b"null", b"{", b"\xff", b'{"a":1,"a":2}', b"a=1", b"NaN", b" ")
CREDENTIALS = ("", "Bearer", "Token {key}", "{key}", "Basic {key}", "bearer {key}")
ACCEPTS = ("*/*", "application/json", "text/html", "text/xml", "application/*", "*/*;q=0", "x")


@dataclass
class Draft:
    """A request that is still being written."""

    operation: Operation
    path: dict[str, str]
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes = b""
    value: Any = None
    method: str = ""
    suffix: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def target(self) -> str:
        """Path and query, percent-encoded."""
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        pairs = "&".join(f"{quote(n, safe='[]')}={quote(v, safe='')}" for n, v in self.query)
        return path + self.suffix + (f"?{pairs}" if pairs else "")


def draft(vendor: str, operation: Operation, key: str) -> Draft:
    """Return a request as the contract shows it in its examples."""
    given = {p["name"]: p for p in operation.parameters}
    path = {n: str(p.get("example", "1")) for n, p in given.items() if p["in"] == "path"}
    query = [
        (n, str(p.get("example", p["schema"].get("enum", [1])[0])))
        for n, p in given.items()
        if p["in"] == "query" and p.get("required")
    ]
    headers = dict(OFTEN.get(vendor, ()))
    made = Draft(operation, path, query, headers, method=operation.method.upper())
    scheme = "X-API-KEY" if vendor == "pingplotter" else "Authorization"
    made.headers[scheme] = key if vendor == "pingplotter" else f"Bearer {key}"
    content = operation.definition.get("requestBody", {}).get("content", {})
    for media, holder in content.items():
        made.headers["Content-Type"] = media
        made.value = copy.deepcopy(_example(holder))
        made.body = _encoded(made.value, media)
    return made


def changed(made: Draft, random: Random, key: str) -> Draft:
    """Return a draft with one thing changed."""
    change = random.choice(_CHANGES)
    made.notes.append(change.__name__)
    change(made, random, key)
    return made


def _example(holder: Any) -> Any:
    examples = holder.get("examples") or {}
    return holder.get("example", next((e.get("value") for e in examples.values()), {}))


def _encoded(value: Any, media: str) -> bytes:
    if "form" in media:
        return "&".join(f"{n}={quote(str(v), safe='')}" for n, v in value.items()).encode()
    return json.dumps(value).encode()


def _query(made: Draft, random: Random, key: str) -> None:
    own = [p["name"] for p in made.operation.parameters if p["in"] == "query"] or QUERIES
    name = random.choice((*own, random.choice(QUERIES)))
    made.query.append((name, _text(random.choice(VALUES))))


def _own_query(made: Draft, random: Random, key: str) -> None:
    own = [p for p in made.operation.parameters if p["in"] == "query"]
    if own:
        chosen = random.choice(own)
        options = chosen["schema"].get("enum") or [chosen.get("example", random.choice(VALUES))]
        made.query.append((chosen["name"], _text(random.choice(options))))


def _without_query(made: Draft, random: Random, key: str) -> None:
    made.query = []


def _path(made: Draft, random: Random, key: str) -> None:
    for name in made.path:
        made.path[name] = _text(random.choice(VALUES)) or "%"


def _end(made: Draft, random: Random, key: str) -> None:
    made.suffix = random.choice(("/", ".json", ".xml", "/x", "//", "%2F"))


def _method(made: Draft, random: Random, key: str) -> None:
    made.method = random.choice(("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"))


def _header(made: Draft, random: Random, key: str) -> None:
    if "Ngrok-Version" in made.headers:
        value = made.headers.pop("Ngrok-Version")
        other = random.choice(("Ngrok-Versoin", "Ngrok-Version", "X-Other"))
        made.headers[other] = random.choice((value, "1", "v2", "2.0", ""))


def _type(made: Draft, random: Random, key: str) -> None:
    made.headers["Content-Type"] = random.choice(TYPES)


def _accept(made: Draft, random: Random, key: str) -> None:
    made.headers["Accept"] = random.choice(ACCEPTS)


def _credential(made: Draft, random: Random, key: str) -> None:
    made.headers.pop("X-API-KEY", "")
    made.headers["Authorization"] = random.choice(CREDENTIALS).format(key=key)


def _no_credential(made: Draft, random: Random, key: str) -> None:
    for name in ("X-API-KEY", "Authorization"):
        made.headers.pop(name, "")


def _raw_body(made: Draft, random: Random, key: str) -> None:
    made.body, made.value = random.choice(BODIES), None


def _field(made: Draft, random: Random, key: str) -> None:
    holder = made.value
    while isinstance(holder, list) and holder:
        holder = holder[0]
    if not isinstance(holder, dict):
        return
    inner = [v for v in holder.values() if isinstance(v, dict | list) and v]
    if inner and random.random() < 0.4:
        holder = inner[0][0] if isinstance(inner[0], list) else inner[0]
    if not isinstance(holder, dict):
        return
    name = random.choice((*holder, "extra", "Extra"))
    if random.random() < 0.3:
        holder.pop(name, None)
    elif random.random() < 0.3 and name in holder:
        other = random.choice((name.upper(), name[:-1], f"{name}s", name.lower()))
        holder[other] = holder.pop(name)
    else:
        holder[name] = random.choice(VALUES)
    made.body = _encoded(made.value, made.headers.get("Content-Type") or "application/json")


_CHANGES = (
    *(_query, _query, _own_query, _own_query, _without_query, _path, _path, _end),
    *(_method, _header),
    *(_type, _accept, _credential, _no_credential, _raw_body, _field, _field, _field, _field),
)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def asked(
    vendor: str, seed: int, key: str, wire: http.client.HTTPConnection
) -> tuple[Draft, Heard]:
    """Send a request that is made from a number; return it with what was heard of it."""
    random = Random(seed)
    chosen = random.choice(list(operations(contract(vendor)).values()))
    made = draft(vendor, chosen, key)
    for _ in range(random.choice((0, 1, 1, 1, 2))):
        made = changed(made, random, key)
    return made, sent(vendor, made, wire)


def sent(vendor: str, made: Draft, connection: http.client.HTTPConnection) -> Heard:
    """Send a draft over a connection."""
    headers = {n: v for n, v in made.headers.items() if v or n != "Content-Type"}
    connection.putrequest(made.method, f"/{vendor}{made.target}", skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    if made.body:
        connection.putheader("Content-Length", str(len(made.body)))
    connection.endheaders(made.body or None)
    answer = connection.getresponse()
    content, pairs = answer.read(), tuple(answer.getheaders())
    listed: Headers = tuple(headers.items())
    exchange = Exchange(
        f"http://127.0.0.1:1/{vendor}{made.target}",
        Request(made.method, made.target, listed, made.body),
        Response(answer.status, pairs, content),
    )
    return Heard(exchange, 1, 1.0, 2.0)
