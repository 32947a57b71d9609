"""A run over recordings: from its options to its exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from contract_tests.conduct.judge import Conduct
from contract_tests.run.outcome import About
from contract_tests.run.subject import NoSubject, Subject, subject_of
from contract_tests.run.telling import COULD_NOT_RUN, BadTelling, tell, telling
from contract_tests.traffic.opening import NotRecording
from contract_tests.traffic.reading import Recorded, recorded

_FAULTS = (BadTelling, NoSubject, NotRecording)


class NothingFits(Exception):
    """No request of the recordings is the vendor's; the message names the hosts."""


def judged(given: dict[str, Any]) -> int:
    """Carry out `contract-tests traffic` with these options, and return its exit code."""
    try:
        return _judged(given)
    except (*_FAULTS, NothingFits) as error:
        click.echo(f"contract-tests: {error}", err=True)
        return COULD_NOT_RUN


def _judged(given: dict[str, Any]) -> int:
    how = telling(
        given["reports"],
        given["fail_on"],
        given["baseline"],
        updates_baseline=given["updates_baseline"],
    )
    vendor, files = ("", given["names"]) if given["spec"] else _named(given["names"])
    subject = subject_of(vendor, given["spec"])
    found = recorded([Path(name) for name in files], subject.contract, given["base_url"])
    for broken in found.broken:
        click.echo(f"contract-tests: {broken}", err=True)
    if not found.entries:
        raise NothingFits(_nothing(found, subject))
    conduct = conduct_of(found, subject)
    outcome = conduct.outcome()
    outcome.notes += [*found.notes, *found.broken]
    outcome.elapsed_s = found.entries[-1].ended_s - found.entries[0].began_s
    outcome.about = About(
        target=", ".join(files),
        contract=subject.name,
        contract_file=subject.file,
        vendor=subject.vendor,
        mode="recording",
        began_at=found.entries[0].began_s,
    )
    return tell([(outcome, conduct.sentence)], how)


def conduct_of(found: Recorded, subject: Subject) -> Conduct:
    """Return what judges a vendor, once it has heard everything that was recorded."""
    conduct = Conduct(subject.contract, subject.roles, vendor=subject.vendor, answers=True)
    for heard in found.entries:
        conduct.hear(heard)
    for heard in found.elsewhere:
        conduct.hear_elsewhere(heard)
    return conduct


def _named(names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    vendor, *files = names
    if not files:
        raise NoSubject(f"{vendor}: name a VENDOR and then a FILE, or --spec FILE")
    return vendor, tuple(files)


def _nothing(found: Recorded, subject: Subject) -> str:
    if not found.others and not found.left_out:
        return "the recording is empty"
    servers = ", ".join(str(s.get("url")) for s in subject.contract.get("servers", ()))
    seen = (
        f"; it has requests to {found.hosts}: --base-url says where it was" if found.hosts else ""
    )
    return f"nothing in the recording goes to {servers or 'a server of the contract'}{seen}"
