"""Every client that can be tried: the correct ones, their other habits and their single faults."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from benchmarks.clients.mutant import CLIENTS, Mutant

CORRECT, HABIT, REQUEST, REACTION = "correct", "habit", "request", "reaction"
KINDS = (CORRECT, HABIT, REQUEST, REACTION)
_FAULTS = Path(__file__).with_name("faults")


@cache
def of(client: str) -> dict[str, Mutant]:
    """Return the habits and mutants of a client by name, as the files in `faults/` tell them."""
    return {
        entry["name"]: Mutant(CLIENTS[client], kind=kind, **entry)
        for kind in KINDS[1:]
        for entry in yaml.safe_load((_FAULTS / client / f"{kind}.yaml").read_text("utf-8"))
    }


def kind_of(client: str, name: str) -> str:
    """Return what a client of this name is; KeyError if there is none."""
    return CORRECT if name == CORRECT else of(client)[name].kind


def text_of(client: str, name: str) -> str:
    """Return the program of this name; KeyError if there is none."""
    return CLIENTS[client].text if name == CORRECT else of(client)[name].text
