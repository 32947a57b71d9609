"""Servers of the models of clients: pages, jobs, creations, limits, and failures by a plan."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit

from course_scene import BASE, CUT, NO_ANSWER, Ask, Reply, Server

FAILURES = (429, 500, 502, 503, 504, NO_ANSWER, CUT)


def as_json(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def told(status: int, wait: str) -> Reply:
    """Return a refusal that tells when to come again."""
    return Reply(status, headers=(("Retry-After", wait),))


def told_date(status: int, wait_s: int, now_s: float) -> Reply:
    """Return one that tells it by a date."""
    headers = (("Date", formatdate(now_s, usegmt=True)),)
    until = formatdate(int(now_s) + wait_s, usegmt=True)
    return Reply(status, headers=(*headers, ("Retry-After", until)))


@dataclass
class Failing:
    """A server that fails by a plan: the n-th answer is the n-th of it, None where none."""

    inner: Server
    plan: Sequence[Reply | None] = ()
    asked: int = 0
    date_wait_s: int = 0

    def __call__(self, ask: Ask, now_s: float) -> Reply:
        place, self.asked = self.asked, self.asked + 1
        failure = self.plan[place] if place < len(self.plan) else None
        if failure is not None and failure.header("Retry-After") == "date":
            return told_date(failure.status, 3, now_s)
        return failure or self.inner(ask, now_s)


@dataclass
class Sessions:
    """ngrok's sessions: a list in pages, one by its id, and an end; `items` are numbers."""

    items: int = 7
    most: int = 10**9
    wait: str = "2"
    asked: list[float] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)

    def __call__(self, ask: Ask, now_s: float) -> Reply:
        recent = [moment for moment in self.asked if now_s - moment < 60]
        self.asked = [*recent, now_s]
        if len(recent) >= self.most:
            self.asked = recent
            wait_s = recent[0] + 60 - now_s
            return told(429, str(int(wait_s) + 1)) if self.wait else Reply(429)
        path, _, query = ask.target.partition("?")
        if path == "/app/sessions":
            return self._page(dict(parse_qsl(query)))
        number = int(path.rpartition("_")[2])
        if number in self.gone or number >= self.items:
            return as_json({"error_code": "ERR_NGROK_404"}, 404)
        if ask.method == "DELETE":
            self.gone.add(number)
            return Reply(204, b"")
        return as_json({"id": f"as_{number}"})

    def _page(self, query: dict[str, str]) -> Reply:
        size = int(query.get("limit", "100"))
        left = [n for n in reversed(range(self.items)) if n not in self.gone]
        if "before_id" in query:
            left = [n for n in left if n < int(query["before_id"].rpartition("_")[2])]
        shown, more = left[:size], left[size:]
        last = shown[-1] if shown else 0
        following = f"{BASE}/app/sessions?before_id=as_{last}&limit={size}" if more else None
        return as_json(
            {
                "application_sessions": [{"id": f"as_{n}"} for n in shown],
                "uri": f"{BASE}/app/sessions",
                "next_page_uri": following,
            }
        )


@dataclass
class Pings:
    """WispHub's pings: a job that ends some time after it has begun."""

    takes_s: float = 2.0
    end: str = "stable_connection"
    begun: dict[str, float] = field(default_factory=dict)

    def __call__(self, ask: Ask, now_s: float) -> Reply:
        if ask.method == "POST":
            name = f"00000000-0000-4000-8000-{len(self.begun):012d}"
            self.begun[name] = now_s
            return as_json({"action": "ping_created", "data": {"task_id": name}})
        name = ask.target.rstrip("/").rpartition("/")[2]
        if name not in self.begun:
            return as_json({"action": "error"}, 404)
        has_ended = now_s - self.begun[name] >= self.takes_s
        return as_json({"action": self.end if has_ended else "pending"})


@dataclass
class Agents:
    """PingPlotter's agents: a list, creations, changes."""

    made: int = 3

    def __call__(self, ask: Ask, _now_s: float) -> Reply:
        if ask.method == "POST" and ask.target == "/agents":
            self.made += 1
            return as_json({"UniqueId": f"agent{self.made}"})
        if ask.target == "/agents":
            return as_json([{"UniqueId": f"agent{n}"} for n in range(self.made)])
        return as_json({"UniqueId": "agent1"})


def next_of(reply: Reply) -> str | None:
    """Return the target of the next page."""
    address = json.loads(reply.body)["next_page_uri"]
    return address and address.removeprefix(BASE)


def ids_of(reply: Reply) -> list[str]:
    return [item["id"] for item in json.loads(reply.body)["application_sessions"]]


def with_query(target: str, **values: str) -> str:
    """Return a target with parameters set."""
    parts = urlsplit(target)
    query = {**dict(parse_qsl(parts.query)), **values}
    return f"{parts.path}?{'&'.join(f'{n}={v}' for n, v in query.items())}"
