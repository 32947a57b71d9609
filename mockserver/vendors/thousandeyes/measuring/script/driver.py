"""`driver`: going to pages, finding, waiting, and how patient to be."""

from __future__ import annotations

import math

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.elements import find
from mockserver.vendors.thousandeyes.measuring.script.values import (
    UNDEFINED,
    Awaited,
    Claims,
    Element,
    Function,
    Namespace,
    Native,
    PageText,
    Value,
)
from probes.transaction.actions import (
    LONGEST_PAUSE_S,
    Back,
    Goto,
    Pause,
    Reload,
    Screenshot,
    WaitForPresence,
    WaitUntil,
)

_TIMEOUTS = ("implicit", "pageLoad", "script")


def _get(call: Call) -> Value:
    call.recorder.record(call.node, Goto(call.text()), call.recorder.page_load_s)
    return UNDEFINED


def _back(call: Call) -> Value:
    call.recorder.record(call.node, Back(), call.recorder.page_load_s)
    return UNDEFINED


def _refresh(call: Call) -> Value:
    call.recorder.record(call.node, Reload(), call.recorder.page_load_s)
    return UNDEFINED


def _find_element(call: Call) -> Value:
    return find(call.recorder, call.node, call.locator().selector)


def _wait(call: Call) -> Value:
    condition = call.argument(0)
    if isinstance(condition, Function):
        condition = call.invoke(condition, call.node)
    if isinstance(condition, Claims):
        condition = _awaited(call, condition)
    elif isinstance(condition, Element):
        condition = Awaited(WaitForPresence(condition.selector), condition)
    if not isinstance(condition, Awaited):
        raise call.wrong(0, "a condition made by until, or a function that compares a page's text")
    # As in the original, no time, or 0, means no limit: that of the journey is left.
    delay_ms = call.number(1, 0.0)
    call.recorder.record(call.node, condition.action, delay_ms / 1000 if delay_ms else None)
    return condition.element or UNDEFINED


def _awaited(call: Call, claims: Claims) -> Awaited:
    if len(claims.claims) != 1:
        raise call.refused("waiting for several conditions at once")
    (claim,) = claims.claims
    return Awaited(WaitUntil(claim.reading, claim.comparison, claim.expected, claim.selector))


def _sleep(call: Call) -> Value:
    left_s = call.number(0, 0.0) / 1000
    # A step may pause only so long; after the time of the journey nothing comes any more.
    left_s = min(left_s, call.recorder.limit_s + 1)
    for _ in range(math.ceil(left_s / LONGEST_PAUSE_S)):
        call.recorder.record(call.node, Pause(min(left_s, LONGEST_PAUSE_S)))
        left_s -= LONGEST_PAUSE_S
    return UNDEFINED


def _get_title(call: Call) -> Value:
    return PageText("title", "body", call.recorder.changes)


def _get_current_url(call: Call) -> Value:
    return PageText("url", "body", call.recorder.changes)


def _take_screenshot(call: Call) -> Value:
    call.recorder.record(call.node, Screenshot())
    return UNDEFINED


def _set_timeouts(call: Call) -> Value:
    settings = call.settings()
    for name, value in settings.items():
        if name not in _TIMEOUTS:
            raise call.refused(f"the timeout {name[:40]!r}")
        if isinstance(value, bool) or not isinstance(value, float) or not value >= 0:
            raise call.refused(f"a value of the timeout {name} that is no number")
    recorder = call.recorder
    recorder.implicit_s = _seconds(settings, "implicit", recorder.implicit_s)
    if "pageLoad" in settings:
        recorder.page_load_s = _seconds(settings, "pageLoad", recorder.limit_s)
    return UNDEFINED


def _seconds(settings: dict[str, Value], name: str, otherwise_s: float) -> float:
    value = settings.get(name)
    return value / 1000 if isinstance(value, float) else otherwise_s


def _get_timeouts(call: Call) -> Value:
    recorder = call.recorder
    load_s = recorder.page_load_s if recorder.page_load_s is not None else recorder.limit_s
    return {"implicit": recorder.implicit_s * 1000, "pageLoad": load_s * 1000}


def _set_rect(call: Call) -> Value:
    wide, high = (call.settings().get(name) for name in ("width", "height"))
    if not isinstance(wide, float) or not isinstance(high, float):
        raise call.refused("a window without the numbers width and height")
    if not (1 <= wide <= 10_000 and 1 <= high <= 10_000):
        raise call.refused(f"a window of {wide:g} by {high:g} (1 to 10000 each)")
    call.recorder.viewport = (round(wide), round(high))
    return UNDEFINED


def _nothing(call: Call) -> Value:
    del call
    return UNDEFINED


_WINDOW = Namespace(
    "driver.manage().window()",
    {
        "setRect": Native("setRect", _set_rect),
        "setSize": Native("setSize", _set_rect),
        "maximize": Native("maximize", _nothing),
    },
)
_MANAGE = Namespace(
    "driver.manage()",
    {
        "setTimeouts": Native("setTimeouts", _set_timeouts),
        "getTimeouts": Native("getTimeouts", _get_timeouts),
        "window": Native("window", lambda _: _WINDOW),
    },
)
_NAVIGATE = Namespace(
    "driver.navigate()",
    {
        "to": Native("driver.navigate().to", _get),
        "back": Native("driver.navigate().back", _back),
        "refresh": Native("driver.navigate().refresh", _refresh),
    },
)
DRIVER = Namespace(
    "driver",
    {
        "get": Native("driver.get", _get),
        "findElement": Native("driver.findElement", _find_element),
        "wait": Native("driver.wait", _wait),
        "sleep": Native("driver.sleep", _sleep),
        "getTitle": Native("driver.getTitle", _get_title),
        "getCurrentUrl": Native("driver.getCurrentUrl", _get_current_url),
        "takeScreenshot": Native("driver.takeScreenshot", _take_screenshot),
        "manage": Native("driver.manage", lambda _: _MANAGE),
        "navigate": Native("driver.navigate", lambda _: _NAVIGATE),
    },
)
