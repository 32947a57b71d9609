"""Kinds that change lists, ids and how an answer is written, not what it says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from contract_tests.findings.finding import Grade
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.fields import changed
from contract_tests.surprise.kind import Kind, Scene

_HEADERS = 60  # more than a hundred are refused by Python's own client
_SLOW_S = 1.5


def _lists(scene: Scene) -> Iterable[str]:
    marks = scene.marks
    for pointer, here in scene.fields.items():
        is_list = isinstance(here.value, list) and here.value
        if is_list and not here.schema.get("minItems") and pointer not in marks.single:
            yield pointer


def _listed(scene: Scene) -> Iterable[str]:
    return [pointer for pointer in _lists(scene) if pointer == scene.marks.items]


def _inner_lists(scene: Scene) -> Iterable[str]:
    return [pointer for pointer in _lists(scene) if pointer != scene.marks.items]


def _list(change: Callable[[list[Any]], list[Any]], _: Scene, answer: Answer, at: str) -> Answer:
    def one(old: Any, _: int) -> Any:
        return change(old) if isinstance(old, list) else old

    return answer.saying(changed(answer.json(), at, one))


def _has_json(scene: Scene) -> Iterable[str]:
    return [""] if scene.fields else []


def _has_body(scene: Scene) -> Iterable[str]:
    return [""] if scene.plain.body else []


def _written(dump: Callable[[Any], str], _: Scene, answer: Answer, at: str) -> Answer:
    del at
    return answer.written(dump(answer.json()).encode("utf-8", "replace"))


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _backwards(value[name]) for name in reversed(value)}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _spread(value: Any) -> str:
    return f"\r\n\t {json.dumps(value, indent=4, separators=(' , ', ' : '))}{' ' * 4096}\r\n"


def _escaped(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("/", "\\/")


def _charset(_: Scene, answer: Answer, at: str) -> Answer:
    del at
    plain = (answer.header("content-type") or "").partition(";")[0]
    return answer.with_header("content-type", f"{plain}; charset=UTF-8")


def _many_headers(_: Scene, answer: Answer, at: str) -> Answer:
    del at
    for number in range(_HEADERS):
        answer = answer.with_header(f"x-padding-{number}", "y" * 40)
    return answer


def _closing(_: Scene, answer: Answer, at: str) -> Answer:
    del at
    return answer.with_header("connection", "close")


def _packed(scene: Scene, answer: Answer, at: str) -> Answer | None:
    del at
    return answer.delivered(is_packed=True) if scene.accepts_gzip else None


def _delivered(how: dict[str, Any], _: Scene, answer: Answer, at: str) -> Answer:
    del at
    return answer.delivered(**how)


_RARE: dict[str, Any] = {"grade": Grade.ASSUMPTION}

LISTS: tuple[Kind, ...] = (
    Kind("list_empty", "A list that was asked for is empty.", partial(_list, lambda _: []),
         _listed, may_refuse=True),
    Kind("list_inner_empty", "A list within an answer is empty.", partial(_list, lambda _: []),
         _inner_lists, may_refuse=True, **_RARE),
    Kind("list_one", "A list has one item.", partial(_list, lambda old: old[:1]), _lists,
         may_refuse=True),
    Kind("list_again", "An item is on a page twice, as when something was made meanwhile.",
         partial(_list, lambda old: [*old[:1], *old[:-1]]), _listed, may_refuse=True, **_RARE),
)  # fmt: skip

SPELLINGS: tuple[Kind, ...] = (
    Kind("fields_backwards", "The fields of objects come in another order.",
         partial(_written, lambda value: _dumped(_backwards(value))), _has_json,
         source="RFC 8259, 4"),
    Kind("json_spread", "The JSON has line breaks and much white space.",
         partial(_written, _spread), _has_json, source="RFC 8259, 2"),
    Kind("json_escaped", "The JSON has escapes for all that is not ASCII, and for slashes.",
         partial(_written, _escaped), _has_json, source="RFC 8259, 7"),
    Kind("charset", "The Content-Type names a charset.", _charset, _has_json,
         source="RFC 9110, 8.3.1"),
    Kind("headers_many", "There are sixty headers more.", _many_headers, source="RFC 9110, 5.4"),
    Kind("closing", "The server closes the connection after the answer.", _closing,
         source="RFC 9112, 9.6"),
    Kind("gzip", "The body is compressed, as the client said that it accepts.", _packed,
         _has_body, source="RFC 9110, 8.4"),
    Kind("chunked", "The body comes in chunks and no length is told.",
         partial(_delivered, {"pieces": 3}), _has_body, source="RFC 9112, 7.1"),
    Kind("crumbs", "The body comes in hundreds of small chunks.",
         partial(_delivered, {"pieces": 400}), _has_body, source="RFC 9112, 7.1"),
    Kind("dripping", "The body takes a second and a half.",
         partial(_delivered, {"pieces": 15, "over_s": _SLOW_S}), _has_body, first=1,
         source="RFC 9112, 7.1"),
    Kind("slow_head", "The answer begins after a second and a half.",
         partial(_delivered, {"head_after_s": _SLOW_S}), first=1, **_RARE),
)  # fmt: skip
