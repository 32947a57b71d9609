"""What runs have left that were killed: told, and removed."""

from __future__ import annotations

import os
from pathlib import Path

import click

from contract_tests.run.options import Options
from contract_tests.run.server import CouldNotRun, prepared
from contract_tests.world import cleanup, journal
from contract_tests.world.journal import Aim, Journal
from contract_tests.world.ledger import Ledger

_NOTHING_LEFT, _STILL_THERE, _NOT_ASKED = 0, 1, 2


def removed(*, dry_run: bool) -> int:
    """Remove all of it, or only say what it is, and return the exit code of the command."""
    code = _NOTHING_LEFT
    for aim, written, ledger in journal.left():
        click.echo(f"{aim.url} ({aim.contract}): {_named(ledger)}")
        if dry_run:
            written.close(is_done=False)
            continue
        code = max(code, _removed(aim, written, ledger))
    return code


def _removed(aim: Aim, written: Journal, ledger: Ledger) -> int:
    try:
        world = prepared(_options(aim), os.environ).world
        world.ledger = ledger
        answers: list[bool] = []
        world.wire.listeners.append(lambda exchange: answers.append(exchange.response is not None))
        still = cleanup.clean(world)
    except CouldNotRun as error:
        click.echo(f"contract-tests: {error}", err=True)
        return _NOT_ASKED
    finally:
        written.close(is_done=not ledger.size)
    for line in still:
        click.echo(f"  still there: {line}")
    if not ledger.size:
        return _NOTHING_LEFT
    return _STILL_THERE if any(answers) else _NOT_ASKED


def _named(ledger: Ledger) -> str:
    names = [f"{kind} {item_id}" for kind, item_id in ledger.left()]
    names += [f"{kind} {' '.join(words)} (perhaps)" for kind, words in ledger.unknown()]
    return ", ".join(names) or "nothing"


def _options(aim: Aim) -> Options:
    return Options(
        url=aim.url,
        vendor=aim.contract if aim.vendor else "",
        spec=None if aim.vendor else Path(aim.contract),
        roles=Path(aim.roles) if aim.roles else None,
        mode="full",
        owns_account=True,
    )
