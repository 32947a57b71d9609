"""Clients that take answers as they should, each with habits of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from random import Random

from course_scene import Ask, Client, GaveUp, Reply
from course_servers import ids_of, next_of

PING = "/api/v1/11111111-1111-4111-8111-111111111111/ping/"
Asking = Generator[Ask | float, Reply, Reply]
_PASSING = (429, 500, 502, 503, 504, 0, -1)


@dataclass
class Habits:
    """How a client tries again: as often, after such pauses; of a library or written by hand."""

    retries: int = 3
    base_s: float = 0.2
    factor: float = 2.0
    jitter: bool = False
    at_once_first: bool = False
    heeds: bool = True
    asker: str = "one"
    limit: int = 2
    every_s: float = 0.5
    seed: int = 0

    def pause_s(self, retry: int) -> float:
        whole_s = self.base_s * self.factor**retry
        if self.at_once_first and retry == 0:
            return 0.0
        return Random(self.seed + retry).uniform(0.5, 1) * whole_s if self.jitter else whole_s


def wait_s(reply: Reply) -> float | None:
    """Return what an answer asks to wait."""
    text = reply.header("Retry-After")
    if not text:
        return None
    if text.isdigit():
        return float(text)
    until, now = parsedate_to_datetime(text), parsedate_to_datetime(reply.header("Date"))
    return (until - now).total_seconds()


def asked(ask: Ask, habits: Habits) -> Asking:
    """Ask until there is an answer that is none of a passing failure, or it is enough.

    Who is told to come later, and is not willing to, does nothing more.
    """
    ask = replace(ask, asker=habits.asker)
    reply = yield ask
    for retry in range(habits.retries):
        is_unsafe = ask.method in {"POST", "PATCH"} and reply.status not in {429, 503}
        told_s = wait_s(reply)
        if reply.status not in _PASSING or is_unsafe or (told_s is not None and not habits.heeds):
            break
        yield habits.pause_s(retry) if told_s is None else told_s
        reply = yield ask
    if reply.status == 429 or wait_s(reply):
        raise GaveUp
    return reply


def lists_all(habits: Habits, then: Callable[[str], str] | None = None) -> Client:
    """Read all pages, and perhaps each item."""
    target: str | None = f"/app/sessions?limit={habits.limit}"
    while target:
        page = yield from asked(Ask("GET", target), habits)
        if page.status != 200:
            return
        for name in ids_of(page) if then else ():
            yield from asked(Ask(then(name), f"/app/sessions/{name}"), habits)
        target = next_of(page)


def lists_until_empty(habits: Habits) -> Client:
    """Read pages by the last id of each, until one is empty."""
    cursor = ""
    while True:
        page = yield from asked(Ask("GET", f"/app/sessions?limit={habits.limit}{cursor}"), habits)
        if page.status != 200 or not ids_of(page):
            return
        cursor = f"&before_id={ids_of(page)[-1]}"


def lists_without_size_later(habits: Habits) -> Client:
    """Read pages by the last id of each; the size is the vendor's from the second on."""
    target = f"/app/sessions?limit={habits.limit}"
    while True:
        page = yield from asked(Ask("GET", target), habits)
        if page.status != 200 or next_of(page) is None:
            return
        target = f"/app/sessions?before_id={ids_of(page)[-1]}"


def reads_one_page(habits: Habits) -> Client:
    yield from asked(Ask("GET", f"/app/sessions?limit={habits.limit}"), habits)


def empties(habits: Habits) -> Client:
    """Delete what the first page shows until nothing is left."""
    for _ in range(20):
        page = yield from asked(Ask("GET", f"/app/sessions?limit={habits.limit}"), habits)
        if page.status != 200 or not ids_of(page):
            return
        for name in ids_of(page):
            yield from asked(Ask("DELETE", f"/app/sessions/{name}"), habits)


def watches(habits: Habits) -> Client:
    """Read the list now and then."""
    for _ in range(15):
        page = yield from asked(Ask("GET", f"/app/sessions?limit={habits.limit}"), habits)
        if page.status in {400, 401, 403, 422}:
            return
        yield habits.every_s


def tries_odd_ones(habits: Habits) -> Client:
    """Ask for what is not there, once or twice, as people do."""
    for name in ("as_999", "as_1", "as_998", "as_998"):
        yield from asked(Ask("GET", f"/app/sessions/{name}"), habits)


def suite(habits: Habits) -> Client:
    """Do what tests do: the same simple things, many times, without a pause."""
    for number in range(40):
        for target in ("/app/sessions?limit=2", f"/app/sessions/as_{number % 3}"):
            yield from asked(Ask("GET", target), habits)


def pings(habits: Habits) -> Client:
    """Begin a ping, look every now and then, and show the result."""
    begun = yield from asked(Ask("POST", PING, b'{"times": %d}' % habits.limit), habits)
    if begun.status != 200:
        return
    name = json.loads(begun.body)["data"]["task_id"]
    for _ in range(30):
        yield habits.every_s
        look = yield from asked(Ask("GET", f"/api/v1/ping/{name}/"), habits)
        if look.status != 200 or json.loads(look.body)["action"] != "pending":
            break
    yield from asked(Ask("GET", f"/api/v1/ping/{name}/"), habits)


def makes(habits: Habits) -> Client:
    """Make some, change one twice to the same, and look at them."""
    for number in range(3):
        body = json.dumps({"Name": f"{habits.asker} {number}"}).encode()
        yield from asked(Ask("POST", "/agents", body), habits)
    for _ in range(2):
        yield from asked(Ask("PUT", "/agents/agent1", b'{"Name": "same"}'), habits)
    yield from asked(Ask("POST", "/agents/status", b'{"AgentUniqueIds": ["agent1"]}'), habits)
    yield from asked(Ask("GET", "/agents"), habits)


SESSIONS = (
    lists_all,
    lambda habits: lists_all(habits, lambda _: "GET"),
    lists_until_empty,
    lists_without_size_later,
    reads_one_page,
    empties,
    watches,
    tries_odd_ones,
    suite,
)
# Whose requests differ from worker to worker, if their pages differ in size.
APART = (lists_all, lists_until_empty, lists_without_size_later, reads_one_page, watches)
