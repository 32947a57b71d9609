"""Lists as an OpenAPI document alone tells them: items, pages, order, filters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.roles.model import Filter, Order, Pages
from contract_tests.roles.shapes import (
    Schema,
    alike,
    answered,
    facet,
    fields,
    kind,
    parameters,
    success,
)

INFERRED = "inferred"
_WRAPPERS = ("data", "items", "results", "result", "records", "entries", "values", "value")
_SIZES = ("limit", "per_page", "page_size", "pagesize", "perpage", "maxresults", "max_results")
_OFFSETS = ("offset", "skip", "$skip", "startindex", "start_index")
_NUMBERS = ("page", "page_number", "pagenumber")
_IDS = ("starting_after", "before_id", "after_id")
_TOKENS = ("cursor", "page_token", "pagetoken", "next_token", "nexttoken", "continue", "after")
_TOKEN_PLACES = frozenset(
    {"next_cursor", "next_page_token", "continue", "next_token", "cursor", "after"}
)
_NEXTS = frozenset({"next", "next_url", "next_uri", "next_page_uri", "next_page_url", "next_link"})
_AROUND = ("", "links", "_links", "paging", "pagination", "meta", "metadata", "page_info")
# Words of a filter that is more than equality.
_LOOSE = re.compile(
    r"contain|partial|substring|prefix|suffix|fuzzy|search|like\b|match|insensitiv|comma|separated"
    r"|wildcard|regex|greater|less|before|after|since|until|at least|at most|range|start|end\b"
    r"|exclud|include|\bnot\b|sort|list of|any of|multiple|relative|expan",
    re.IGNORECASE,
)
_EXACT_NAMES = re.compile(r"(^|_)(id|uuid|code|status|state|type|kind|enabled|active|email)$")
_ASKED = frozenset({*_SIZES, *_OFFSETS, *_NUMBERS, *_IDS, *_TOKENS, "size", "count", "before"})
_SHOWN = _NEXTS | _TOKEN_PLACES | {"has_more", "more", "total", "total_count", "total_results"}
_SORTS = ("sort", "sort_by", "sortby", "order_by", "orderby", "ordering")


def plain(name: str) -> str:
    """Return a name as it is compared: small letters and underscores."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()


def items_place(schema: Schema, word: str) -> tuple[str, Schema] | None:
    """Return where the list of objects stands in an answer, and the schema of one; None if unsure.

    `word` is what one of them is called.
    """
    if kind(schema) == "array":
        item = facet(schema, "items") or {}
        return ("", item) if fields(item) else None
    arrays = {
        name: facet(inner, "items") or {}
        for name, inner in fields(schema).items()
        if kind(inner) == "array"
    }
    objects = {name: item for name, item in arrays.items() if fields(item)}
    chosen = next(iter(objects), "") if len(objects) == 1 else _by_name(objects, word)
    return (f"/{chosen}", objects[chosen]) if chosen else None


def _by_name(objects: Mapping[str, Schema], word: str) -> str:
    wanted = [name for name in objects if plain(name).startswith(word[:-1] or word)]
    wrapped = [name for name in _WRAPPERS if name in objects]
    return next(iter([*wanted, *wrapped]), "")


def pages(operation: Operation, id_place: str) -> Pages | None:
    """Return how a list is cut into pages; None where that is not sure."""
    query = {plain(name): p for name, p in parameters(operation, "query").items()}
    sizes = [query[n] for n in (*_SIZES, *[n.replace("_", "") for n in _SIZES]) if n in query]
    size, largest = _size(sizes)
    schema = answered(operation) or {}
    following = _next_address(operation, schema)
    if following:
        return Pages(size=size, largest=largest, next=following, source=INFERRED)
    for names, kind_ in ((_OFFSETS, "offset"), (_NUMBERS, "number"), (_IDS, "id")):
        found = next((query[n] for n in names if n in query), None)
        if found is not None and size and id_place:
            return _cursor(found, kind_, size, largest)
    token = _token_place(schema)
    by = next((query[n]["name"] for n in _TOKENS if n in query), "")
    if token and by:
        return Pages(
            size=size, largest=largest, next=token, cursor=by, cursor_kind="token", source=INFERRED
        )
    return None


def is_cut(operation: Operation) -> bool:
    """Say whether anything hints that a list comes in pages, or in part."""
    query = {plain(name) for name in parameters(operation, "query")}
    shown = {plain(place.rpartition("/")[2]) for place, _ in _around(answered(operation) or {})}
    return bool(query & _ASKED or shown & _SHOWN or any("page" in name for name in query | shown))


def bound(operation: Operation) -> Pages | None:
    """Return what bounds a list, where that is all that is told of pages; None if it is not."""
    query = {plain(name): p for name, p in parameters(operation, "query").items()}
    hints = set(query) & _ASKED | {name for name in query if "page" in name}
    shown = {plain(place.rpartition("/")[2]) for place, _ in _around(answered(operation) or {})}
    size, largest = _size([query[name] for name in hints if name in _SIZES])
    if len(hints) != 1 or not size or shown & _SHOWN or any("page" in name for name in shown):
        return None
    return Pages(size=size, largest=largest, source=INFERRED)


