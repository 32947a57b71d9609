"""Items as an OpenAPI document alone tells them: ids, what creating and changing them says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from contract_tests.calls.caller import Operation
from contract_tests.roles.infer_lists import INFERRED, plain
from contract_tests.roles.infer_options import alone, options
from contract_tests.roles.model import Creation, Deletion, Gone, Reading, Update
from contract_tests.roles.shapes import (
    Item,
    Schema,
    alike,
    answered,
    asked,
    facet,
    fields,
    kind,
    required,
    statuses,
)

_IDS = ("id", "uuid", "guid", "uid", "_id", "sid", "gid")
_NAMES = ("name", "title", "label", "display_name", "summary")
_WORDS = ("username", "login", "slug", "key")
_PATTERNS = {**dict.fromkeys(_NAMES, "CT {word}"), **dict.fromkeys(_WORDS, "{word}")}
_DEEPEST = 3
_LONGEST = 24  # as long as what the patterns make
_SECRET = re.compile(r"pass|secret|token|credential|key", re.IGNORECASE)
_CREATED = ("created_at", "created", "created_on", "created_date", "date_created", "create_time")
_UPDATED = (
    *("updated_at", "updated", "updated_on", "updated_date", "date_updated", "update_time"),
    *("modified_at", "modified", "modified_on", "last_updated", "last_modified"),
)
# Fields by whose names they may change without anybody's doing.
_MOVING = re.compile(
    r"(^|_)(last|latest|seen|active|activity|online|offline|heartbeat|accessed|used|usage|uptime"
    r"|count|counts|counter|total|totals|utilization|load|health|healthy|status|state|phase"
    r"|progress|running|connected|reachable|age|elapsed|remaining|views|visits|hits|score"
    r"|current|now|timestamp|resource_version|generation|etag|download)(_|$)"
)
_ENDED = re.compile(r"(deleted|archived|removed|trashed|destroyed|terminated|cancell?ed)$")
_HIDDEN = re.compile(r"^(is_)?(deleted|archived|trashed|removed)(_at|_on)?$")


def id_place(item: Schema, parameter: Mapping[str, object], word: str) -> str:
    """Return the place of an item's id: what `parameter` of its path takes; nothing if unsure."""
    own, wanted = fields(item), plain(str(parameter["name"]))
    holders = (("", own), ("/metadata", fields(own.get("metadata", {}))))
    for before, inner in holders:
        for name in inner:
            if plain(name) == wanted and _fits(parameter, inner[name]):
                return f"{before}/{name}"
    if wanted != word and not re.search(rf"^({word}_?)?(id|uuid|guid|uid|sid|gid|pk)$", wanted):
        return ""
    known = (*_IDS, f"{word}_id", f"{word}_uuid")
    names = [n for n in sorted(own, key=_rank(known)) if plain(n) in known]
    names = [name for name in names if _fits(parameter, own[name])]
    # `{org}` may take a name: that of its kind only where the id is of the same kind.
    if wanted == word and names and kind(own[names[0]]) != kind(_schema_of(parameter)):
        return ""
    return f"/{names[0]}" if names else ""


def _rank(known: tuple[str, ...]) -> Callable[[str], int]:
    return lambda name: known.index(plain(name)) if plain(name) in known else len(known)


def is_surely_id(place: str) -> bool:
    """Say whether a field is an id by its name alone, whatever reading one answers."""
    return bool(re.search(r"(^|_)(id|uuid|guid|uid|sid|gid)$", plain(place.rpartition("/")[2])))


def _fits(parameter: Mapping[str, object], field: Schema) -> bool:
    kinds = kind(_schema_of(parameter)), kind(field)
    return kinds[1] in {"string", "integer", "number"} and kinds[0] in {kinds[1], "string", ""}


def _schema_of(parameter: Mapping[str, object]) -> Schema:
    schema = parameter.get("schema")
    return schema if isinstance(schema, Mapping) else {}


def item_place(answer: Schema | None, id_: str) -> str | None:
    """Return where an item stands in an answer: where its id is; None if that is not sure."""
    if answer is None:
        return None
    first = id_.split("/")[1]
    if first in fields(answer):
        return ""
    inside = [
        f"/{name}{'' if first in fields(inner) else '/0'}"
        for name, inner in fields(answer).items()
        if first in fields(inner) or (facet(inner, "maxItems") == 1 and first in _of_list(inner))
    ]
    return inside[0] if len(inside) == 1 else None


def _of_list(schema: Schema) -> Mapping[str, Schema]:
    return fields(facet(schema, "items") or {})


def reading(name: str, operation: Operation, at: str, item: Item) -> Reading | None:
    """Return the role of reading one; None where its answer does not show the id."""
    place = item_place(answered(operation), item.id)
    if place is None:
        return None
    return Reading(operation=name, at=at, answer=place, source=INFERRED)


