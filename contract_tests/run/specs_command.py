"""The command `contract-tests specs`: lints contracts, and tells two versions apart."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby
from pathlib import Path

import click

from contract_tests.changes.change import Change

_EXAMPLES = """
\b
Examples:
  contract-tests specs
  contract-tests specs ngrok
  contract-tests specs openapi.yaml
  contract-tests specs openapi.yaml --against old.yaml
  contract-tests specs pingplotter --against HEAD~5
"""


@click.command("specs", epilog=_EXAMPLES)
@click.argument("names", nargs=-1, metavar="[VENDOR|FILE]...")
@click.option(
    "--against",
    "old",
    metavar="OLD",
    help="Say what changed since OLD: a file, or a git revision of the same contract.",
)
def specs_command(names: tuple[str, ...], old: str | None) -> None:
    """Check contracts: valid OpenAPI, true examples, documented errors, a source for everything.

    A VENDOR is one of ours (all of them by default), a FILE any OpenAPI document. With --against,
    every change is told with what it does to clients: it breaks them, may break them, or does not.

    Exit codes: 0 nothing to say (or no client breaks), 1 findings, 2 could not run.
    """
    import specs  # noqa: PLC0415  (--help answers at once)
    from contract_tests.foreign import BadContract  # noqa: PLC0415

    try:
        lines, failed = _compared(names, old) if old else _linted(names or specs.vendors())
    except (specs.UnknownVendor, BadContract, OSError, click.UsageError) as error:
        click.echo("contract-tests: " + " ".join(str(error).split()), err=True)
        sys.exit(2)
    for line in lines:
        click.echo(line)
    sys.exit(1 if failed else 0)


def _linted(names: tuple[str, ...]) -> tuple[list[str], bool]:
    from contract_tests.documents.lint import findings, findings_of_file  # noqa: PLC0415

    found = [
        f"{name}: {line}"
        for name in names
        for line in (findings_of_file(Path(name)) if _is_file(name) else findings(name))
    ]
    return [*found, f"{len(found)} findings in {', '.join(names)}"], bool(found)


def _compared(names: tuple[str, ...], old: str) -> tuple[list[str], bool]:
    from contract_tests.changes import Effect, changes  # noqa: PLC0415

    if len(names) != 1:
        raise click.UsageError("--against takes one vendor or file")
    with _before(names[0], old) as before:
        found = sorted(
            changes(_loaded(before, names[0]), _loaded(_path(names[0]), names[0])),
            key=lambda change: (list(Effect).index(change.effect), *_sameness(change)),
        )
    lines = [line for _, group in groupby(found, key=_sameness) for line in _told(list(group))]
    broken = sum(change.effect is Effect.BREAKS for change in found)
    counts = ", ".join(f"{sum(c.effect is e for c in found)} {e}" for e in Effect)
    return [*lines, f"{len(found)} changes in {names[0]} since {old}: {counts}"], bool(broken)


def _sameness(change: Change) -> tuple[str, str]:
    return change.what, change.within


def _told(group: list[Change]) -> list[str]:
    # A change of a schema that many operations share is told once.
    if len(group) < 3 or not group[0].within:
        return [str(change) for change in group]
    return [f"{group[0]} (and at {len(group) - 1} more places)"]


def _is_file(name: str) -> bool:
    return "." in name or "/" in name


def _path(name: str) -> Path:
    import specs  # noqa: PLC0415

    return Path(name) if _is_file(name) else specs.path_of(name)


def _loaded(path: Path, name: str) -> dict[str, object]:
    import specs  # noqa: PLC0415
    from contract_tests import foreign  # noqa: PLC0415

    return foreign.load(path) if _is_file(name) else specs.load_file(path)


@contextmanager
def _before(name: str, old: str) -> Iterator[Path]:
    """Give the path of the old version: a file, or what a revision has where `name` is."""
    if Path(old).is_file():
        yield Path(old)
        return
    path = _path(name).resolve()
    done = subprocess.run(  # noqa: S603  (the revision is one argument, and git's own)
        ["git", "-C", str(path.parent), "archive", "--format=tar", "--end-of-options", old],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise click.UsageError(f"{old} is neither a file nor a revision here: {reason}")
    with tempfile.TemporaryDirectory() as folder:
        # The folder's name tells whose contract it is.
        place = Path(folder) / path.parent.name
        with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
            archive.extractall(place, filter="data")
        if not (place / path.name).exists():
            raise click.UsageError(f"{old} has no {path.name} in {path.parent.name}")
        yield place / path.name
