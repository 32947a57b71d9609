"""`assert`: demands on the page in the words of Node's module of that name."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.vendors.thousandeyes.measuring.script.calls import Call
from mockserver.vendors.thousandeyes.measuring.script.demands import demand
from mockserver.vendors.thousandeyes.measuring.script.operators import Inoperable, binary, truth
from mockserver.vendors.thousandeyes.measuring.script.values import (
    UNDEFINED,
    Claims,
    Namespace,
    Native,
    Value,
)


def _ok(call: Call) -> Value:
    return _asserted(call, call.argument(0), 1)


def _compared(sign: str) -> Callable[[Call], Value]:
    def act(call: Call) -> Value:
        try:
            return _asserted(call, binary(sign, call.argument(0), call.argument(1)), 2)
        except Inoperable:
            raise call.refused("comparing such values") from None

    return act


def _asserted(call: Call, condition: Value, message_at: int) -> Value:
    true = truth(condition)
    if not isinstance(true, bool | Claims):
        raise call.refused("an assertion that depends on the clock")
    if true is False:
        raise call.refused("an assertion that fails whatever the page says")
    if isinstance(true, Claims):
        message = call.argument(message_at)
        demand(call.recorder, call.node, true, call.name if message is UNDEFINED else message)
    return UNDEFINED


ASSERT = Namespace(
    "assert",
    {
        "ok": Native("assert.ok", _ok),
        "equal": Native("assert.equal", _compared("===")),
        "strictEqual": Native("assert.strictEqual", _compared("===")),
        "notEqual": Native("assert.notEqual", _compared("!==")),
        "notStrictEqual": Native("assert.notStrictEqual", _compared("!==")),
    },
    _ok,
)
