"""All that was heard of a client at one vendor, in the order in which the requests began."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.conduct.heard import Heard
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Roles
from contract_tests.words.lookup import Lookup, label

_COARSE_S = 1.0  # a recording may tell whole seconds only
_FEW = 3


@dataclass(frozen=True)
class Course:
    """A client's requests, masked, with the answers that they got; rules read, never change it.

    `elsewhere` are requests to other hosts, to which answers have led (recordings show such).
    """

    contract: Mapping[str, Any]
    roles: Roles
    lookup: Lookup
    heard: tuple[Heard, ...]
    elsewhere: tuple[Heard, ...] = ()

    def operation_of(self, heard: Heard) -> Operation | None:
        """Return the operation that a request meant, or None."""
        request, known = heard.exchange.request, self._operations
        key = (heard.exchange.operation_id, request.method, request.target.partition("?")[0])
        if key not in known:
            known[key] = self.lookup.of(heard.exchange)
        return known[key]

    def name_of(self, heard: Heard) -> str:
        """Return the operationId that a request meant, or nothing."""
        operation = self.operation_of(heard)
        return str(operation.definition.get("operationId", "")) if operation else ""

    def label(self, heard: Heard) -> str:
        """Return the operation as SOURCES.md calls it, or the request line."""
        operation = self.operation_of(heard)
        request = heard.exchange.request
        if operation is not None:
            return label(operation)
        return f"{request.method} {request.target.partition('?')[0]}"

    def together(self, key: Callable[[Heard], Hashable]) -> Iterator[list[Heard]]:
        """Yield what shares a key, each group in its order."""
        groups: dict[Hashable, list[Heard]] = {}
        for one in self.heard:
            groups.setdefault(key(one), []).append(one)
        yield from groups.values()

    def pause_s(self, before: Heard, after: Heard) -> float:
        """Return the seconds from an answer to a request, as many as there may have been."""
        return after.began_s - before.ended_s + self.grain_s

    @cached_property
    def grain_s(self) -> float:
        """By how much the moments may be off: a second where they are whole seconds."""
        moments = [moment for one in self.heard for moment in (one.began_s, one.ended_s)]
        is_coarse = len(self.heard) >= _FEW and all(map(float.is_integer, map(float, moments)))
        return _COARSE_S if is_coarse else 0.0

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The place of each request, by its number, among those of the same asker."""
        return {
            one.number: place
            for own in self.together(lambda one: one.asker)
            for place, one in enumerate(own)
        }

    @cached_property
    def abreast(self) -> Mapping[str, int]:
        """How many requests of an asker were under way at once, at most."""
        return {own[0].asker: most_abreast(own) for own in self.together(lambda one: one.asker)}

    def abreast_of(self, heard: Heard) -> int:
        """Return how many of this very request were under way at once, at most."""
        return most_abreast(self.all_of(heard))

    def all_of(self, heard: Heard) -> list[Heard]:
        """Return all requests that are the same as this one, it among them."""
        return self._same[same_request(heard)]

    def is_next(self, before: Heard, after: Heard) -> bool:
        """Say whether nothing else was asked in between, but for what went on at once."""
        abreast = self.abreast[before.asker]
        between = self.places[after.number] - self.places[before.number]
        return between <= (1 if abreast == 1 else 2 * abreast)

    def is_at_once_next(self, before: Heard, after: Heard) -> bool:
        """Say whether the asker asked nothing else in between, whatever went on at once."""
        return self.places[after.number] == self.places[before.number] + 1

    def finding(  # noqa: PLR0913  (a finding has this many parts)
        self,
        rule: str,
        message: str,
        *shown: Heard,
        received: str,
        expected: str,
        source: str,
        place: str = "",
        about: str = "",
        grade: Grade = Grade.BREACH,
    ) -> Finding:
        """Return a finding about the last of `shown`; the others lead up to it."""
        return Finding(
            rule=rule,
            operation=self.label(shown[-1]),
            place=place,
            message=message,
            received=received,
            expected=expected,
            exchanges=tuple(one.exchange for one in shown),
            source=source,
            grade=grade,
            about=about,
        )

    @cached_property
    def _same(self) -> Mapping[Hashable, list[Heard]]:
        return {same_request(own[0]): own for own in self.together(same_request)}

    @cached_property
    def _operations(self) -> dict[tuple[str, str, str], Operation | None]:
        return {}


def same_request(heard: Heard) -> tuple[str, str, str, bytes]:
    """Return what two requests share that ask for the same."""
    request = heard.exchange.request
    return heard.asker, request.method, request.target, request.body


def over_s(heard: Heard) -> float:
    """Return from when on a request does not count as under way for its client.

    One that was given up was so at any moment before the server noticed.
    """
    return heard.began_s if heard.given_up else heard.ended_s


def most_abreast(heard: list[Heard]) -> int:
    """Return how many requests were under way at the same time, at most."""
    # An end at the very moment of a beginning comes first: those two were not at once.
    moments = sorted(m for one in heard for m in ((one.began_s, 1), (over_s(one), -1)))
    under_way = most = 0
    for _, step in moments:
        under_way += step
        most = max(most, under_way)
    return max(most, 1)


def are_of_one_scene(before: Heard, after: Heard) -> bool:
    """Say whether two requests may be of one part of the program; two tests are not."""
    return not (before.scene and after.scene) or before.scene == after.scene
