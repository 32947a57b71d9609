"""A word that an action's enumeration does not have is refused: nobody knows what to do for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls.attempts import aimed
from contract_tests.calls.calls import media_type
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Action
from contract_tests.words.places import Places
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "foreign_words_are_refused"
_FOREIGN = {str: "ct-no-such-word", int: 987_654_321}


@dataclass(frozen=True, slots=True)
class Chosen:
    """An action, the place of the word that chooses what it does, and the words there are."""

    shelf: Shelf
    action: Action
    place: str
    statement: str
    words: tuple[Any, ...]


def choices(world: World) -> Iterable[tuple[str, Chosen]]:
    """Select every operation whose action is chosen by a word of an enumeration, once a place."""
    found: dict[str, Chosen] = {}
    for resource in world.roles.resources:
        for action in filter(lambda one: world.has(one.operation), resource.actions):
            for place in action.arguments:
                statement, schema = _spot(world, action, place)
                words = tuple(schema.get("enum") or ())
                chosen = Chosen(Shelf(world, resource), action, place, statement, words)
                if words and type(words[0]) in _FOREIGN:
                    found.setdefault(f"{world.label(action.operation)} {place}", chosen)
    return found.items()


def check(world: World, chosen: Chosen) -> Iterator[Finding]:
    """Ask an own item for what is no action; what is refused is as it should be."""
    item = _victim(chosen.shelf)
    arguments = aimed(chosen.shelf, chosen.action, item)
    if arguments is None:
        raise NotTried(f"nothing is known that {chosen.action.operation} can be tried on")
    foreign = _FOREIGN[type(chosen.words[0])]
    exchange = world.call(chosen.action.operation, {**arguments, chosen.place: foreign})
    if exchange.ok:
        yield Finding(
            NAME,
            world.label(chosen.action.operation),
            chosen.place,
            f"What the contract knows no such word for is done: {foreign!r}.",
            f"{exchange.status} {exchange.body()!r}"[:200],
            f"a refusal (4xx): there are only {', '.join(map(repr, chosen.words))}",
            (exchange,),
            statement=chosen.statement,
        )


def _victim(shelf: Shelf) -> Any:
    """Return one that may be changed, as its list or reading shows it."""
    item_id = shelf.some()[0]
    shelf.touch(item_id)
    if shelf.resource.list:
        return next((item for item in shelf.all() if shelf.id_of(item) == item_id), None)
    return shelf.shown(shelf.read(item_id))


def _spot(world: World, act: Act, place: str) -> tuple[str, Mapping[str, Any]]:
    """Return what a place of a call is called in SOURCES.md, and its schema."""
    operation, label = world.operations[act.operation], world.label(act.operation)
    if not place.startswith("#"):
        known = (p for p in operation.parameters if p["name"] == place)
        parameter: Mapping[str, Any] = next(known, {"in": "query"})
        schema: Mapping[str, Any] = parameter.get("schema", {})
        return f"{label} {'?' if parameter['in'] == 'query' else '#'}{place}", schema
    media = media_type(operation) or ""
    content = operation.definition.get("requestBody", {}).get("content", {})
    steps = [int(part) if part.isdigit() else part for part in place[1:].split("/")[1:]]
    places, whole = Places(world.contract), content.get(media, {}).get("schema", {})
    return places.spot(label, whole, steps).selector, _at(places, whole, steps)


def _at(places: Places, schema: Mapping[str, Any], steps: list[str | int]) -> Mapping[str, Any]:
    here = [schema]
    for step in steps:
        parts = [part for one in here for part in places.parts(one)]
        inner = [p.get("items") if isinstance(step, int) else _field(p, step) for p in parts]
        here = [one for one in inner if isinstance(one, Mapping)]
    return next((part for one in here for part in places.parts(one) if "enum" in part), {})


def _field(part: Mapping[str, Any], name: str) -> Any:
    return part.get("properties", {}).get(name)


RULE = Rule(
    name=NAME,
    sentence="A word that is none of those that choose what an action does is refused.",
    effect=Effect.CHANGES,
    subjects=choices,
    check=check,
)