def creation(name: str, operation: Operation, item: Item) -> Creation | None:
    """Return the role of making one; None where a document leaves open what comes of it."""
    said, body = statuses(operation), asked(operation)
    if body is None or kind(body) == "array" or not said & {"200", "201"} or "202" in said:
        return None
    place = item_place(answered(operation), item.id)
    if place is None:
        return None
    same = frozenset(n for n in fields(body) if _is_same(n, body, item.schema))
    return Creation(
        operation=name,
        answer=place,
        varied=_varied(body),
        same={f"#/{n}": f"/{n}" for n in fields(body) if n in same},
        options=options(body, same),
        source=INFERRED,
    )


def update(name: str, operation: Operation, at: str, item: Item) -> Update | None:
    """Return the role of changing one; None where a call would change more than is varied."""
    body = asked(operation)
    if body is None or kind(body) == "array":
        return None
    varied = {
        place: pattern
        for place, pattern in _varied(body).items()
        if _is_same(place.removeprefix("#/"), body, item.schema)
    }
    known = frozenset(n for n in fields(body) if _is_kept(n, body, item.schema))
    others = options(body, alone(known, body, item.schema))
    asked_ = [n for n, inner in fields(body).items() if not facet(inner, "readOnly")]
    demanded = [n for n in asked_ if operation.method == "put" or n in required(body)]
    if not (varied or others) or not known.issuperset(demanded):
        return None
    kept = tuple(f"#/{n}" for n in demanded if f"#/{n}" not in {*varied, *others})
    return Update(
        operation=name,
        at=at,
        varied=varied,
        same={place: place.removeprefix("#") for place in (*varied, *others, *kept)},
        options=others,
        kept=kept,
        source=INFERRED,
    )


def deletion(name: str, operation: Operation, at: str, item: Item) -> Deletion | None:
    """Return the role of ending one; None where it may end later, or stay and be marked."""
    said = statuses(operation)
    if not said & {"200", "204"} or "202" in said:
        return None
    if any(_may_stay(name, inner) for name, inner in fields(item.schema).items()):
        return None
    again = tuple(int(status) for status in sorted(said & {"404", "410"}))
    return Deletion(
        operation=name, at=at, gone=Gone(statuses=again, source=INFERRED), source=INFERRED
    )


def _may_stay(name: str, field: Schema) -> bool:
    states = [str(state).lower() for state in facet(field, "enum") or ()]
    return bool(_HIDDEN.match(plain(name)) or any(_ENDED.match(state) for state in states))


def _varied(body: Schema) -> dict[str, str]:
    return {
        f"#/{name}": _PATTERNS[plain(name)]
        for name, inner in fields(body).items()
        if plain(name) in _PATTERNS and _is_free_text(inner)
    }


def _is_free_text(schema: Schema) -> bool:
    bound = [facet(schema, name) for name in ("enum", "format", "pattern", "readOnly")]
    most = facet(schema, "maxLength")
    return kind(schema) == "string" and not any(bound) and (most is None or most >= _LONGEST)


def _is_same(name: str, body: Schema, item: Schema) -> bool:
    asked_, shown = fields(body).get(name), fields(item).get(name)
    if asked_ is None or shown is None or not alike(asked_, shown) or _SECRET.search(name):
        return False
    if facet(asked_, "readOnly") or facet(asked_, "writeOnly") or facet(shown, "writeOnly"):
        return False
    plain_text = kind(asked_) == "string" and facet(asked_, "format") in {None, "uuid"}
    return plain_text or kind(asked_) in {"integer", "boolean"}


def _is_kept(name: str, body: Schema, item: Schema) -> bool:
    """Say whether a request can carry what the item shows, and show that again."""
    asked_, shown = fields(body).get(name), fields(item).get(name)
    if asked_ is None or shown is None or not alike(asked_, shown) or _SECRET.search(name):
        return False
    is_hidden = facet(asked_, "writeOnly") or facet(shown, "writeOnly")
    return not is_hidden and kind(asked_) in {"string", "integer", "number", "boolean"}


def moving(item: Schema, settable: frozenset[str], before: str = "") -> Iterator[str]:
    """Yield the places of fields that may change by themselves: none that a request sets."""
    for name, inner in fields(item).items():
        place = f"{before}/{name}"
        if not before and plain(name) in settable:
            continue
        if _MOVING.search(plain(name)):
            yield place
        elif kind(inner) == "array" and any(moving(facet(inner, "items") or {}, settable, place)):
            # What moves within a list moves the list.
            yield place
        elif kind(inner) == "object" and before.count("/") < _DEEPEST:
            yield from moving(inner, settable, place)


def settable(operations: list[Operation]) -> frozenset[str]:
    """Return the names of the fields that bodies of these operations set."""
    return frozenset(plain(name) for o in operations for name in fields(asked(o) or {}))


def in_order(item: Schema) -> tuple[str, ...]:
    """Return the places of the times of making and of the last change; none if unsure."""
    times = {
        plain(name): f"/{name}"
        for name, inner in fields(item).items()
        if facet(inner, "format") == "date-time" and kind(inner) == "string"
    }
    created = next((times[n] for n in _CREATED if n in times), "")
    updated = next((times[n] for n in _UPDATED if n in times), "")
    return (created, updated) if created and updated else ()
