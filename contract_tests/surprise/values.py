"""Kinds that change single values: null, absent, texts, numbers, times, words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any

from contract_tests.findings.finding import Aspect, Grade
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.fields import ABSENT, Field, changed
from contract_tests.surprise.kind import Kind, Scene

Value = Callable[[Field, Any], Any]
Fits = Callable[[Field], bool]
_LONG = 10_000
_NUMBERS = frozenset({"integer", "number"})
_SOME_TIME = datetime(2025, 6, 1, 12, 30, 15, tzinfo=UTC)
NEW_FIELD = "added_later"
_RIGHT_TO_LEFT = "\u200f\u05e9\u05dc\u05d5\u05dd \u200e\u0645\u0631\u062d\u0628\u0627"
_BEYOND = "\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001d518"
_RFC3339 = "RFC 3339, 5.6"


def _places(fits: Fits, scene: Scene) -> Iterable[str]:
    found = scene.fields.items()
    return [p for p, each in found if p and fits(each) and scene.bendable(p)]


def _bend(value: Value, scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    here = scene.fields.get(pointer)
    if here is None:
        return None

    def change(old: Any, _: int) -> Any:
        return old if scene.is_own(old) else value(here, old)

    return answer.saying(changed(answer.json(), pointer, change))


def _kind(name: str, sentence: str, fits: Fits, value: Value, **more: Any) -> Kind:
    return Kind(name, sentence, partial(_bend, value), partial(_places, fits), **more)


def _text(name: str, sentence: str, text: str) -> Kind:
    def value(here: Field, old: Any) -> str:
        del old
        return _cut(text, here)

    return _kind(f"text_{name}", sentence, _is_text, value)


def _cut(text: str, here: Field) -> str:
    least, most = here.schema.get("minLength", 0), here.schema.get("maxLength")
    padded = text.ljust(least, "x")
    return padded if most is None else padded[:most]


def _is_text(here: Field) -> bool:
    return here.is_free_text


def _may_be_null(here: Field) -> bool:
    return bool(here.schema.get("nullable")) and here.value is not None


def _may_be_absent(here: Field) -> bool:
    return not here.is_needed and not here.pointer.endswith("/*")


def _is_object(here: Field) -> bool:
    has_names = "properties" in here.schema or here.schema.get("additionalProperties") is True
    return isinstance(here.value, dict) and has_names


def _is_number(here: Field) -> bool:
    is_one = isinstance(here.value, int | float) and not isinstance(here.value, bool)
    return here.kind in _NUMBERS and is_one and "enum" not in here.schema


def _is_float(here: Field) -> bool:
    return here.kind == "number" and _is_number(here)


def _is_bounded(side: str, here: Field) -> bool:
    return _is_number(here) and side in here.schema


def _is_time(here: Field) -> bool:
    return here.schema.get("format") == "date-time" and isinstance(here.value, str)


def _is_word(here: Field) -> bool:
    return isinstance(here.value, str) and bool(here.schema.get("enum"))


def _with_extra(here: Field, old: Any) -> Any:
    del here
    return {NEW_FIELD: {"since": [None, "Ünï"]}, **old} if isinstance(old, dict) else old


def _long(here: Field, old: Any) -> str:
    most = here.schema.get("maxLength", _LONG)
    plain = old if isinstance(old, str) and old else "long "
    return str((plain * (most // len(plain) + 1))[:most])


def _least(here: Field, old: Any) -> Any:
    del old
    least = here.schema["minimum"]
    return least if not here.schema.get("exclusiveMinimum") else least + 1


def _most(here: Field, old: Any) -> Any:
    del old
    most = here.schema["maximum"]
    return most if not here.schema.get("exclusiveMaximum") else most - 1


def _constant(value: Any) -> Value:
    return lambda _here, _old: value


def _whole_number(here: Field, old: Any) -> Any:
    del here
    return round(old) if isinstance(old, float) else old


def _moment(old: Any) -> datetime:
    try:
        found = datetime.fromisoformat(old)
    except (TypeError, ValueError):
        return _SOME_TIME
    return found if found.tzinfo else _SOME_TIME


def _time(name: str, sentence: str, spelt: Callable[[datetime], str], **more: Any) -> Kind:
    def value(here: Field, old: Any) -> str:
        del here
        return spelt(_moment(old).astimezone(UTC))

    more = {"source": _RFC3339, "aspect": Aspect.FORMAT, **more}
    return _kind(f"time_{name}", sentence, _is_time, value, **more)


def _in_zone(hours: float, moment: datetime) -> str:
    return moment.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="seconds")


def _spelt(form: str, moment: datetime) -> str:
    return moment.strftime(form)


def _new_word(here: Field, old: Any) -> Any:
    del here
    return f"{old}_next" if isinstance(old, str) else old


def _grows(scene: Scene) -> Iterable[str]:
    return _places(_is_word, scene) if scene.book.roles.grows else ()


_RARE: dict[str, Any] = {
    "grade": Grade.ASSUMPTION
}  # allowed by the letter, and nothing says that it ever comes

KINDS: tuple[Kind, ...] = (
    _kind("null", "A field that may be null is null.", _may_be_null, _constant(None),
          aspect=Aspect.NULL),
    _kind("absent", "A field that is not required is absent.", _may_be_absent, _constant(ABSENT),
          aspect=Aspect.MISSING),
    _kind("extra", "An object has a field that nobody knows yet.", _is_object, _with_extra,
          grade=Grade.DRIFT),
    _text("empty", "A text is empty.", ""),
    _kind("text_long", "A text has the greatest length that is allowed, or 10 kB.", _is_text,
          _long),
    _text("rtl", "A text runs from right to left.", _RIGHT_TO_LEFT),
    _text("combining", "A text has marks that combine with letters.", "Zá̂̈lg͎o ñandú"),
    _text("emoji", "A text has characters beyond 16 bits.", _BEYOND),
    _text("nul", "A text holds the escaped character NUL.", "before\x00after"),
    _text("markup", "A text looks like markup.", "</script><b>&amp;\"'"),
    _text("quotes", "A text holds quotes, backslashes and shell signs.", "\"'`\\ $(x) %s {0}"),
    _text("lines", "A text has several lines and tabs.", "first\nsecond\r\n\tthird\u2028"),
    _text("number", "A text looks like a number.", "007"),
    _kind("number_zero", "A number is 0.", _is_number, _constant(0)),
    _kind("number_negative", "A number without a lower bound is negative.", _is_number,
          _constant(-1), **_RARE),
    _kind("number_least", "A number is the least that is allowed.",
          partial(_is_bounded, "minimum"), _least),
    _kind("number_most", "A number is the greatest that is allowed.",
          partial(_is_bounded, "maximum"), _most),
    _kind("number_2_53", "A whole number is more than a double holds.", _is_number,
          _constant(2**53 + 1), **_RARE),
    _kind("number_2_63", "A whole number is more than 63 bits hold.", _is_number,
          _constant(2**63), **_RARE),
    _kind("number_huge", "A number is 1e308.", _is_float, _constant(1e308), **_RARE),
    _kind("number_tiny", "A number is written with an exponent.", _is_float, _constant(1.5e-7)),
    _kind("number_whole", "A number that may have a fraction has none.", _is_float,
          _whole_number),
    _time("whole", "A time has no fraction of a second.", partial(_spelt, "%Y-%m-%dT%H:%M:%SZ")),
    _time("fine", "A time has nine digits after the second.",
          partial(_spelt, "%Y-%m-%dT%H:%M:%S.123456789Z")),
    _time("offset", "A time has an offset ahead of UTC.", partial(_in_zone, 5.5)),
    _time("behind", "A time has an offset behind UTC.", partial(_in_zone, -8)),
    _time("lower", "A time is written with a small t and z.",
          partial(_spelt, "%Y-%m-%dt%H:%M:%Sz"), **_RARE),
    _time("leap", "A time is a leap second.", lambda _: "1990-12-31T23:59:60Z", **_RARE),
    _time("first", "A time is in the year 1.", lambda _: "0001-01-01T00:00:00Z", **_RARE),
    _time("last", "A time is in the year 9999.", lambda _: "9999-12-31T23:59:59Z", **_RARE),
    Kind("word_new", "A word is none of those that are listed, where the API may grow.",
         partial(_bend, _new_word), _grows, grade=Grade.DRIFT, aspect=Aspect.WORDS),
)  # fmt: skip
