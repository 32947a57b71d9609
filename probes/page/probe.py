"""Loading one page in Chromium behind the guard, and reading off what it took."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError

from probes.browser.admission import Admission, admitted
from probes.browser.component import Component
from probes.browser.composing import Composer
from probes.browser.loading import has_loaded, loaded, navigate
from probes.browser.reading import Reading, capture, origin_s, read
from probes.browser.screenshot import Screenshot
from probes.browser.session import Session, browsing
from probes.browser.wire_failures import failure_of_error
from probes.failure import Failure, FailureKind
from probes.live import LiveNetwork
from probes.page.figures import figures
from probes.page.plan import PagePlan
from probes.page.result import Document, PageResult


@dataclass(slots=True)
class _Course:
    """How the loading went."""

    failure: Failure | None = None
    settled: bool = False
    reading: Reading = field(default_factory=Reading)
    screenshot: Screenshot | None = None


async def page(plan: PagePlan, network: LiveNetwork) -> PageResult:
    """Load the page; ProbeError when its host may not be contacted or no browser starts."""
    admission, failure = await admitted(plan.address, network.gate, plan.browser)
    if failure is not None:
        address = str(admission.pinned.address)
        return PageResult(plan.target, address, datetime.now(UTC), failure)
    async with browsing(plan.browser, network.gate, admission) as session:
        course = await _go(plan, session)
        return _result(plan, session, admission, course)


async def _go(plan: PagePlan, session: Session) -> _Course:
    course = _Course()
    try:
        async with asyncio.timeout(plan.timeout_s):
            error = await navigate(session, _url(plan))
            if error:
                course.failure = _no_page(error)
            else:
                await loaded(session, plan.quiet_s)
                course.settled = has_loaded(session.recorder)
    except TimeoutError:
        course.failure = None if has_loaded(session.recorder) else _too_late(plan, session)
    except PlaywrightError:
        session.end("The browser ended unexpectedly.")
    if session.trouble is None and _has_answer(session):
        course.reading = await read(session.cdp, plan.most_dom)
        course.screenshot = await capture(session.cdp) if plan.screenshot else None
    return course


def _has_answer(session: Session) -> bool:
    documents = session.recorder.documents
    return bool(documents and documents[-1][1].response)


def _url(plan: PagePlan) -> str:
    login = plan.browser
    if login.username is None:
        return plan.target
    return plan.address.with_login(login.username, login.password)


def _too_late(plan: PagePlan, session: Session) -> Failure:
    if _has_answer(session):
        phase, what = "load", "The page was not loaded"
    elif any(passage.connected_s for passage in session.guard.passages):
        phase, what = "wait", "No response came"
    else:
        phase, what = "connect", "No connection came about"
    return Failure(FailureKind.TIMEOUT, phase, f"{what} within {plan.timeout_s:g} s.")


def _no_page(error: str) -> Failure:
    if "ERR_ABORTED" in error:
        words = "The answer is no page: a file to be saved, or nothing to show."
        return Failure(FailureKind.CONTENT, "load", words)
    return failure_of_error(error, "load")


def _trouble(session: Session) -> Failure | None:
    if session.trouble is not None:
        return Failure(FailureKind.CONTENT, "load", session.trouble)
    if session.recorder.too_many:
        words = "The page makes more requests than most_requests allows."
        return Failure(FailureKind.CONTENT, "load", words)
    return None


def _failure(session: Session, course: _Course, shown: Component | None) -> Failure | None:
    """Choose the one that tells most of those that are known."""
    trouble = _trouble(session)
    if trouble is not None:
        return trouble
    if course.failure is not None and course.failure.kind is FailureKind.CONTENT:
        return course.failure
    return (shown.failure if shown else None) or course.failure


def _result(plan: PagePlan, session: Session, admission: Admission, course: _Course) -> PageResult:
    recorder, reading = session.recorder, course.reading
    alone = len(recorder.documents) == 1
    origin = origin_s(recorder, reading) if alone else None
    composer = Composer(recorder, session.guard.passages, admission.lookup_s, origin)
    shown = composer.shown
    return PageResult(
        target=plan.target,
        address=str(admission.pinned.address),
        started_at=composer.began_at,
        failure=_failure(session, course, shown),
        url=shown.url if shown else plan.target,
        settled=course.settled,
        views=composer.views(reading.title),
        components=composer.components,
        refusals=composer.refusals(),
        console=tuple(session.words.said),
        document=Document(reading.title, reading.html, reading.length),
        screenshot=course.screenshot,
        **figures(composer, reading),
    )
