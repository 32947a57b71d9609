"""What a script can import, and what it has without importing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from mockserver.vendors.thousandeyes.measuring.script.assertions import ASSERT
from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.conditions import UNTIL
from mockserver.vendors.thousandeyes.measuring.script.driver import DRIVER
from mockserver.vendors.thousandeyes.measuring.script.keys import KEY
from mockserver.vendors.thousandeyes.measuring.script.locators import BY
from mockserver.vendors.thousandeyes.measuring.script.operators import as_text
from mockserver.vendors.thousandeyes.measuring.script.values import (
    MOMENT,
    UNDEFINED,
    Namespace,
    Native,
    Thrown,
    Value,
)
from probes.transaction.actions import MarkerEnd, MarkerStart

Modules = Mapping[str, Mapping[str, Value]]


def modules(settings: Mapping[str, Value]) -> Modules:
    """Return what each module exports; `settings` are those that `test.getSettings()` gives."""
    return {
        "assert": {"default": ASSERT, **ASSERT.members},
        "selenium-webdriver": {"By": BY, "Key": KEY, "until": UNTIL},
        "thousandeyes": {
            "driver": DRIVER,
            "markers": _MARKERS,
            "test": Namespace("test", {"getSettings": _get_settings(settings)}),
            "credentials": Namespace("credentials", {"get": Native("get", _credential)}),
            # Recorded scripts import these without using them.
            **{name: Namespace(name, {}) for name in _UNUSED},
        },
    }


def _get_settings(settings: Mapping[str, Value]) -> Native:
    shown = Namespace("test.getSettings()", settings)
    return Native("test.getSettings", lambda _: shown)


def _credential(call: Call) -> Value:
    raise call.refused(
        f"the credential {call.text()[:40]!r} (no credentials are kept here: write a value)"
    )


def _marker_start(call: Call) -> Value:
    call.recorder.record(call.node, MarkerStart(call.text()))
    return UNDEFINED


def _marker_stop(call: Call) -> Value:
    call.recorder.record(call.node, MarkerEnd(call.text()))
    return UNDEFINED


def _marker_set(call: Call) -> Value:
    # A checkpoint is a part of the journey from its very beginning.
    if call.text() in call.recorder.checkpoints:
        raise call.refused(f"setting the marker {call.text()[:40]!r} twice")
    call.recorder.checkpoints.append(call.text())
    call.recorder.record(call.node, MarkerEnd(call.text()))
    return UNDEFINED


def _nothing(call: Call) -> Value:
    del call
    return UNDEFINED


def _error(call: Call) -> Value:
    return Thrown(as_text(call.argument(0)) if call.arguments else "")


def _rounding(name: str, act: Callable[[float], float]) -> Native:
    return Native(f"Math.{name}", lambda call: float(act(call.number(0, 0.0))))


_UNUSED = ("downloads", "transaction", "authentication", "proxy", "net")
_MARKERS = Namespace(
    "markers",
    {
        "start": Native("markers.start", _marker_start),
        "stop": Native("markers.stop", _marker_stop),
        "set": Native("markers.set", _marker_set),
    },
)
_SAYING = ("log", "info", "warn", "error", "debug")
_ERRORS = ("Error", "TypeError", "RangeError")
GLOBALS: Mapping[str, Value] = {
    "undefined": UNDEFINED,
    "console": Namespace("console", {n: Native(f"console.{n}", _nothing) for n in _SAYING}),
    "Date": Namespace("Date", {"now": Native("Date.now", lambda _: MOMENT)}),
    "Math": Namespace(
        "Math",
        {
            "floor": _rounding("floor", math.floor),
            "ceil": _rounding("ceil", math.ceil),
            "round": _rounding("round", lambda value: math.floor(value + 0.5)),
        },
    ),
    **{name: Native(name, _error) for name in _ERRORS},
}