def usual(operation: Operation, pages: Pages) -> dict[str, int]:
    """Return the largest page that surely may be asked for; nothing where none is told."""
    schema = parameters(operation, "query")[pages.size].get("schema", {})
    found = pages.largest or facet(schema, "default")
    return {pages.size: found} if isinstance(found, int) and found > 0 else {}


def _size(found: list[Mapping[str, Any]]) -> tuple[str, int]:
    numbers = [p for p in found if kind(p.get("schema", {})) in {"integer", "number"}]
    if not numbers:
        return "", 0
    most = facet(numbers[0]["schema"], "maximum")
    return numbers[0]["name"], int(most) if isinstance(most, int | float) else 0


def _cursor(found: Mapping[str, Any], kind_: str, size: str, largest: int) -> Pages | None:
    schema = found.get("schema", {})
    if kind_ != "id" and kind(schema) not in {"integer", "number"}:
        return None
    first = facet(schema, "default")
    if first is None:
        first = facet(schema, "minimum")
    return Pages(
        size=size,
        largest=largest,
        cursor=found["name"],
        cursor_kind=kind_,
        first_page=first if kind_ == "number" and first in {0, 1} else 1,
        source=INFERRED,
    )


def _next_address(operation: Operation, schema: Schema) -> str:
    for place, inner in _around(schema):
        name = plain(place.rpartition("/")[2])
        says = f"{facet(inner, 'format')} {facet(inner, 'description')}".lower()
        is_address = name != "next" or re.search(r"\bur[il]|link|address", says)
        if name in _NEXTS and kind(inner) == "string" and is_address:
            return place
        linked = [n for n in ("href", "uri", "url") if kind(fields(inner).get(n, {})) == "string"]
        if name in {"next", "next_page"} and linked:
            return f"{place}/{linked[0]}"
    headers = success(operation).get("headers", {})
    return "Link" if any(name.lower() == "link" for name in headers) else ""


def _token_place(schema: Schema) -> str:
    found = (
        place
        for place, inner in _around(schema)
        if plain(place.rpartition("/")[2]) in _TOKEN_PLACES and kind(inner) == "string"
    )
    return next(found, "")


def _around(schema: Schema) -> Iterator[tuple[str, Schema]]:
    top = fields(schema)
    for around in _AROUND:
        inner = fields(top[around]) if around in top else top if not around else {}
        for name, field in inner.items():
            yield (f"/{around}/{name}" if around else f"/{name}"), field


def order(operation: Operation, item: Schema) -> Order | None:
    """Return the order of a list where its parameters have defaults that tell it."""
    query = {plain(name): p for name, p in parameters(operation, "query").items()}
    sort = next((query[n] for n in _SORTS if n in query), None)
    default = facet(sort.get("schema", {}), "default") if sort else None
    if not isinstance(default, str) or not default.strip("+-"):
        return None
    direction = query.get("direction") or query.get("sort_direction") or query.get("sort_order")
    way = str(facet(direction.get("schema", {}), "default") or "") if direction else ""
    by = default.strip("+-")
    field = next((n for n in (by, f"{by}_at") if n in fields(item)), None)
    if field is None or (direction is not None and way.lower() not in {"asc", "desc"}):
        return None
    descending = default.startswith("-") or way.lower() == "desc"
    return Order(by=f"/{field}", descending=descending, source=INFERRED)


def filters(operation: Operation, item: Schema) -> tuple[Filter, ...]:
    """Return the parameters that surely show exactly the items whose field has their value."""
    own = {plain(name): (name, inner) for name, inner in fields(item).items()}
    query = parameters(operation, "query")
    return tuple(
        Filter(parameter=name, field=f"/{own[plain(name)][0]}", source=INFERRED)
        for name, parameter in query.items()
        if plain(name) in own and _is_filter(parameter, own[plain(name)][1])
    )


def _is_filter(parameter: Mapping[str, Any], field: Schema) -> bool:
    schema = parameter.get("schema", {})
    name, about = plain(parameter["name"]), str(parameter.get("description") or "")
    options, shown = facet(schema, "enum"), facet(field, "enum")
    if facet(schema, "default") is not None or parameter.get("required") or _LOOSE.search(about):
        return False
    if not alike(schema, field) or name in {*_SIZES, *_OFFSETS, *_NUMBERS, *_IDS, *_TOKENS}:
        return False
    if kind(schema) == "boolean":
        return True
    if options or shown:
        # A word for the filter alone, like `all`, says that there is more to it than equality.
        return bool(options and shown and set(map(str, options)) <= set(map(str, shown)))
    return kind(schema) in {"string", "integer"} and bool(_EXACT_NAMES.search(name))
