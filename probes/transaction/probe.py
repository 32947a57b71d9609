"""Going through the steps in Chromium behind the guard, until one fails or all are done."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

from playwright.async_api import Error as PlaywrightError

from probes.browser.admission import Admission, admitted
from probes.browser.composing import Composer
from probes.browser.loading import loaded
from probes.browser.reading import capture
from probes.browser.session import Session, browsing
from probes.failure import Failure, FailureKind
from probes.live import LiveNetwork
from probes.transaction.actions import Step
from probes.transaction.course import Course, Stage
from probes.transaction.perform import StepFailed, perform, plain
from probes.transaction.plan import TransactionPlan
from probes.transaction.result import TransactionResult

QUIET_S = 0.3
SETTLING_S = 2.0


async def transaction(plan: TransactionPlan, network: LiveNetwork) -> TransactionResult:
    """Go; ProbeError when the target may not be contacted or no browser starts."""
    admission, failure = await admitted(plan.address, network.gate, plan.browser)
    if failure is not None:
        address = str(admission.pinned.address)
        return TransactionResult(plan.target, address, datetime.now(UTC), len(plan.steps), failure)
    async with browsing(plan.browser, network.gate, admission) as session:
        course = Course(time.monotonic(), admission.lookup_s)
        total_ms = await _go(Stage(session, plan, admission.lookup_s), course)
        return _result(session, admission, course, plan, total_ms)


async def _go(stage: Stage, course: Course) -> float | None:
    """Go through the steps; return the time of the whole journey if all succeeded."""
    deadline_s = course.began_s + stage.plan.timeout_s
    for step in stage.plan.steps:
        started_ms, stage.picture = course.now_ms(), None
        left_s = deadline_s - time.monotonic()
        stage.patience_s = max(0.0, min(stage.plan.patience_s(step), left_s))
        failure = await attempt(stage, step)
        if failure and stage.plan.screenshot_on_failure:
            stage.picture = await capture(stage.session.cdp)
        course.note(step, started_ms, stage, failure)
        if failure:
            return None
    total_ms = course.now_ms()
    # What the last page still loads belongs to its components, but not to the journey's time.
    with suppress(TimeoutError):
        await asyncio.wait_for(loaded(stage.session, QUIET_S), SETTLING_S)
    return total_ms


async def attempt(stage: Stage, step: Step) -> Failure | None:
    """Perform a step within the stage's patience; say what went wrong, if anything did."""
    session = stage.session
    trouble = asyncio.ensure_future(session.recorder.until(lambda: _ended(session)))
    act = asyncio.ensure_future(perform(stage, step.action))
    try:
        # An act words its own lateness; the second that is added only ends what hangs.
        await asyncio.wait(
            {trouble, act}, timeout=stage.patience_s + 1, return_when=asyncio.FIRST_COMPLETED
        )
        return _outcome(stage, step, act)
    finally:
        for task in (trouble, act):
            task.cancel()
        await asyncio.gather(trouble, act, return_exceptions=True)


def _ended(session: Session) -> bool:
    return session.trouble is not None or session.recorder.too_many


def _outcome(stage: Stage, step: Step, act: asyncio.Future[None]) -> Failure | None:
    if _ended(stage.session):
        words = stage.session.trouble or "The pages make more requests than most_requests allows."
        return Failure(FailureKind.CONTENT, step.name, words)
    if not act.done():
        words = f"Step {step.name!r}: expected to be done within {stage.patience_s:g} s; it hangs."
        return Failure(FailureKind.TIMEOUT, step.name, words)
    error = act.exception()
    if error is None:
        return None
    if isinstance(error, PlaywrightError):
        error = plain(error)
    if not isinstance(error, StepFailed):
        raise error
    return Failure(error.kind, step.name, f"Step {step.name!r}: {error}")


def _result(
    session: Session,
    admission: Admission,
    course: Course,
    plan: TransactionPlan,
    total_ms: float | None,
) -> TransactionResult:
    composer = Composer(
        session.recorder, session.guard.passages, admission.lookup_s, course.began_s
    )
    return TransactionResult(
        target=plan.target,
        address=str(admission.pinned.address),
        started_at=composer.began_at,
        planned=len(plan.steps),
        failure=course.failure,
        total_ms=total_ms,
        steps=tuple(course.steps),
        markers=tuple(course.markers),
        views=composer.views(),
        components=composer.components,
        refusals=composer.refusals(),
        console=tuple(session.words.said),
    )
