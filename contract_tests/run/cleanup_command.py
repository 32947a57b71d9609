"""`contract-tests cleanup`: removes what runs have left that were killed."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say what there is to remove.")
def cleanup(*, dry_run: bool) -> None:
    """Remove what runs have made and could not remove, because they were killed.

    Keys come from the environment as for `contract-tests server`. Exit codes: 0 nothing is left,
    1 something is still there, 2 a server could not be asked.
    """
    from contract_tests.run.leftovers import removed  # noqa: PLC0415  (--help answers at once)

    sys.exit(removed(dry_run=dry_run))
