"""Two versions of the answers of one operation: statuses, headers, bodies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.changes.change import Change, Direction, Effect
from contract_tests.changes.media import content_of, media_changes

Node = Mapping[str, Any]


def answer_changes(label: str, old: Node, new: Node) -> Iterator[Change]:
    """Yield what is different between two maps of answers by status."""
    for status in sorted({*map(str, old), *map(str, new)}):
        place = f"{label} {status}"
        if status not in new:
            effect = Effect.BREAKS if status.startswith("2") else Effect.MAY_BREAK
            yield Change(place, "status is gone", effect, status)
        elif status not in old:
            # Clients take a status that they do not know for the first of its class (RFC 9110,
            # 15), so another error is none of theirs; another success may hold something else.
            error = status[0] in "45" or status == "default"
            effect = Effect.COMPATIBLE if error else Effect.MAY_BREAK
            yield Change(place, "new status", effect, status)
        else:
            yield from _answer(place, old[status], new[status])


def _answer(place: str, old: Node, new: Node) -> Iterator[Change]:
    before, after = old.get("content", {}), new.get("content", {})
    if not before and after:
        yield Change(place, "answers with a body now", Effect.MAY_BREAK)
    else:
        yield from media_changes(place, before, after, Direction.ANSWER)
    heads, fresh = _lowered(old.get("headers", {})), _lowered(new.get("headers", {}))
    for name in sorted({*heads, *fresh}):
        yield from _header(f"{place} header {name}", heads.get(name), fresh.get(name))


def _header(place: str, old: Node | None, new: Node | None) -> Iterator[Change]:
    within = place.partition(" header ")[2]
    if new is None:
        relied = bool(old and old.get("required"))
        effect = Effect.BREAKS if relied else Effect.MAY_BREAK
        yield Change(place, "header is gone", effect, within)
    elif old is None:
        yield Change(place, "new header", Effect.COMPATIBLE, within)
    else:
        if old.get("required") and not new.get("required"):
            yield Change(place, "header may be missing now", Effect.BREAKS, within)
        if new.get("required") and not old.get("required"):
            yield Change(place, "header is always there now", Effect.COMPATIBLE, within)
        yield from media_changes(place, content_of(old), content_of(new), Direction.ANSWER)


def _lowered(headers: Node) -> dict[str, Any]:
    return {name.lower(): header for name, header in headers.items()}
