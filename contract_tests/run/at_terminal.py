"""A run at the terminal: what was asked for → the plan, the run, its reports, an exit code."""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from typing import Any

import click
from rich.console import Console

from contract_tests import reports
from contract_tests.findings import baseline, verdict
from contract_tests.findings.baseline import BadBaseline
from contract_tests.findings.finding import Grade
from contract_tests.findings.grade import Grading
from contract_tests.reports.gather import reported
from contract_tests.reports.github import announce
from contract_tests.reports.progress import Progress
from contract_tests.reports.terminal import show
from contract_tests.run import preview
from contract_tests.run.course import carried_out
from contract_tests.run.options import Options
from contract_tests.run.outcome import Outcome
from contract_tests.run.server import CouldNotRun, Prepared, prepared
from contract_tests.run.shards import parsed
from contract_tests.run.signals import Ending, heeded
from contract_tests.run.subject import NoSubject, explanation, subject_of
from contract_tests.wire.address import UNRESOLVED, Address


def served(given: dict[str, Any], *, explain: bool, dry_run: bool) -> int:
    """Carry out `contract-tests server` with these options, and return its exit code."""
    try:
        return _served(_options(given), explain=explain, dry_run=dry_run)
    except CouldNotRun as error:
        click.echo(f"contract-tests: {error}", err=True)
        return verdict.COULD_NOT_RUN


def _served(options: Options, *, explain: bool, dry_run: bool) -> int:
    if explain:
        return _explained(options)
    if not options.url:
        raise CouldNotRun("--url says where the server is")
    try:
        known = baseline.read(options.baseline) if options.baseline else baseline.Baseline()
    except BadBaseline as error:
        raise CouldNotRun(str(error)) from None
    run = prepared(replace(options, dry_run=dry_run), os.environ)
    _print_plan(run)
    if dry_run:
        return verdict.CONFORMS
    with heeded() as ending:
        try:
            outcome = _carried_out(run, ending)
        except KeyboardInterrupt:
            return ending.code
        verdict.compare(outcome, options, known, whole=run.is_whole)
        is_told = _report(run, outcome)
        code = verdict.exit_code(outcome, options)
    if not is_told:
        return verdict.COULD_NOT_RUN
    return ending.code if ending.number and code != verdict.FINDINGS else code


def _carried_out(run: Prepared, ending: Ending) -> Outcome:
    with Progress(Console(stderr=True), len(run.steps)) as shown:
        return carried_out(run, ending, shown)


def _report(run: Prepared, outcome: Outcome) -> bool:
    """Say what was found, and write the reports; tell whether all of them could be written."""
    is_told = True
    sentence = Grading(run.subject.vendor or None, run.subject.contract).sentence
    report = reported(outcome, sentence)
    show(report, Console(highlight=False))
    announce(report, click.echo)
    for kind, path in run.options.reports:
        try:
            reports.write(outcome, kind, path, sentence)
        except OSError as error:
            click.echo(f"contract-tests: the report {kind}: {error}", err=True)
            is_told = False
    if not outcome.tried and not outcome.errors:
        why = outcome.cut_off or "see above for the reasons"
        click.echo(f"contract-tests: nothing was tried: {why}", err=True)
    return is_told


def _print_plan(run: Prepared) -> None:
    click.echo(f"target     {run.address.url} ({_place(run.address)})")
    click.echo(f"contract   {run.subject.name}: {len(run.world.operations)} operations")
    words = preview.lines if run.options.dry_run else preview.summary
    for line in words(run.world, run.steps, run.options.examples, run.phases, run.key_note):
        click.echo(line)
    click.echo()


def _place(address: Address) -> str:
    if address.is_here:
        return "this machine"
    if address.pinned == UNRESOLVED:
        return "its name cannot be resolved: taken for another machine"
    return address.pinned


def _explained(options: Options) -> int:
    try:
        subject = subject_of(options.vendor, options.spec, options.roles)
    except NoSubject as error:
        raise CouldNotRun(str(error)) from None
    click.echo(explanation(subject), nl=False)
    return verdict.CONFORMS


def _options(given: dict[str, Any]) -> Options:
    if bool(given["vendor"]) == bool(given["spec"]):
        raise CouldNotRun("name a VENDOR, or a document by --spec FILE, and not both")
    if given["updates_baseline"] and given["baseline"] is None:
        raise CouldNotRun("--update-baseline needs --baseline FILE")
    try:
        shard = parsed(given.pop("shard"))
    except ValueError as error:
        raise CouldNotRun(str(error)) from None
    seed = given.pop("seed")
    return Options(
        **{**given, "fail_on": Grade(given["fail_on"]), "reports": _reports(given["reports"])},
        shard=shard,
        seed=secrets.randbelow(2**32) if seed is None else seed,
    )


def _reports(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    asked = [text.partition("=") for text in texts]
    for kind, _, path in asked:
        if kind not in reports.kinds():
            raise CouldNotRun(
                f"no report of kind {kind!r}: there are {', '.join(reports.kinds())}"
            )
        if not path:
            raise CouldNotRun(f"--report {kind} needs a file: {kind}=FILE (- is the terminal)")
    return tuple((kind, path) for kind, _, path in asked)
