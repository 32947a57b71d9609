"""A client that reads a list page by page goes where each page leads, and stops at the last."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from contract_tests.conduct.course import Course, are_of_one_scene
from contract_tests.conduct.reactions.signs import OURS
from contract_tests.conduct.reactions.walks import Page, is_paged, walks
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "pages_end"
_SOON_S = 0.25  # between two pages of one loop; who polls a list takes longer
_WALK_S = 10.0  # between two pages of one walk: the items may be worked on
_STUCK, _STUCK_BETWEEN = 8, 60  # times the same page: one after the other; with others between
_STUCK_APART = 30  # the first page, where nobody tells whether they are tests of a suite
_BEYOND = 3  # pages after the last: one more, to see that it is empty, is a habit
_ROUNDS = 25  # times the whole list, at once after its last page


def _check(course: Course) -> Iterator[Finding]:
    for pages in walks(course):
        for find in (_stuck, _beyond, _round, _lost):
            found = find(course, pages)
            if found is not None:
                yield found
                break


def _stuck(course: Course, pages: list[Page]) -> Finding | None:
    """Find a page that is asked for again and again, though it leads on."""
    run: list[Page] = []
    is_close = True
    for before, after in pairwise([*pages, pages[-1]]):
        if not run:
            run, is_close = [before], True
        if _is_same(before, after) and _is_soon(course, before, after):
            run.append(after)
            is_close = is_close and course.is_at_once_next(before.heard, after.heard)
        else:
            run = []
        if len(run) >= _most(before, is_close=is_close) * _abreast(course, before):
            return _loop(course, run, "The client asks for the same page again and again.")
    return None


def _most(page: Page, *, is_close: bool) -> int:
    if not is_close:
        return _STUCK_BETWEEN
    return _STUCK if page.heard.scene or page.is_continued else _STUCK_APART


def _is_same(before: Page, after: Page) -> bool:
    is_other = before.heard.number != after.heard.number and are_of_one_scene(
        before.heard, after.heard
    )
    leads_on = not before.is_last and not after.is_last
    return is_other and leads_on and before.query == after.query and before.ids == after.ids


def _beyond(course: Course, pages: list[Page]) -> Finding | None:
    """Find pages that were asked for after the last one."""
    run: list[Page] = []
    for page in pages:
        if run and not (page.is_continued and _is_in_turn(course, run[-1], page)):
            run = []
        if page.is_last and (run or not page.is_counted):
            run.append(page)
        elif page.is_last and not page.ids:
            run = [page]
        else:
            run = []
        if len(run) > _BEYOND * _abreast(course, page):
            return _loop(course, run, "The client goes on after the last page.")
    return None


def _is_in_turn(course: Course, before: Page, after: Page) -> bool:
    is_after = after.heard.began_s >= before.heard.ended_s
    return is_after and course.pause_s(before.heard, after.heard) < _WALK_S


def _round(course: Course, pages: list[Page]) -> Finding | None:
    """Find a walk that begins anew as soon as it has ended, again and again."""
    rounds: list[Page] = []
    for before, after in pairwise(pages):
        is_next = course.is_at_once_next(before.heard, after.heard)
        is_next = is_next and are_of_one_scene(before.heard, after.heard)
        is_quick = is_next and _is_soon(course, before, after)
        if not is_quick:
            rounds = []
        elif before.is_last and before.is_continued and not after.is_continued:
            rounds.append(after)
        if len(rounds) >= _ROUNDS * _abreast(course, after):
            return _loop(course, rounds, "The client reads the whole list again and again.")
    return None


def _loop(course: Course, run: list[Page], message: str) -> Finding:
    first, last = run[0], run[-1]
    different = len({str(page.query) for page in run})
    what = "an end" if first.is_last or last.is_last else "the page that it leads to"
    return course.finding(
        _NAME,
        message,
        first.heard,
        last.heard,
        received=f"{len(run)} requests, {different} of them different",
        expected=f"{what}: {first.next or 'there is no next page'}",
        source=first.pages.source or OURS,
        about="a loop over pages",
    )


def _lost(course: Course, pages: list[Page]) -> Finding | None:
    """Find a next page that was asked for in another way than the page before told."""
    told: set[str] = set()
    for before, after in pairwise(pages):
        told.add(before.next_query.get(before.pages.cursor, ""))
        if _abreast(course, after) > 1 or not after.is_continued:
            continue
        is_led = after.query.get(after.pages.cursor, "") in told
        find = _words if is_led else _cursor
        found = find(course, before, after) if _is_in_turn(course, before, after) else None
        if found is not None:
            return found
    return None


def _cursor(course: Course, before: Page, after: Page) -> Finding | None:
    """Find a cursor that is an item of the page, and not the one that leads on."""
    name = before.pages.cursor
    given, due = after.query.get(name, ""), before.next_query.get(name, "")
    if not due or before.is_counted or given not in before.ids[:-1]:
        return None
    return course.finding(
        _NAME,
        "The client asks for a next page of its own making.",
        before.heard,
        after.heard,
        received=f"{name}={given}, one of the items in the middle",
        expected=f"{name}={due}",
        source=before.pages.source or OURS,
        place=name,
        about="a next page",
        grade=Grade.DRIFT,
    )


def _words(course: Course, before: Page, after: Page) -> Finding | None:
    """Find what the walk began with and has lost or changed on its way."""
    own = {before.pages.cursor}
    due, given = before.next_query or before.query, after.query
    if before.next_query and given.get(before.pages.cursor) != due.get(before.pages.cursor):
        return None  # another walk
    names = sorted(n for n in {*due, *given} - own if due.get(n) != given.get(n))
    if not names:
        return None
    is_size = names == [before.pages.size]
    return course.finding(
        _NAME,
        "The client asks for the next page in another way than for the one before.",
        before.heard,
        after.heard,
        received=_told(names, given),
        expected=_told(names, due),
        source="decision" if is_size else before.pages.source or OURS,
        place=names[0],
        about="a next page",
        grade=Grade.ASSUMPTION if is_size else Grade.DRIFT,
    )


def _told(names: list[str], query: object) -> str:
    known = query if isinstance(query, dict) else {}
    return ", ".join(f"{n}={known[n]}" if n in known else f"no {n}" for n in names)


def _is_soon(course: Course, before: Page, after: Page) -> bool:
    is_after = after.heard.began_s >= before.heard.ended_s
    return is_after and course.pause_s(before.heard, after.heard) < _SOON_S


def _abreast(course: Course, page: Page) -> int:
    return course.abreast[page.heard.asker]


def _untried(course: Course) -> str:
    reason = "no list that is cut into pages was read"
    return "" if any(is_paged(course, one) for one in course.heard) else reason


RULE = CourseRule(
    name=_NAME,
    sentence="A client that reads a list goes where each page leads, and stops at the last.",
    check=_check,
    untried=_untried,
)
