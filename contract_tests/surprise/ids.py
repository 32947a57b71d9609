"""Kinds that give other ids, and lists that are longer than the stand-in's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import cycle, islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from contract_tests.findings.finding import Grade
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.book import NOWHERE
from contract_tests.surprise.fields import at, changed
from contract_tests.surprise.kind import Kind, Scene

_MANY, _PAGES, _FULL = 1000, 60, 3
_ODD = " /ä?&#%+"


def _texts(scene: Scene) -> Iterable[str]:
    fields = scene.fields
    return [p for p in scene.marks.ids if p in fields and fields[p].is_free_text]


def _numbers(scene: Scene) -> Iterable[str]:
    fields = scene.fields
    kinds = {p: fields[p] for p in scene.marks.ids if p in fields}
    return [p for p, here in kinds.items() if here.kind == "integer"]


def _other(alias: Callable[[Any], Any], scene: Scene, answer: Answer, pointer: str) -> Answer:
    def change(old: Any, _: int) -> Any:
        is_one = isinstance(old, str | int) and not isinstance(old, bool)
        return scene.names.stand(old, alias(old)) if is_one else old

    return answer.saying(changed(answer.json(), pointer, change))


def _listed(scene: Scene) -> Iterable[str]:
    items = scene.marks.items
    field = scene.fields.get(items) if items is not None else None
    return [field.pointer] if field and isinstance(field.value, list) and field.value else []


def _paged(scene: Scene) -> Iterable[str]:
    listing = scene.marks.listing
    pages = listing.pages if listing else None
    leads = pages and pages.next.startswith("/") and pages.cursor and pages.cursor_kind == "id"
    return _listed(scene) if leads else []


def _asked(scene: Scene, name: str) -> str:
    return dict(parse_qsl(urlsplit(scene.url).query)).get(name, "")


def _most(scene: Scene) -> int:
    pages = scene.marks.listing.pages if scene.marks.listing else None
    if pages is None or not pages.size:
        return _MANY
    asked = _asked(scene, pages.size)
    most = pages.largest or _MANY
    return min(int(asked), most) if asked.isdigit() and int(asked) else most


def _grown(scene: Scene, items: list[Any], count: int) -> list[Any]:
    """Return so many items, copies among them under names of their own."""
    ids = [pointer.rpartition("/*")[2] for pointer in _own_id(scene)]
    copies: list[Any] = []
    for number, item in enumerate(islice(cycle(items), count)):
        copies.append(_copy(scene, item, ids[0], number) if number >= len(items) else item)
    return copies if ids else items


def _own_id(scene: Scene) -> list[str]:
    listing = scene.marks.listing
    for resource in scene.book.roles.resources:
        if listing is not None and resource.list == listing:
            return [f"{listing.items}/*{resource.id}"]
    return []


def _copy(scene: Scene, item: Any, pointer: str, number: int) -> Any:
    def change(old: Any, _: int) -> Any:
        if isinstance(old, int):
            return scene.names.also(old, old + 1_000_000 + number)
        return scene.names.also(old, f"{old}{number:04}")

    return changed(item, pointer, change)


def _many(scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    value = answer.json()
    items = next(at(value, pointer), None)
    if not items or not _own_id(scene):
        return None
    grown = _grown(scene, items, _most(scene))
    return answer.saying(changed(value, pointer, lambda _old, _n: grown))


def _single_pages(scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    return _pages(scene, answer, pointer, size=1, count=_PAGES)


def _full_pages(scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    return _pages(scene, answer, pointer, size=_most(scene), count=_FULL)


def _pages(scene: Scene, answer: Answer, pointer: str, *, size: int, count: int) -> Answer | None:
    """Show pages of that size; the cursor tells which. A known order is that of the first page."""
    value, listing = answer.json(), scene.marks.listing
    if listing is None or listing.pages is None or not _own_id(scene):
        return None
    items = next(at(value, pointer), None) or []
    asked = _asked(scene, listing.pages.cursor)
    grown = scene.pages.setdefault(scene.operation_id, _grown(scene, items, size * count))
    own = _own_id(scene)[0].removeprefix(f"{listing.items}/*")
    order = [str(next(at(item, own), "")) for item in grown]
    now = order.index(asked) + 1 if asked in order else 0
    page = grown[now : now + size]
    is_last = now + size >= len(grown)
    following = (
        None if is_last else _leading(scene, listing.pages.cursor, order[now + len(page) - 1])
    )
    shown = changed(value, pointer, lambda _old, _n: page)
    return answer.saying(changed(shown, listing.pages.next, lambda _old, _n: following))


def _empty_first(scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    """Show nothing, and a next page; the cursor that leads there is understood as none."""
    value, listing = answer.json(), scene.marks.listing
    if listing is None or listing.pages is None or _asked(scene, listing.pages.cursor):
        return None
    first = next(at(value, _own_id(scene)[0]), None) if _own_id(scene) else None
    if not isinstance(first, str):
        return None
    scene.names.also("", f"{first}9")
    following = _leading(scene, listing.pages.cursor, f"{first}9")
    shown = changed(value, pointer, lambda _old, _n: [])
    return answer.saying(changed(shown, listing.pages.next, lambda _old, _n: following))


def _last_at_once(scene: Scene, answer: Answer, pointer: str) -> Answer | None:
    del pointer
    listing = scene.marks.listing
    if listing is None or listing.pages is None:
        return None
    ended = changed(answer.json(), listing.pages.next, lambda _old, _n: None)
    return answer.saying(ended)


def _leading(scene: Scene, cursor: str, last: str) -> str:
    parts = urlsplit(scene.url or f"{NOWHERE}/")
    pairs = [pair for pair in parse_qsl(parts.query) if pair[0] != cursor]
    return urlunsplit(parts._replace(query=urlencode([*pairs, (cursor, last)])))


IDS: tuple[Kind, ...] = (
    Kind("id_odd", "An id has signs that must be percent-encoded in an address.",
         partial(_other, lambda old: f"{old}{_ODD}"), _texts, grade=Grade.ASSUMPTION,
         source="RFC 3986, 2.1"),
    Kind("id_long", "An id has two hundred signs.",
         partial(_other, lambda old: str(old).ljust(200, "x")), _texts, grade=Grade.ASSUMPTION),
    Kind("id_large", "An id is a number that a double does not hold.",
         partial(_other, lambda old: 2**53 + 1 + 2 * old), _numbers, grade=Grade.ASSUMPTION),
    Kind("list_many", "A list is as long as a page may be, or has a thousand items.", _many,
         _listed, may_refuse=True),
    Kind("pages_full", "A list comes in three full pages.", _full_pages, _paged),
    Kind("pages_many", "A list comes in sixty pages of one item.", _single_pages, _paged),
    Kind("pages_empty_first", "The first page is empty, and there is a next one.", _empty_first,
         _paged, first=1),
    Kind("pages_end", "The first page is the last.", _last_at_once, _paged, may_refuse=True),
)  # fmt: skip
