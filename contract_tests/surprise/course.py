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
from contract_tests.surprise.schedule import Called, Plan, Schedule, called, drawn, schedule

__all__ = ["Budget", "CannotSurprise", "Surprised", "replayed", "surprised"]

_BATCH = 24  # drawn plans at a time
_QUICK_S, _QUICK_TIMES = 6.0, 6.0  # how long a run without failures may take, beside a plain one
_PATIENT_S = 20.0  # with failures: a client may wait between its attempts


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


def surprised(  # noqa: PLR0913  (who is told what)
    trial: Trial,
    books: Mapping[str, Book],
    budget: Budget,
    *,
    clock: Callable[[], float] = time.monotonic,
    progress: Callable[[str], object] = lambda _: None,
    patience: Callable[[float], object] = lambda _: None,
) -> Surprised:
    """Surprise a client until all of the catalogue was tried and the budget is used.

    `trial` runs the client once, and may be called by `budget.jobs` threads at once. `progress`
    is told how far it is, `patience` how many seconds a run may take from now on. What is found is
    narrowed even where that takes longer than the budget, at most as long again. CannotSurprise
    if the client fails without any surprise.
    """
    effort = Effort(trial, budget, clock, progress)
    plain = _plainly(effort, books)
    operations = called(plain, books)
    inquiry = Inquiry(effort, books, plain)
    planned = schedule(operations)
    found = _catalogue(inquiry, planned, plain, patience)
    is_whole = not effort.ran_out
    given = len(effort.given)
    if is_whole:
        patience(_quick_s(plain))
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

    CannotSurprise if it fails unsurprised, or if what was to be done cannot be.
    """
    unknown = [one.id for one in plan if not oracle.is_known(one, books)]
    if unknown:
        raise CannotSurprise(f"no such operation or kind: {unknown[0]}")
    effort = Effort(trial, Budget(time_s=float("inf")), time.monotonic, lambda _: None)
    plain = _plainly(effort, books)
    inquiry = Inquiry(effort, books, plain)
    ran = trial(plan)
    found = inquiry.wholly_judged(plan, ran)
    given = sum(oracle.reached(one, ran) for one in plan)
    notes = [f"{given} of {len(plan)} surprises were given; the client ended with {ran.code}."]
    told = Surprised(plain, tuple(found), 2, given, len(plan), notes=tuple(notes))
    return told, ran


def _plainly(effort: Effort, books: Mapping[str, Book]) -> Ran:
    plain = effort.run(())
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


def _catalogue(
    inquiry: Inquiry, planned: Schedule, plain: Ran, patience: Callable[[float], object]
) -> list[Found]:
    with ThreadPoolExecutor(inquiry.effort.budget.jobs) as pool:
        patience(_quick_s(plain))
        groups = list(pool.map(inquiry.together, planned.together))
        patience(_PATIENT_S + _QUICK_TIMES * plain.elapsed_s)
        failures = list(pool.map(inquiry.alone, planned.alone))
        paged = list(pool.map(inquiry.paged, planned.paged))
    return [each for found in (*groups, *failures, *paged) for each in found]


def _quick_s(plain: Ran) -> float:
    return _QUICK_S + _QUICK_TIMES * plain.elapsed_s


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
    yield f"Of the catalogue {given} of {planned.surprises} surprises that fit were given."
    if not is_whole:
        yield "The budget was used before all were tried: more with --time-limit or --jobs."


def findings_of(found: Surprised, vendor: str) -> list[Finding]:
    """Return the findings about one vendor."""
    return [finding for name, finding in found.findings if name == vendor]
