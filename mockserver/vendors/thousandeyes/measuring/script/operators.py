"""The operators of JavaScript on the values of a script."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mockserver.vendors.thousandeyes.measuring.script.values import (
    MOMENT,
    UNDEFINED,
    UNDETERMINED,
    Blurred,
    Claims,
    PageText,
    Value,
)
from probes.transaction.actions import Claim

# A few lines can double a text again and again.
LONGEST_TEXT = 20_000


class Inoperable(Exception):
    """Operands for which an operator is not understood."""


def as_text(value: Value) -> str:
    """Write a value as JavaScript does; what only the browser knows by its name."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return "null" if value is None else str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, Blurred):
        return value.text
    if isinstance(value, PageText):
        return f"<{value.reading} of the page>"
    return "undefined" if value is UNDEFINED else "<object>"


def truth(value: Value) -> bool | Claims | None:
    """Say whether a value counts as true; None where that depends on the clock."""
    if isinstance(value, Claims):
        return value
    if isinstance(value, PageText):
        return _claims(value, "is_not", "")
    if value is UNDETERMINED or value is MOMENT:
        return None
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return not (value is None or value is UNDEFINED or value == "" or value is False)


def negation(value: Value) -> Value:
    """Return `!value`."""
    true = truth(value)
    if isinstance(true, Claims):
        return true.negated()
    return UNDETERMINED if true is None else not true


def binary(sign: str, left: Value, right: Value) -> Value:
    """Return what an operator makes of two values; Inoperable if that is not understood."""
    if MOMENT in (left, right) or UNDETERMINED in (left, right):
        return MOMENT if sign in "+-" else UNDETERMINED
    if sign in _EQUALITY:
        return _equality(left, right, _EQUALITY[sign])
    if sign == "+" and not (isinstance(left, float) and isinstance(right, float)):
        return _joined(left, right)
    act = _ARITHMETIC.get(sign)
    if act is None or not _are_numbers(left, right):
        raise Inoperable
    try:
        return act(left, right)
    except (ZeroDivisionError, OverflowError):
        raise Inoperable from None


def contains(text: Value, wanted: Value) -> Value:
    """Return `text.includes(wanted)`."""
    if isinstance(text, PageText) and isinstance(wanted, str):
        return _claims(text, "holds", wanted)
    if isinstance(text, str) and isinstance(wanted, str):
        return wanted in text
    raise Inoperable


def both(left: Claims, right: Claims, *, either: bool) -> Claims:
    """Return one condition made of two; Inoperable if they are joined in two ways."""
    if any(len(one.claims) > 1 and one.any is not either for one in (left, right)):
        raise Inoperable
    changes = min(left.changes, right.changes)
    return Claims((*left.claims, *right.claims), changes, either)


def _equality(left: Value, right: Value, same: bool) -> Value:  # noqa: FBT001
    if isinstance(right, PageText):
        left, right = right, left
    if isinstance(left, PageText):
        if not isinstance(right, str):
            raise Inoperable
        return _claims(left, "is" if same else "is_not", right)
    if not (_is_plain(left) and _is_plain(right)):
        raise Inoperable
    return (type(left) is type(right) and left == right) is same


def _joined(left: Value, right: Value) -> Value:
    whole = as_text(left) + as_text(right)
    if len(whole) > LONGEST_TEXT:
        raise Inoperable
    if isinstance(left, PageText | Blurred) or isinstance(right, PageText | Blurred):
        return Blurred(whole)
    if not (isinstance(left, str) or isinstance(right, str)):
        raise Inoperable
    if not (_is_plain(left) and _is_plain(right)):
        raise Inoperable
    return whole


def _claims(text: PageText, comparison: str, expected: str) -> Claims:
    claim = Claim(text.reading, comparison, expected, text.selector)
    return Claims((claim,), text.changes)


def _is_plain(value: Value) -> bool:
    return value is None or value is UNDEFINED or isinstance(value, str | float | bool)


def _are_numbers(left: Value, right: Value) -> bool:
    return isinstance(left, float) and isinstance(right, float)


_EQUALITY = MappingProxyType({"===": True, "==": True, "!==": False, "!=": False})
_ARITHMETIC: Mapping[str, Callable[..., Value]] = MappingProxyType(
    {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "<": operator.lt,
        ">": operator.gt,
        "<=": operator.le,
        ">=": operator.ge,
    }
)
