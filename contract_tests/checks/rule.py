"""What a check is: a name, a sentence, whom it concerns, and a function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contract_tests.findings.finding import Finding
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import World


class Effect(StrEnum):
    """What trying a rule does to the server; rules run in this order, reading ones first.

    What strains a server or exhausts its limits is for one's own; generated requests come between.
    """

    READS = "reads"
    CREATES = "creates"
    CHANGES = "changes"
    DELETES = "deletes"
    STRAINS = "strains"
    EXHAUSTS = "exhausts"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that servers are held to.

    `subjects` are what it is tried on, one by one (resources, operations, …), each with a name.
    `check` yields findings about one of them, and raises NotTried where nothing could be tried.
    """

    name: str
    sentence: str
    effect: Effect
    subjects: Callable[[World], Iterable[tuple[str, Any]]]
    check: Callable[[World, Any], Iterator[Finding]]
    source: str = ""


def resources(*needed: str) -> Callable[[World], Iterable[tuple[str, Shelf]]]:
    """Return what selects the resources that have all roles `needed`, e.g. `list`, `read`."""

    def select(world: World) -> Iterable[tuple[str, Shelf]]:
        return [
            (resource.name, Shelf(world, resource))
            for resource in world.roles.resources
            if all(getattr(resource, role) for role in needed)
        ]

    return select


def every_operation(world: World) -> Iterable[tuple[str, str]]:
    """Select every operation, by its label and operationId."""
    return [(world.label(name), name) for name in world.operations]
