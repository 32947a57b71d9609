"""Performing the actions in the browser; what goes wrong is told as expected and found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Locator
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from probes.browser.address import parse_address
from probes.browser.composing import Composer
from probes.browser.loading import has_loaded, is_over, navigate
from probes.browser.reading import capture
from probes.browser.wire_failures import failure_of_error
from probes.failure import FailureKind
from probes.transaction import actions
from probes.transaction.actions import LEADING, Action
from probes.transaction.claims import holds, read, worded
from probes.transaction.course import Stage
from probes.transaction.found import found_element, found_text
from probes.transaction.pointing import click, type_text

POLL_S = 0.02


class StepFailed(Exception):
    """A step that did not do what it was to do."""

    def __init__(self, kind: FailureKind, words: str) -> None:
        super().__init__(words)
        self.kind = kind


async def perform(stage: Stage, action: Action) -> None:
    """Do it, or raise StepFailed; if it leads to another page, wait until that has loaded."""
    before = len(stage.session.recorder.documents)
    await _ACTS[type(action)](stage, action)
    if isinstance(action, LEADING):
        await _arrived(stage, before)


async def _arrived(stage: Stage, before: int) -> None:
    recorder = stage.session.recorder
    if len(recorder.documents) > before:
        await recorder.until(lambda: is_over(stage.session) or has_loaded(recorder))
        _check_document(stage)


def _check_document(stage: Stage) -> None:
    """Raise what became of the document, if that is no page."""
    session = stage.session
    shown = Composer(session.recorder, session.guard.passages, stage.lookup_s).shown
    if shown is not None and shown.failure is not None:
        raise StepFailed(shown.failure.kind, f"{shown.url}: {shown.failure.message}")


async def _goto(stage: Stage, action: actions.Goto) -> None:
    url, login = stage.plan.place(action), stage.plan.browser
    address, own = parse_address(url), stage.plan.address
    same = (address.scheme, address.host, address.port) == (own.scheme, own.host, own.port)
    whole = address.with_login(login.username, login.password) if login.username and same else url
    error = await navigate(stage.session, whole)
    if error:
        _check_document(stage)
        failure = failure_of_error(error, "load")
        raise StepFailed(failure.kind, f"{url}: {failure.message}")


async def _back(stage: Stage, _: actions.Back) -> None:
    if await stage.session.page.go_back(wait_until="commit") is None:
        raise StepFailed(FailureKind.CONTENT, "expected a page to go back to; there is none.")


async def _reload(stage: Stage, _: actions.Reload) -> None:
    await stage.session.page.reload(wait_until="commit")


async def _click(stage: Stage, action: actions.Click) -> None:
    await _on(stage, action.selector, "that can be clicked", click)


async def _hover(stage: Stage, action: actions.Hover) -> None:
    await _on(stage, action.selector, "to move over", lambda one: one.hover())


async def _fill(stage: Stage, action: actions.Fill) -> None:
    await _on(stage, action.selector, "that can be filled", lambda one: one.fill(action.value))


async def _type(stage: Stage, action: actions.Type) -> None:
    await _on(stage, action.selector, "to type in", lambda one: type_text(one, action.text))


async def _press(stage: Stage, action: actions.Press) -> None:
    if not action.selector:
        await stage.session.page.keyboard.press(action.key)
        return
    await _on(stage, action.selector, "to press keys in", lambda one: one.press(action.key))


async def _select(stage: Stage, action: actions.Select) -> None:
    expected = f"with the option {action.value!r}"
    await _on(stage, action.selector, expected, lambda one: one.select_option(action.value))


async def _wait_for_selector(stage: Stage, action: actions.WaitForSelector) -> None:
    await _on(stage, action.selector, "to be seen", lambda one: one.wait_for(state="visible"))


async def _wait_for_presence(stage: Stage, action: actions.WaitForPresence) -> None:
    await _on(stage, action.selector, "to be there", lambda one: one.wait_for(state="attached"))


async def _wait_for_absence(stage: Stage, action: actions.WaitForAbsence) -> None:
    await _on(stage, action.selector, "to be gone", lambda one: one.wait_for(state="hidden"))


async def _wait_until(stage: Stage, action: actions.WaitUntil) -> None:
    async def so() -> bool:
        return holds(action, await read(stage.session.page, action))

    await _until(stage, so, worded(action))


async def _demand(stage: Stage, action: actions.Demand) -> None:
    found = await read(stage.session.page, action)
    if not holds(action, found):
        words = "there is no such element" if found is None else f"found {found[:120]!r}"
        raise StepFailed(FailureKind.CONTENT, f"expected {worded(action)}; {words}.")


async def _wait_for_text(stage: Stage, action: actions.WaitForText) -> None:
    one = stage.session.page.get_by_text(action.text).filter(visible=True).first
    try:
        await one.wait_for(state="visible", timeout=stage.patience_s * 1000)
    except PlaywrightTimeoutError:
        expected = f"the text {action.text!r} within {stage.patience_s:g} s"
        raise await _missed(stage, FailureKind.TIMEOUT, expected) from None


async def _wait_for_url(stage: Stage, action: actions.WaitForUrl) -> None:
    async def holds() -> bool:
        return action.part in stage.session.page.url

    await _until(stage, holds, f"a URL that holds {action.part!r}")


async def _wait_for_title(stage: Stage, action: actions.WaitForTitle) -> None:
    async def holds() -> bool:
        return action.part in await stage.session.page.title()

    await _until(stage, holds, f"a title that holds {action.part!r}")


async def _assert_text(stage: Stage, action: actions.AssertText) -> None:
    one = stage.session.page.locator(action.selector).first
    if not await one.count():
        expected = f"the text {action.text!r} in {action.selector!r}"
        raise StepFailed(FailureKind.CONTENT, f"expected {expected}; there is no such element.")
    text = await one.inner_text(timeout=stage.patience_s * 1000)
    shown = " ".join(text.split())
    if action.text not in text and action.text not in shown:
        expected = f"the text {action.text!r} in {action.selector!r}"
        raise StepFailed(FailureKind.CONTENT, f"expected {expected}; found {shown[:120]!r}.")


async def _assert_title(stage: Stage, action: actions.AssertTitle) -> None:
    title = await stage.session.page.title()
    if title != action.title:
        words = f"expected the title {action.title!r}; found {title[:120]!r}."
        raise StepFailed(FailureKind.CONTENT, words)


async def _screenshot(stage: Stage, _: actions.Screenshot) -> None:
    stage.picture = await capture(stage.session.cdp)
    if stage.picture is None:
        raise StepFailed(FailureKind.CONTENT, "expected a picture; the browser gave none.")


async def _pause(_: Stage, action: actions.Pause) -> None:
    await asyncio.sleep(action.seconds)


async def _nothing(_: Stage, __: Action) -> None:
    """Leave it to the course, which keeps the markers."""


async def _on(
    stage: Stage, selector: str, expected: str, act: Callable[[Locator], Awaitable[object]]
) -> None:
    """Do something with the first element that fits, once there is one that lets it be done."""
    one = stage.session.page.locator(selector).first
    one.page.set_default_timeout(stage.patience_s * 1000)
    try:
        await act(one)
    except PlaywrightTimeoutError:
        found = await found_element(one, stage.session.page.locator(selector))
        words = f"expected an element {selector!r} {expected} within {stage.patience_s:g} s"
        raise StepFailed(FailureKind.TIMEOUT, f"{words}; {found}.") from None


async def _until(stage: Stage, condition: Callable[[], Awaitable[bool]], expected: str) -> None:
    try:
        async with asyncio.timeout(stage.patience_s):
            while not await condition():  # noqa: ASYNC110 - no event tells of a title or a URL
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        words = f"{expected} within {stage.patience_s:g} s"
        raise await _missed(stage, FailureKind.TIMEOUT, words) from None


async def _missed(stage: Stage, kind: FailureKind, expected: str) -> StepFailed:
    return StepFailed(kind, f"expected {expected}; {await found_text(stage.session.page)}.")


def plain(error: PlaywrightError) -> StepFailed:
    """Turn what playwright says of a selector or a key into words of our own."""
    line = next(iter(str(error).splitlines()), "").rpartition("Error: ")[2]
    return StepFailed(FailureKind.CONTENT, f"the browser could not do it: {line[:200]}.")


_ACTS: Mapping[type[Action], Callable[[Stage, Any], Awaitable[None]]] = MappingProxyType(
    {
        actions.Goto: _goto,
        actions.Back: _back,
        actions.Reload: _reload,
        actions.Click: _click,
        actions.Hover: _hover,
        actions.Fill: _fill,
        actions.Type: _type,
        actions.Press: _press,
        actions.Select: _select,
        actions.WaitForSelector: _wait_for_selector,
        actions.WaitForText: _wait_for_text,
        actions.WaitForUrl: _wait_for_url,
        actions.WaitForTitle: _wait_for_title,
        actions.WaitForPresence: _wait_for_presence,
        actions.WaitForAbsence: _wait_for_absence,
        actions.WaitUntil: _wait_until,
        actions.Demand: _demand,
        actions.AssertText: _assert_text,
        actions.AssertTitle: _assert_title,
        actions.Screenshot: _screenshot,
        actions.MarkerStart: _nothing,
        actions.MarkerEnd: _nothing,
        actions.Pause: _pause,
    }
)
