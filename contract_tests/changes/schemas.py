"""Two schemas of the same place, walked side by side in one direction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.changes.change import Change, Direction, Effect, Shift, effect_of
from contract_tests.changes.keywords import shifts

Schema = Mapping[str, Any]

_DEEPEST = 24  # a schema may contain itself
_HIDDEN = {Direction.REQUEST: "readOnly", Direction.ANSWER: "writeOnly"}
_BOUNDS = {f"min{of}": max for of in ("imum", "Length", "Items", "Properties")} | {
    f"max{of}": min for of in ("imum", "Length", "Items", "Properties")
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two schemas, and where they stand: `place` outside of schemas, `within` them a pointer."""

    old: Schema
    new: Schema
    direction: Direction
    place: str
    within: str = ""
    depth: int = 0

    def changes(self) -> Iterator[Change]:
        """Yield every change, from here down."""
        if self.old == self.new or self.depth > _DEEPEST:
            return
        old, new = flat(self.old), flat(self.new)
        for what, shift in shifts(old, new):
            yield self._shifted(what, shift)
        yield from self._enumerations(old, new)
        yield from self._defaults(old, new)
        yield from self._properties(old, new)
        yield from self._others(old, new)
        for shape in ("anyOf", "oneOf"):
            yield from self._alternatives(old.get(shape, ()), new.get(shape, ()))
        yield from self._inner(old.get("items"), new.get("items"), "/*")

    def _change(self, what: str, effect: Effect, at: str = "") -> Change:
        within = self.within + at
        place = f"{self.place} {within}" if within else self.place
        return Change(place, what, effect, within)

    def _shifted(self, what: str, shift: Shift, at: str = "") -> Change:
        return self._change(what, effect_of(shift, self.direction), at)

    def _inner(self, old: Schema | None, new: Schema | None, at: str) -> Iterator[Change]:
        if old is None and new is None:
            return
        pair = Pair(
            old or {}, new or {}, self.direction, self.place, self.within + at, self.depth + 1
        )
        yield from pair.changes()

    def _enumerations(self, old: Schema, new: Schema) -> Iterator[Change]:
        before, after = old.get("enum"), new.get("enum")
        if before is None and after is not None:
            yield self._shifted("only some values are allowed now", Shift.NARROWED)
        elif before is not None and after is None:
            yield self._shifted("any value is allowed now", Shift.LOOSENED)
        elif before is not None and after is not None:
            for value in _without(after, before):
                yield self._shifted(f"new value {json.dumps(value)}", Shift.LOOSENED)
            for value in _without(before, after):
                yield self._shifted(f"value {json.dumps(value)} is gone", Shift.NARROWED)

    def _defaults(self, old: Schema, new: Schema) -> Iterator[Change]:
        before, after = old.get("default"), new.get("default")
        if before == after:
            return
        # What a client leaves out means something else now; in answers it is only told.
        sent = self.direction is Direction.REQUEST
        effect = Effect.MAY_BREAK if sent else Effect.COMPATIBLE
        yield self._change(f"default {before!r} → {after!r}", effect)

    def _properties(self, old: Schema, new: Schema) -> Iterator[Change]:
        before, after = self._visible(old), self._visible(new)
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted({*before, *after, *needed, *needs}):
            was, is_ = name in before, name in after
            if was and is_:
                yield from self._inner(before[name], after[name], f"/{name}")
            elif is_:
                yield self._came(name, required=name in needs)
                continue
            elif was:
                yield self._went(name, old, new)
                continue
            if (name in needed) != (name in needs) and name not in self._hidden(old, new):
                yield self._need(name, required=name in needs)

    def _came(self, name: str, *, required: bool) -> Change:
        if self.direction is Direction.REQUEST and required:
            return self._change("new required field", Effect.BREAKS, f"/{name}")
        return self._change("new field", Effect.COMPATIBLE, f"/{name}")

    def _went(self, name: str, old: Schema, new: Schema) -> Change:
        closed = new.get("additionalProperties") is False
        if self.direction is Direction.REQUEST:
            # Servers that take any field ignore what they do not know any more.
            effect = Effect.BREAKS if closed else Effect.MAY_BREAK
        else:
            relied = name in old.get("required", ())
            effect = Effect.BREAKS if relied else Effect.MAY_BREAK
        return self._change("field is gone", effect, f"/{name}")

    def _need(self, name: str, *, required: bool) -> Change:
        if required:
            return self._shifted("field is required now", Shift.NARROWED, f"/{name}")
        return self._shifted("field may be missing now", Shift.WIDENED, f"/{name}")

    def _visible(self, schema: Schema) -> dict[str, Schema]:
        hidden = _HIDDEN[self.direction]
        fields = schema.get("properties", {})
        return {name: inner for name, inner in fields.items() if not inner.get(hidden)}

    def _hidden(self, *schemas: Schema) -> set[str]:
        seen = {name for schema in schemas for name in self._visible(schema)}
        every = {name for schema in schemas for name in schema.get("properties", {})}
        return every - seen

    def _others(self, old: Schema, new: Schema) -> Iterator[Change]:
        before = old.get("additionalProperties", True)
        after = new.get("additionalProperties", True)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from self._inner(before, after, "/{any}")
        elif bool(before) != bool(after):
            what = "other fields are allowed now" if after else "other fields are refused now"
            yield self._shifted(what, Shift.LOOSENED if after else Shift.NARROWED)
        elif before != after:
            shift = Shift.NARROWED if isinstance(after, Mapping) else Shift.LOOSENED
            yield self._shifted("what other fields may hold", shift)

    def _alternatives(self, old: Any, new: Any) -> Iterator[Change]:
        if bool(old) != bool(new):
            shift = Shift.LOOSENED if old else Shift.NARROWED
            yield self._shifted("alternatives were dropped" if old else "alternatives", shift)
            return
        before, after = _without(old, new), _without(new, old)
        for one, other in zip(before, after, strict=False):
            yield from self._inner(one, other, "")
        for _ in after[len(before) :]:
            yield self._shifted("one more alternative", Shift.WIDENED)
        for _ in before[len(after) :]:
            yield self._shifted("an alternative is gone", Shift.NARROWED)


def flat(schema: Schema) -> dict[str, Any]:
    """Return a schema with its `allOf` merged into it, as far as keywords can be merged."""
    parts = [flat(part) for part in schema.get("allOf", ())]
    merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        for key, value in part.items():
            merged[key] = _joined(key, merged[key], value) if key in merged else value
    if parts and merged.get("nullable") and not all(part.get("nullable") for part in parts):
        del merged["nullable"]  # every part must allow null
    if not merged.get("nullable", True):
        del merged["nullable"]  # the default, written out
    return merged


def _joined(key: str, one: Any, other: Any) -> Any:
    if key == "required":
        return [*one, *(name for name in other if name not in one)]
    if key == "properties":
        both = {name: {"allOf": [one[name], other[name]]} for name in one if name in other}
        return {**one, **other, **both}
    if key == "enum":
        return [value for value in one if value in other]
    return _BOUNDS[key](one, other) if key in _BOUNDS else one


def _without(values: Any, others: Any) -> list[Any]:
    return [value for value in values if value not in others]
