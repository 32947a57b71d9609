"""The phases against a server of the bench, over real sockets, its answers bent by a hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from reference_rig import world_of

from benchmarks.mutation.mutants import app_of
from benchmarks.mutation.serving import Answer, App, Call, server_of
from contract_tests import phases
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World

Bend = Callable[[Call, Answer], Answer | None]


class Counted(App):
    """A correct server whose answers are bent, and which counts its calls."""

    def __init__(self, vendor: str, bend: Bend | None = None, name: str = "correct") -> None:
        self._app, self._bend = app_of(vendor, name), bend
        self.calls: list[Call] = []

    def answer(self, call: Call) -> Answer:
        self.calls.append(call)
        answer = self._app.answer(call)
        return (self._bend and self._bend(call, answer)) or answer


@dataclass
class Seen:
    """What a run of phases saw."""

    findings: list[Finding] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    tally: phases.Tally = field(default_factory=phases.Tally)

    @property
    def rules(self) -> set[str]:
        return {finding.rule for finding in self.findings}


@contextmanager
def served(vendor: str, app: App, **limits: Any) -> Iterator[World]:
    """Serve an application from a thread; the world before it is as the bench's."""
    server = server_of(app, 0)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    memory = world_of(vendor, app)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    wire = Wire(url, Allowance(Limits(**limits)), secrets=(memory.credential,))
    try:
        yield replace(memory, wire=wire)
    finally:
        server.shutdown()
        server.server_close()


def generated(world: World, *chosen: str, examples: int = 5, seed: int = 1) -> Seen:
    """Run phases, and keep what was found and heard."""
    seen = Seen()
    world.seed = seed
    world.wire.listeners.append(seen.exchanges.append)
    names = chosen or phases.PHASES
    seen.findings += phases.run(world, names, examples, seconds=None, tally=seen.tally)
    return seen
