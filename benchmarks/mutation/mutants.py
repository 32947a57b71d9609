"""Every server that can be served by name: the correct ones and their single faults."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.mutation import (
    ngrok_deeds,
    ngrok_door_deeds,
    ngrok_words,
    pingplotter_agent_deeds,
    pingplotter_session_deeds,
    pingplotter_words,
)
from benchmarks.mutation.mutant import Mutant
from benchmarks.mutation.ngrok import KEY as NGROK_KEY
from benchmarks.mutation.ngrok import Ngrok
from benchmarks.mutation.pingplotter import KEY as PINGPLOTTER_KEY
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import App
from benchmarks.mutation.strangers import StrangeNgrok, StrangePingPlotter

KEYS = {"ngrok": NGROK_KEY, "pingplotter": PINGPLOTTER_KEY}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "ngrok": (*ngrok_words.MUTANTS, *ngrok_deeds.MUTANTS, *ngrok_door_deeds.MUTANTS),
    "pingplotter": (
        *pingplotter_words.MUTANTS,
        *pingplotter_agent_deeds.MUTANTS,
        *pingplotter_session_deeds.MUTANTS,
    ),
}
CORRECT: dict[str, dict[str, Callable[[], App]]] = {
    "ngrok": {"correct": Ngrok, "stranger": StrangeNgrok},
    "pingplotter": {"correct": PingPlotter, "stranger": StrangePingPlotter},
}


def app_of(api: str, name: str) -> App:
    """Return a new server; KeyError if there is none of that name."""
    faulty = {mutant.name: mutant.make for mutant in MUTANTS[api]}
    return {**CORRECT[api], **faulty}[name]()
