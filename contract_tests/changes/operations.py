"""Two versions of one operation: parameters, body, answers, security."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.changes.answers import answer_changes
from contract_tests.changes.change import Change, Direction, Effect
from contract_tests.changes.media import content_of, media_changes

Node = Mapping[str, Any]
_SIGNS = {"query": "?{}", "header": "#{}", "path": "{{{}}}", "cookie": "={}"}
_OPEN: list[Node] = [{}]  # no credential is needed
# How a parameter is written into the request, and what stands for nothing (OpenAPI 3.0.3, 4.7.12).
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


@dataclass(frozen=True, slots=True)
class Call:
    """One operation in one version: its template, its parameters, and who may call it."""

    path: str
    definition: Node
    parameters: Mapping[tuple[str, str], Node]
    security: list[Node]

    @classmethod
    def of(cls, contract: Node, path: str, method: str) -> Call:
        """Read an operation of a resolved contract."""
        item = contract["paths"][path]
        definition = item[method]
        listed = [*item.get("parameters", ()), *definition.get("parameters", ())]
        security = definition.get("security", contract.get("security")) or _OPEN
        schemes = contract.get("components", {}).get("securitySchemes", {})
        ways: list[Node] = [
            {_described(n, schemes): s for n, s in way.items()} for way in security
        ]
        return cls(path, definition, {_key(p, path): p for p in listed}, ways)


def changed(label: str, old: Call, new: Call) -> Iterator[Change]:
    """Yield what is different about an operation that both versions have."""
    if old.definition.get("operationId") != new.definition.get("operationId"):
        what = f"operationId is {new.definition.get('operationId')!r} now"
        yield Change(label, f"{what}: generated clients call it so", Effect.MAY_BREAK)
    if new.definition.get("deprecated") and not old.definition.get("deprecated"):
        yield Change(label, "deprecated", Effect.COMPATIBLE)
    yield from _parameters(label, old.parameters, new.parameters)
    yield from _body(label, old.definition.get("requestBody"), new.definition.get("requestBody"))
    yield from answer_changes(label, old.definition["responses"], new.definition["responses"])
    yield from _security(label, old.security, new.security)


def _described(name: str, schemes: Node) -> str:
    """Return what a client must send: the name of a scheme is seen by nobody."""
    scheme = schemes.get(name, {})
    words = [scheme.get(word, "") for word in ("type", "scheme", "in", "name")]
    return " ".join(filter(None, words)).lower() or name


def _key(parameter: Node, path: str) -> tuple[str, str]:
    where, name = parameter["in"], parameter["name"]
    if where == "path":
        # Its name is seen by nobody; its place in the path is what counts.
        return where, str(path.find(f"{{{name}}}"))
    return where, name.lower() if where == "header" else name


def _parameters(
    label: str, old: Mapping[tuple[str, str], Node], new: Mapping[tuple[str, str], Node]
) -> Iterator[Change]:
    if len([k for k in old if k[0] == "path"]) == len([k for k in new if k[0] == "path"]):
        old, new = _numbered(old), _numbered(new)
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        named = after or before or {}
        place = f"{label} {_SIGNS[key[0]].format(named['name'])}"
        if after is None:
            yield Change(place, "parameter is gone", Effect.BREAKS)
        elif before is None:
            yield _came(place, "parameter", after)
        else:
            yield from _needed(place, "parameter", before, after)
            yield from _written(place, before, after)
            yield from media_changes(
                place, content_of(before), content_of(after), Direction.REQUEST
            )


def _numbered(parameters: Mapping[tuple[str, str], Node]) -> dict[tuple[str, str], Node]:
    """Return path parameters under their rank: what stands before them may have been renamed."""
    ranks = sorted((key for key in parameters if key[0] == "path"), key=lambda key: int(key[1]))
    return {
        ("path", str(ranks.index(key))) if key in ranks else key: value
        for key, value in parameters.items()
    }


def _written(place: str, old: Node, new: Node) -> Iterator[Change]:
    for word in ("style", "explode", "allowReserved"):
        before, after = _manner(old, word), _manner(new, word)
        if before != after:
            yield Change(place, f"{word} {before!r} → {after!r}", Effect.BREAKS)


def _manner(parameter: Node, word: str) -> Any:
    style = parameter.get("style", _STYLES[parameter["in"]])
    defaults = {"style": style, "explode": style == "form", "allowReserved": False}
    return parameter.get(word, defaults[word])


def _body(label: str, old: Node | None, new: Node | None) -> Iterator[Change]:
    place = f"{label} body"
    if old is None or new is None:
        if new is not None:
            yield _came(place, "body", new)
        elif old is not None:
            yield Change(place, "body is gone", Effect.MAY_BREAK)
        return
    yield from _needed(place, "body", old, new)
    yield from media_changes(
        place, old.get("content", {}), new.get("content", {}), Direction.REQUEST
    )


def _came(place: str, what: str, new: Node) -> Change:
    if new.get("required"):
        return Change(place, f"new required {what}", Effect.BREAKS)
    return Change(place, f"new {what}", Effect.COMPATIBLE)


def _needed(place: str, what: str, old: Node, new: Node) -> Iterator[Change]:
    before, after = bool(old.get("required")), bool(new.get("required"))
    if after and not before:
        yield Change(place, f"{what} is required now", Effect.BREAKS)
    if before and not after:
        yield Change(place, f"{what} may be left out now", Effect.COMPATIBLE)


def _security(label: str, old: list[Node], new: list[Node]) -> Iterator[Change]:
    for way in old:
        if not any(_suffices(way, other) for other in new):
            yield Change(label, f"{_shown(way)} is no longer enough", Effect.BREAKS, "security")
    for way in new:
        if way not in old and not any(_suffices(way, other) for other in old):
            yield Change(label, f"{_shown(way)} is enough now", Effect.COMPATIBLE, "security")


def _suffices(held: Node, wanted: Node) -> bool:
    """Say whether who holds these credentials, with these scopes, has all that is wanted."""
    return all(name in held and set(wanted[name]) <= set(held[name]) for name in wanted)


def _shown(way: Node) -> str:
    scoped = [f"{n} ({', '.join(s)})" if s else n for n, s in way.items()]
    return " and ".join(scoped) or "no credential"
