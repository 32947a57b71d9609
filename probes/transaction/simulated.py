"""A journey over the imagined path: pages made up for the places that its steps lead to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from probes.browser.address import parse_address
from probes.browser.component import Component, PageView
from probes.browser.imagined_loading import Loading
from probes.browser.imagined_site import Site
from probes.failure import Failure
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork
from probes.transaction.actions import Click, Goto, Pause, Press, Reload, Step, verb_of
from probes.transaction.markers import mark
from probes.transaction.plan import TransactionPlan
from probes.transaction.result import Marker, StepResult, TransactionResult


@dataclass(slots=True)
class _Course:
    """How far the journey has come."""

    plan: TransactionPlan
    network: SimulatedNetwork
    stream: Random
    url: str
    now_ms: float = 0.0
    steps: list[StepResult] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    views: list[PageView] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    failure: Failure | None = None


async def transaction(plan: TransactionPlan, network: SimulatedNetwork) -> TransactionResult:
    """Go through the steps; only a path that does not answer in time makes one fail."""
    check_name(plan.address.host)
    stream = network.turn("transaction", plan.target)
    began = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=network.clock.now_ms())
    course = _Course(plan, network, stream, plan.target)
    for step in plan.steps:
        _take(course, step)
        if course.failure is not None:
            break
    await network.clock.sleep(course.now_ms / 1000)
    return TransactionResult(
        target=plan.target,
        address=str(network.address(plan.address.host)),
        started_at=began,
        planned=len(plan.steps),
        failure=course.failure,
        total_ms=None if course.failure else course.now_ms,
        steps=tuple(course.steps),
        markers=tuple(course.markers),
        views=tuple(course.views),
        components=tuple(course.components),
    )


def _take(course: _Course, step: Step) -> None:
    """Take one step and note it."""
    started_ms = course.now_ms
    place = _led_to(course, step)
    if place is None:
        course.now_ms += _acting_ms(step, course.stream)
    else:
        _load(course, place, step)
    took_ms = None if course.failure else course.now_ms - started_ms
    verb = verb_of(step.action)
    course.steps.append(
        StepResult(step.name, verb, started_ms, took_ms, course.url, course.failure)
    )
    mark(course.markers, step, course.now_ms)


def _led_to(course: _Course, step: Step) -> str | None:
    """Return the URL that is loaded, if the step loads one: half of all clicks do."""
    action, chance, plan = step.action, course.stream.random(), course.plan
    if isinstance(action, Goto):
        return plan.place(action)
    if isinstance(action, Reload):
        return course.url
    leads = isinstance(action, Click) or (isinstance(action, Press) and action.key == "Enter")
    return plan.place(Goto(f"page-{len(course.views)}")) if leads and chance < 0.5 else None


def _acting_ms(step: Step, stream: Random) -> float:
    """Draw how long the browser takes for what needs no network."""
    drawn_ms = 3 - math.log(1 - stream.random()) * 15
    if isinstance(step.action, Pause):
        return step.action.seconds * 1000
    return 0.0 if verb_of(step.action).startswith("marker") else drawn_ms


def _load(course: _Course, place: str, step: Step) -> None:
    plan, network = course.plan, course.network
    page = parse_address(place)
    patience_ms = min(course.now_ms + plan.patience_s(step) * 1000, plan.timeout_s * 1000)
    loading = Loading(network, page, course.stream, patience_ms)
    loading.began_ms, loading.page_index = course.now_ms, len(course.views)
    loading.load(Site.drawn(network, page), plan.browser)
    course.views.append(replace(loading.view, url=place, started_ms=course.now_ms))
    course.components.extend(loading.components)
    course.url = place
    course.now_ms = loading.spent_ms if loading.failure else loading.view.load_ms or 0.0
    if loading.failure is not None:
        words = f"Step {step.name!r}: {loading.failure.message}"
        course.failure = Failure(loading.failure.kind, step.name, words)
