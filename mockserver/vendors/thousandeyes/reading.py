"""Which results a client gets: of one round, of a time range by pages, or the last there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.rounds import finished
from mockserver.vendors.thousandeyes.timeranges import TimeRange

ROUNDS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for; a round goes before a range, and without either the last is meant.

    `after` is the round at which the page before ended; `kept` are the parameters beside the
    range that the address of the next page has as well.
    """

    meant: TimeRange | None = None
    round_id: int | None = None
    after: int | None = None
    kept: Mapping[str, object] = field(default_factory=dict)

    @property
    def shown_range(self) -> TimeRange | None:
        """The range that decides, if any does."""
        return self.meant if self.round_id is None else None

    def next_query(self, last_round: int) -> Mapping[str, object]:
        """Return the parameters that lead on after a round."""
        shown = self.meant.shown() if self.meant else {}
        kept = {name: value for name, value in self.kept.items() if value}
        return {"lastRoundId": last_round, **shown, **kept}


@dataclass(frozen=True, slots=True)
class Page:
    """Results of whole rounds, oldest first; None while there is none but some are under way.

    `next_query` are the parameters of the next page, empty on the last one.
    """

    results: Sequence[Document] | None
    current: int = 1
    next_query: Mapping[str, object] = field(default_factory=dict)


async def page_of(backend: Backend, test: Document, selection: Selection) -> Page:
    """Return the results that are meant; NotFound for a round that the test does not have."""
    if selection.round_id is not None:
        check_round(test, selection.round_id)
        return Page(await finished(backend, test, selection.round_id))
    if selection.meant is None:
        return await _newest(backend, test)
    return await _of_range(backend, test, selection, selection.meant)


def check_round(test: Document, round_id: int) -> None:
    """Raise NotFound for a round that the test does not have."""
    if round_id not in test["rounds"]:
        raise NotFound(f"The test {test['testId']} has no round with the id {round_id}")


async def _of_range(
    backend: Backend, test: Document, selection: Selection, meant: TimeRange
) -> Page:
    after = selection.after
    rounds = [begin_s for begin_s in test["rounds"] if _covers(meant, begin_s)]
    ahead = [begin_s for begin_s in rounds if after is None or begin_s > after]
    # Rounded up: a round that was under way then may be over by now.
    current = 1 + -((len(ahead) - len(rounds)) // ROUNDS_A_PAGE)
    found: list[tuple[int, list[Document]]] = []
    for begin_s in ahead:
        results = await finished(backend, test, begin_s)
        if results is not None and len(found) == ROUNDS_A_PAGE:
            return Page(_all(found), current, selection.next_query(found[-1][0]))
        if results is not None:
            found.append((begin_s, results))
    return Page(_all(found) if found or not ahead else None, current)


async def _newest(backend: Backend, test: Document) -> Page:
    for begin_s in reversed(test["rounds"]):
        results = await finished(backend, test, begin_s)
        if results is not None:
            return Page(results)
    return Page(None)


def _all(found: Sequence[tuple[int, list[Document]]]) -> list[Document]:
    return [result for _, results in found for result in results]


def _covers(meant: TimeRange, begin_s: int) -> bool:
    return meant.begin <= datetime.fromtimestamp(begin_s, UTC) <= meant.end
