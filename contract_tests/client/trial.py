"""Trials of a client: the same command in the same world, again and again, surprised or not."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from contract_tests.client.child import Child, Command, Ended
from contract_tests.client.ran import Ran, Stopped
from contract_tests.client.streams import Pipes
from contract_tests.client.surroundings import Own, surroundings
from contract_tests.client.world import World, world
from contract_tests.conduct.heard import Heard
from contract_tests.listening.ear import App, Message, Receive, Send
from contract_tests.surprise.surprise import Surprise

_NO_INPUT = subprocess.DEVNULL
Plan = tuple[Surprise, ...]
Bend = Callable[[App, Plan], App]


@dataclass(slots=True)
class Trials:
    """Runs a command with a plan when it is called, by several threads at once if need be.

    NoCommand if there is no such program, Stopped once `stop` was called.
    """

    args: Sequence[str]
    time_limit_s: float
    has_hook: bool
    named: Sequence[Own] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    free: SimpleQueue[_Stage] = field(default_factory=SimpleQueue)
    running: set[Child] = field(default_factory=set)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __call__(self, plan: Plan, limit_s: float | None = None) -> Ran:
        """Run the client once, for so many seconds at most if not for those of all runs."""
        stage = self.free.get()
        try:
            return self._run(stage, plan, self.time_limit_s if limit_s is None else limit_s)
        finally:
            self.free.put(stage)

    def stop(self) -> None:
        """End what runs, and begin nothing any more; may be called from a signal handler."""
        self.stopped.set()
        for child in tuple(self.running):
            child.signal(signal.SIGTERM)

    def _run(self, stage: _Stage, plan: Plan, limit_s: float) -> Ran:
        pipes = Pipes()
        environment = stage.begun(plan, self)
        child = Child(Command(self.args, environment, limit_s), pipes, _NO_INPUT)
        if self.stopped.is_set():
            raise Stopped
        child.start()
        self.running.add(child)
        # `stop` may have come between the start and its being known.
        if self.stopped.is_set():
            child.signal(signal.SIGTERM)
        try:
            ended = child.wait()
        finally:
            self.running.discard(child)
        if self.stopped.is_set():
            raise Stopped
        return stage.ran(ended, pipes)


@contextmanager
def trials(  # noqa: PLR0913  (what a trial is made of)
    args: Sequence[str],
    vendors: Sequence[str],
    bend: Bend,
    *,
    jobs: int = 1,
    seed: int = 0,
    time_limit_s: float = 20.0,
    protocol: Any = None,
    has_hook: bool = True,
    named: Sequence[Own] = (),
) -> Iterator[Trials]:
    """Yield a function that runs the command once with a plan; `jobs` threads may call it at once.

    Every run finds the same accounts in the same worlds. `bend` puts a plan around the stand-in.
    Nothing is shown, and there is no input.
    """
    trial = Trials(args, time_limit_s, has_hook, named)
    with ExitStack() as stages:
        for _ in range(jobs):
            stage = _Stage(bend)
            stage.world = stages.enter_context(
                # Sixty pages are more than some limits admit: what is odd is the answer alone.
                world(
                    vendors,
                    stage.hear,
                    stage.around,
                    seed=seed,
                    is_limited=False,
                    protocol=protocol,
                )
            )
            trial.keys = stage.world.keys
            trial.free.put(stage)
        yield trial


@dataclass(slots=True)
class _Stage:
    """One stand-in for one run at a time."""

    bend: Bend
    world: World | None = None
    _app: App | None = None
    _current: App | None = None
    _heard: list[tuple[str, Heard]] = field(default_factory=list)
    _began_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def around(self, app: App) -> App:
        self._app = self._current = app
        return self

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        assert self._app is not None  # noqa: S101
        assert self._current is not None  # noqa: S101
        is_ours = scope.get("path", "").startswith("/__mock")
        await (self._app if is_ours else self._current)(scope, receive, send)

    def hear(self, vendor: str, heard: Heard) -> None:
        # An answer to the run before may have been on its way for long.
        if vendor != "__mock" and heard.began_s >= self._began_s:
            with self._lock:
                self._heard.append((vendor, heard))

    def begun(self, plan: Plan, trial: Trials) -> dict[str, str]:
        """Begin the world again, with a plan in it; return the environment of a child in it."""
        assert self.world is not None  # noqa: S101
        assert self._app is not None  # noqa: S101
        self.world.renew()
        self.world.settle()
        with self._lock:
            self._heard, self._began_s = [], time.time()
        self._current = self.bend(self._app, plan)
        return surroundings(self.world, has_hook=trial.has_hook, named=trial.named)

    def ran(self, ended: Ended, pipes: Pipes) -> Ran:
        """Return what became of a child, with what it asked."""
        assert self.world is not None  # noqa: S101
        self.world.settle()
        with self._lock:
            heard = tuple(sorted(self._heard, key=lambda pair: pair[1].number))
        return Ran(ended.code, ended.hung, pipes.out.text, pipes.err.text, ended.elapsed_s, heard)
