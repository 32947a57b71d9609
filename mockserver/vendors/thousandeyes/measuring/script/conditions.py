"""`until`: what `driver.wait` can wait for."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.values import (
    Awaited,
    Element,
    Namespace,
    Native,
)
from probes.transaction.actions import (
    Action,
    WaitForAbsence,
    WaitForPresence,
    WaitForSelector,
    WaitUntil,
)


def _located(call: Call) -> Awaited:
    selector = call.locator().selector
    return Awaited(WaitForPresence(selector), Element(selector))


def _of_element(make: Callable[[str], Action]) -> Callable[[Call], Awaited]:
    def condition(call: Call) -> Awaited:
        element = call.element()
        return Awaited(make(element.selector), element)

    return condition


def _of_page(reading: str, comparison: str) -> Callable[[Call], Awaited]:
    return lambda call: Awaited(WaitUntil(reading, comparison, call.text()))


def _of_text(comparison: str) -> Callable[[Call], Awaited]:
    def condition(call: Call) -> Awaited:
        element = call.element()
        return Awaited(WaitUntil("text", comparison, call.text(1), element.selector), element)

    return condition


_CONDITIONS: dict[str, Callable[[Call], Awaited]] = {
    "elementLocated": _located,
    "elementIsVisible": _of_element(WaitForSelector),
    "elementIsNotVisible": _of_element(WaitForAbsence),
    "stalenessOf": _of_element(WaitForAbsence),
    "elementTextIs": _of_text("is"),
    "elementTextContains": _of_text("holds"),
    "titleIs": _of_page("title", "is"),
    "titleContains": _of_page("title", "holds"),
    "urlIs": _of_page("url", "is"),
    "urlContains": _of_page("url", "holds"),
}

UNTIL = Namespace("until", {n: Native(f"until.{n}", act) for n, act in _CONDITIONS.items()})
