"""The course of a run: look, clean up after others, try, clean up after ourselves, weigh."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Protocol

from contract_tests.checks.rule import Effect
from contract_tests.findings import verdict
from contract_tests.findings.finding import Finding
from contract_tests.findings.grade import Grading
from contract_tests.findings.offered import Offered
from contract_tests.run import preflight
from contract_tests.run.inspection import Inspection, Step
from contract_tests.run.outcome import About, Outcome
from contract_tests.run.preview import cautions, mode
from contract_tests.run.server import CouldNotRun, Prepared
from contract_tests.run.signals import Ending
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.limits import OutOfLimits
from contract_tests.world import cleanup, journal
from contract_tests.world.ledger import Ledger
from contract_tests.world.world import World

_GENERATING_S = 20.0
_LEAST_S = 2.0
_INTERRUPTED = "the run was interrupted"
_TOO_LITTLE = (
    "Less than half of the rules had their turn: that nothing is found says little (exit 2)."
)
_ONLY_READS = "this run only reads (--mode full lets it write)"
_NOT_OURS = "it strains a server or uses a limit up, and this server is not yours"
_FOR_ONES_OWN = frozenset({Effect.STRAINS, Effect.EXHAUSTS})


class Shown(Protocol):
    """What is shown while a run goes on."""

    def step(self, name: object) -> None:
        """Say that a step begins."""

    def heard(self, exchange: Exchange) -> None:
        """Count an exchange."""


def carried_out(run: Prepared, ending: Ending, shown: Shown) -> Outcome:
    """Try everything that is planned, and remove what that made; CouldNotRun if nothing is there.

    The outcome is whole, graded and grouped, also where limits or a signal have cut the run off.
    """
    began_at = time.time()
    world, grading = run.world, Grading(run.subject.vendor or None, run.subject.contract)
    try:
        preflight.look(world, list(run.variables))
    except (preflight.NotThere, OutOfLimits) as error:
        raise CouldNotRun(str(error)) from None
    notes = list(_cleaned_before(run)) if world.permits.writing else []
    written, world.ledger = _journal(run)
    inspection, offered = Inspection(world, grading.graded), Offered(world.contract, world.roles)
    world.wire.listeners += [offered.heard, shown.heard]
    outcome = inspection.outcome
    try:
        _steps(run, inspection, shown.step, [s for s in run.steps if not _exhausts(s)])
        _generated(run, inspection, shown.step)
        # Nothing could be tried any more once a limit is used up.
        _steps(run, inspection, shown.step, [s for s in run.steps if _exhausts(s)])
    except KeyboardInterrupt:
        outcome.cut_off = _INTERRUPTED
    outcome.cut_off = _INTERRUPTED if ending.number else outcome.cut_off
    inspection.done()
    if verdict.tells_too_little(outcome):
        outcome.notes.append(_TOO_LITTLE)
    outcome.left_over = _cleaned(world)
    if written:
        written.close(is_done=not world.ledger.size)
    findings, missing = offered.settle(outcome.findings)
    inspection.settle(findings)
    key_notes = [*([run.key_note] if run.key_note else []), *cautions(world)]
    outcome.notes += [*key_notes, *notes, *missing]
    outcome.about = _about(run, began_at)
    outcome.requests, outcome.elapsed_s = world.wire.allowance.sent, time.time() - began_at
    return outcome


def _exhausts(step: Step) -> bool:
    return step.rule.effect is Effect.EXHAUSTS


def _steps(
    run: Prepared,
    inspection: Inspection,
    progress: Callable[[Step], object],
    steps: Iterable[Step],
) -> None:
    permits = run.world.permits
    for step in steps:
        reason = ""
        if not permits.writing and step.rule.effect is not Effect.READS:
            reason = _ONLY_READS
        elif not permits.existing and step.rule.effect in _FOR_ONES_OWN:
            reason = _NOT_OURS
        if reason:
            inspection.leave_out(str(step), step.rule.name, reason)
        else:
            inspection.run([step], progress)
        if inspection.has_found:
            # One that is found to be wrong is not waited for beyond the time limit.
            run.world.wire.allowance.patience_s = 0.0


def _generated(run: Prepared, inspection: Inspection, progress: Callable[[str], object]) -> None:
    """Run Schemathesis' phases in what is left of the time."""
    if not run.phases:
        return
    name = f"generated requests: {', '.join(run.phases)}"
    share = max(run.options.examples / 10, 1.0)
    seconds = min(run.world.wire.allowance.left_s - _LEAST_S, _GENERATING_S * share)
    if inspection.outcome.cut_off or seconds < _LEAST_S:
        inspection.leave_out(name, "phases", inspection.outcome.cut_off or "no time is left")
        return
    progress(name)
    inspection.generate(name, lambda: _phases(run, seconds, inspection.outcome))


def _phases(run: Prepared, seconds: float, outcome: Outcome) -> Iterator[Finding]:
    from contract_tests import phases  # noqa: PLC0415  (a second to load)

    shard, tally = run.options.shard, phases.Tally()
    world = run.world if shard.of == 1 else _part(run.world, run)
    with _own_storage():
        yield from phases.run(
            world,
            run.phases,
            run.options.examples,
            vendor=run.subject.vendor,
            seconds=seconds,
            tally=tally,
        )
    outcome.notes += [f"Schemathesis: {line}" for line in tally.errors]
    if tally.ended:
        outcome.notes.append(f"Generated requests ended early: {tally.ended}")


@contextmanager
def _own_storage() -> Iterator[None]:
    """Keep what Hypothesis stores out of the folder that the user stands in."""
    from hypothesis.configuration import set_hypothesis_home_dir  # noqa: PLC0415  (slow to load)

    with TemporaryDirectory(prefix="contract-tests-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


def _part(world: World, run: Prepared) -> World:
    contract = run.options.shard.contract(world.contract)
    return replace(world, contract=contract)


def _journal(run: Prepared) -> tuple[journal.Journal | None, Ledger]:
    """Begin to write down what is made; only a server of one's own is touched without that."""
    if not run.world.permits.writing:
        return None, Ledger()
    try:
        return journal.opened(run.aim)
    except OSError as error:
        if run.world.permits.existing:
            return None, Ledger()
        raise CouldNotRun(f"what the run makes cannot be written down: {error}") from None


def _cleaned_before(run: Prepared) -> Iterator[str]:
    """Remove what earlier runs on the same server have left, and say so."""
    with suppress(KeyboardInterrupt):
        for _, written, ledger in journal.left(run.aim):
            count = ledger.size
            still = _cleaned(replace(run.world, ledger=ledger))
            written.close(is_done=not ledger.size)
            if count:
                yield f"An earlier run had left {count} things: {'; '.join(still) or 'removed'}"


def _cleaned(world: World) -> list[str]:
    try:
        return cleanup.clean(world)
    except KeyboardInterrupt:
        return [f"{kind} {item_id}: interrupted" for kind, item_id in world.ledger.left()]


def _about(run: Prepared, began_at: float) -> About:
    world, subject = run.world, run.subject
    return About(
        target=world.wire.url,
        contract=subject.name,
        contract_file=subject.file,
        vendor=subject.vendor,
        mode=mode(world),
        credential=world.credential.variable,
        seed=world.seed,
        shard=str(run.options.shard) if run.options.shard.of > 1 else "",
        limits=world.wire.allowance.limits,
        began_at=began_at,
    )
