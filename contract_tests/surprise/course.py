"""A client surprised: a plain run, then many, each failure narrowed to the answer that did it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from contract_tests.client.ran import Ran
from contract_tests.findings.finding import Finding
from contract_tests.surprise import oracle
from contract_tests.surprise.book import Book
from contract_tests.surprise.effort import Budget, Effort, Trial
from contract_tests.surprise.inquiry import Found, Inquiry
from contract_tests.surprise.masks import Masks
from contract_tests.surprise.order import Schedule
from contract_tests.surprise.schedule import Called, Plan, called, drawn, schedule

__all__ = ["Budget", "CannotSurprise", "Surprised", "replayed", "surprised"]

_NOTHING_GIVEN = "nothing was given: the client was sent no answer with such a place"
_BATCH = 24  # drawn plans at a time
_ONE_RUN_S = 20.0  # of a client that nothing was done to
_NO_LIMIT_S = 1e9


class CannotSurprise(Exception):
    """The client does not come to a good end unsurprised; the message says how it ended."""


@dataclass(frozen=True, slots=True)
class Surprised:
    """What came of it: findings with their vendors, runs, and surprises given of those planned.

    `drawn` is how many values were drawn and given besides. `is_whole` says that all of the
    catalogue was tried that fits the operations that the client calls.
    """

    plain: Ran
    findings: tuple[Found, ...] = ()
    runs: int = 0
    given: int = 0
    planned: int = 0
    drawn: int = 0
    notes: tuple[str, ...] = ()
    is_whole: bool = True


def surprised(
    trial: Trial,
    books: Mapping[str, Book],
    budget: Budget,
    *,
    clock: Callable[[], float] = time.monotonic,
    progress: Callable[[str], object] = lambda _: None,
) -> Surprised:
    """Surprise a client until all of the catalogue was tried and the budget is used.

    `trial` runs the client once, and may be called by `budget.jobs` threads at once. `progress`
    is told how far it is. The budget is for all: what is found is narrowed within it.
    CannotSurprise if the client fails without any surprise.
    """
    effort = Effort(trial, budget, clock, progress)
    plain = _plainly(effort, books)
    operations = called(plain, books)
    inquiry = Inquiry(effort, books, plain)
    planned = schedule(operations)
    found = _catalogue(inquiry, planned)
    is_whole = not effort.ran_out
    given = len(effort.given)
    if is_whole:
        _more(inquiry, operations, found)
    return Surprised(
        plain,
        tuple(_distinct(found)),
        effort.runs,
        given,
        planned.surprises,
        len(effort.given) - given,
        (*_notes(effort, planned, operations, given, is_whole=is_whole), *inquiry.notes),
        is_whole,
    )


def replayed(trial: Trial, books: Mapping[str, Book], plan: Plan) -> tuple[Surprised, Ran]:
    """Do the same to a client once more; return what it shows, and how it ran.

    CannotSurprise if it fails unsurprised, or if nothing of what was to be done could be.
    """
    unknown = [one.id for one in plan if not oracle.is_known(one, books)]
    if unknown:
        raise CannotSurprise(f"no such operation or kind: {unknown[0]}")
    effort = Effort(trial, Budget(time_s=_NO_LIMIT_S), time.monotonic, lambda _: None)
    plain = _plainly(effort, books)
    inquiry = Inquiry(effort, books, plain)
    ran = trial(plan, inquiry.limit_s(plan))
    given = sum(oracle.reached(one, ran) for one in plan)
    if not given:
        raise CannotSurprise(_NOTHING_GIVEN)
    found = inquiry.wholly_judged(plan, ran)
    notes = [f"{given} of {len(plan)} surprises were given; the client ended with {ran.code}."]
    told = Surprised(plain, tuple(found), 2, given, len(plan), notes=tuple(notes))
    return told, ran


def _plainly(effort: Effort, books: Mapping[str, Book]) -> Ran:
    plain = effort.run((), _ONE_RUN_S)
    if plain is None:
        raise CannotSurprise("no time for a single run")
    if plain.hung:
        raise CannotSurprise(f"unsurprised it does not end within {plain.elapsed_s:.0f} s")
    if plain.code != 0:
        text = Masks(books).text(f"{plain.out}\n{plain.err}".strip()[-2000:], plain)
        raise CannotSurprise(f"unsurprised it ends with code {plain.code}:\n{text}")
    if not plain.heard:
        raise CannotSurprise("unsurprised it asks nothing of the stand-in")
    return plain


def _catalogue(inquiry: Inquiry, planned: Schedule) -> list[Found]:
    with ThreadPoolExecutor(inquiry.effort.budget.jobs) as pool:
        return [each for found in pool.map(inquiry.taken, planned.steps) for each in found]


def _more(inquiry: Inquiry, operations: list[Called], found: list[Found]) -> None:
    """Try drawn values until the budget is used."""
    number = inquiry.effort.budget.seed
    with ThreadPoolExecutor(inquiry.effort.budget.jobs) as pool:
        while not inquiry.effort.is_spent:
            plans = drawn(operations, _BATCH, number)
            if not plans:
                break
            found += [each for some in pool.map(inquiry.together, plans) for each in some]
            number += 1


def _distinct(found: Iterable[Found]) -> Iterator[Found]:
    """Yield findings once for each cause, drawn values once for each place."""
    seen: set[tuple[str, ...]] = set()
    for vendor, finding in found:
        key = (vendor, *finding.cause)
        if key not in seen:
            seen.add(key)
            yield vendor, finding


def _notes(
    effort: Effort, planned: Schedule, operations: list[Called], given: int, *, is_whole: bool
) -> Iterator[str]:
    names = ", ".join(dict.fromkeys(each.operation_id for each in operations)) or "none"
    yield f"Surprised: {names}; {effort.runs} runs, seed {effort.budget.seed}."
    left = planned.surprises - given
    why = f" The other {left}: {_why_not(effort, is_whole=is_whole)}." if left > 0 else ""
    yield f"Of the catalogue {given} of {planned.surprises} surprises that fit were given.{why}"


def _why_not(effort: Effort, *, is_whole: bool) -> str:
    """Say why some surprises that fit were not given."""
    budget = effort.budget
    if effort.is_stopped:
        return "it was stopped by a signal"
    if is_whole:
        return "the client did not come to those answers, or more of what is found already"
    if effort.own_runs >= budget.runs:
        return f"the {budget.runs} runs were used up; more with --runs"
    return f"the {budget.time_s:g} s were used up; more with --time-limit or --jobs"


def findings_of(found: Surprised, vendor: str) -> list[Finding]:
    """Return the findings about one vendor."""
    return [finding for name, finding in found.findings if name == vendor]
