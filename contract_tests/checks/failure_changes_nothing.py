"""A refused request leaves everything as it was: nothing is made, changed or ended by half."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from contract_tests.calls.caller import BODY
from contract_tests.calls.calls import request_of
from contract_tests.calls.spoilt import Spoilt, spoilt
from contract_tests.calls.uses import unknown_ids
from contract_tests.checks.harm import Harm, Try
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Creation, Resource
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import World

NAME = "failure_changes_nothing"
# Whether the good part of a request is done where another part is refused, no document says.
_ALL_OR_NOTHING = "decision"
_MOST = 12

Subject = tuple[Resource, Act]


def writings(world: World) -> Iterable[tuple[str, Subject]]:
    """Select what creates, changes or ends things, and can be asked wrongly."""
    for resource in world.roles.resources:
        acts: list[Act | None] = [resource.create, resource.update, *resource.actions]
        acts.append(resource.delete)
        seen: set[str] = set()
        for act in acts:
            if act is not None and act.operation not in seen and _can_be_wrong(world, act):
                seen.add(act.operation)
                yield f"{resource.name}: {world.label(act.operation)}", (resource, act)


def check(world: World, subject: Subject) -> Iterator[Finding]:
    """Send what the contract does not allow; what is refused must have changed nothing."""
    resource, act = subject
    shelf = Shelf(world, resource)
    values = world.values(act.operation, {**act.arguments, **_valid(shelf, act)})
    label = world.label(act.operation)
    tries = [
        Try(
            each.what,
            label,
            partial(_sent, world, act, each),
            _ALL_OR_NOTHING if each.mixed else act.source,
        )
        for each in (
            *_chosen(world, act, values),
            *_without_owner(shelf, act, values),
        )
    ]
    message = "A refused request has changed something."
    harm = Harm(world, NAME, message, lambda exchange: 400 <= exchange.status < 500)
    yield from harm.findings(tries)


def _chosen(world: World, act: Act, values: Mapping[str, Any]) -> list[Spoilt]:
    """Return spoilt requests: not all where there are many, as each is like the others."""
    known = list(spoilt(world.operations[act.operation], values))
    if len(known) <= _MOST:
        return known
    some = sorted(world.random(NAME, act.operation).sample(range(len(known)), _MOST))
    return [known[number] for number in some]


def _sent(world: World, act: Act, each: Spoilt) -> Exchange:
    exchange = world.send(each.request, act.operation, each.values)
    # What it shows from now on may be what was wrongly sent.
    world.is_spoilt |= exchange.ok
    return exchange


def _can_be_wrong(world: World, act: Act) -> bool:
    if not world.has(act.operation):
        return False
    operation = world.operations[act.operation]
    asked = any(p["in"] != "path" and p.get("required") for p in operation.parameters)
    return asked or "requestBody" in operation.definition


def _valid(shelf: Shelf, act: Act) -> dict[str, Any]:
    """Return the arguments with which the act would succeed."""
    if isinstance(act, Creation):
        return shelf.newly(act)
    if getattr(act, "scope", "one") != "one":
        return {act.at: shelf.parent_id()}
    item_id = shelf.some()[0]
    shelf.touch(item_id)
    return {act.at: item_id}


def _without_owner(shelf: Shelf, act: Act, values: Mapping[str, Any]) -> Iterator[Spoilt]:
    """Yield a creation for an owner that nobody knows, alone and among good ones."""
    parent = shelf.resource.parent
    if not isinstance(act, Creation) or parent is None or not act.parent.startswith("#/"):
        return
    world, operation = shelf.world, shelf.world.operations[act.operation]
    for unknown in list(unknown_ids(world, parent.to).values())[:1]:
        wrong = world.values(
            act.operation, {**act.arguments, BODY: values[BODY], act.parent: unknown}
        )
        yield Spoilt("an owner that nobody knows", request_of(operation, wrong), wrong)
        if isinstance(values[BODY], list):
            mixed = {**values, BODY: [*values[BODY], *wrong[BODY]]}
            yield Spoilt(
                "among good entries an owner that nobody knows",
                request_of(operation, mixed),
                mixed,
                mixed=True,
            )


RULE = Rule(
    name=NAME,
    sentence="A refused request leaves everything as it was.",
    effect=Effect.CHANGES,
    subjects=writings,
    check=check,
)
