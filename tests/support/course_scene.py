"""Clients against a small server in time of its own: what would be heard of them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from random import Random

import specs
from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions import COURSE_RULES
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Roles
from contract_tests.roles.read import roles_of
from contract_tests.wire.exchange import Exchange, Headers, Request, Response
from contract_tests.words.lookup import Lookup

BASE = "http://127.0.0.1:8080"
BEGIN_S = 1_767_225_600.0
NO_ANSWER, CUT = 0, -1  # statuses of answers that do not come, or not whole


@dataclass(frozen=True)
class Ask:
    """A request of a client; it hangs up after `patience_s`."""

    method: str
    target: str
    body: bytes = b""
    asker: str = "one"
    patience_s: float = 30.0
    url: str = ""
    headers: Headers = ()


@dataclass(frozen=True)
class Reply:
    """An answer; `takes_s` until it is whole, beside what the network takes."""

    status: int
    body: bytes = b"{}"
    headers: Headers = ()
    takes_s: float = 0.0

    def header(self, name: str) -> str:
        return dict(self.headers).get(name, "")


class GaveUp(Exception):
    """A client has had enough."""


Client = Generator[Ask | float, Reply, object]
Server = Callable[[Ask, float], Reply]
HUNG_UP = Reply(NO_ANSWER)


class Scene:
    """Runs clients at the same time, and hears them; what is yielded as a number is slept."""

    def __init__(self, server: Server, seed: int = 0, grain_s: float = 0.001) -> None:
        self._server, self._random, self._grain_s = server, Random(seed), grain_s
        self._order = count()
        self._heard: list[Heard] = []

    def run(self, *clients: Client, most: int = 3000) -> tuple[Heard, ...]:
        """Return what is heard until all are done, or of so many requests."""
        due = [(BEGIN_S + self._little(), next(self._order), one, None) for one in clients]
        heapq.heapify(due)
        while due and len(self._heard) < most:
            now_s, _, client, answer = heapq.heappop(due)
            try:
                wish = next(client) if answer is None else client.send(answer)
            except (StopIteration, GaveUp):
                continue
            then_s, reply = (
                (now_s + wish, HUNG_UP) if isinstance(wish, float) else self._ask(wish, now_s)
            )
            heapq.heappush(due, (then_s, next(self._order), client, reply))
        order = sorted(self._heard, key=lambda one: (one.began_s, one.number))
        return tuple(replace(one, number=place) for place, one in enumerate(order, 1))

    def _ask(self, ask: Ask, now_s: float) -> tuple[float, Reply]:
        began_s = now_s + self._little()
        reply = self._server(ask, began_s)
        ended_s = began_s + reply.takes_s + self._little()
        is_left = ended_s - began_s > ask.patience_s
        self._heard.append(self._of(ask, reply, began_s, ended_s, is_left=is_left))
        if is_left:
            return began_s + ask.patience_s, HUNG_UP
        return ended_s + self._little(), reply

    def _of(
        self, ask: Ask, reply: Reply, began_s: float, ended_s: float, *, is_left: bool
    ) -> Heard:
        answer = Response(reply.status, reply.headers, reply.body, ended_s - began_s)
        is_there = reply.status > 0
        exchange = Exchange(
            url=ask.url or BASE + ask.target,
            request=Request(ask.method, ask.target, ask.headers, ask.body),
            response=answer if is_there else None,
            failure="" if is_there else "the connection was cut",
            at=began_s,
        )
        moments = (self._coarse(began_s), self._coarse(ended_s))
        return Heard(exchange, next(self._order), *moments, ask.asker, given_up=is_left)

    def _little(self) -> float:
        return self._random.uniform(0.0003, 0.004)

    def _coarse(self, moment_s: float) -> float:
        return (
            round(moment_s / self._grain_s) * self._grain_s
            if self._grain_s < 1
            else float(int(moment_s))
        )


@cache
def known(vendor: str) -> tuple[dict, Roles, Lookup]:
    contract = specs.load(vendor)
    return contract, roles_of(vendor), Lookup(contract)


def course_of(vendor: str, heard: tuple[Heard, ...]) -> Course:
    """Return a course at one vendor."""
    contract, roles, lookup = known(vendor)
    return Course(contract, roles, lookup, heard)


def found(vendor: str, heard: tuple[Heard, ...]) -> list[Finding]:
    """Return everything that the rules find."""
    course = course_of(vendor, heard)
    return [finding for rule in COURSE_RULES for finding in rule.check(course)]


def accused(vendor: str, heard: tuple[Heard, ...]) -> set[str]:
    """Return the rules that are broken for certain: what would fail a run."""
    return {one.rule for one in found(vendor, heard) if one.grade is not Grade.ASSUMPTION}


def doubted(vendor: str, heard: tuple[Heard, ...]) -> set[str]:
    """Return the rules that are broken by our own decisions only."""
    return {one.rule for one in found(vendor, heard) if one.grade is Grade.ASSUMPTION}


def answers(*replies: Reply) -> Server:
    """Return a server that gives these in turn, and the last one ever after."""
    left: Iterator[Reply] = iter(replies)
    last = [replies[-1]]

    def serve(ask: Ask, now_s: float) -> Reply:
        return next(left, last[0])

    return serve
