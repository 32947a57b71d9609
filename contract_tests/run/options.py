"""What a run was asked for, as it stands on the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from contract_tests.findings.finding import Grade
from contract_tests.run.shards import Shard
from contract_tests.wire.limits import Limits
from contract_tests.world.world import Permits

Number = TypeVar("Number", int, float)

_REMOTE = Limits(max_requests=200, rate=1.0, time_limit_s=300.0, timeout_s=10.0)
_HERE = Limits(time_limit_s=50.0, timeout_s=3.0, patience_s=120.0)


class BadOptions(Exception):
    """Options that do not go together; the message says why."""


@dataclass(frozen=True, slots=True)
class Options:
    """One run. None is what the address decides: this machine, or another one."""

    url: str
    vendor: str = ""
    spec: Path | None = None
    roles: Path | None = None
    mode: str | None = None
    owns_account: bool = False
    max_requests: int | None = None
    rate: float | None = None
    time_limit_s: float | None = None
    timeout_s: float | None = None
    seed: int = 0
    examples: int = 10
    rules: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    shard: Shard = field(default_factory=Shard)
    baseline: Path | None = None
    updates_baseline: bool = False
    reports: tuple[tuple[str, str], ...] = ()
    fail_on: Grade = Grade.DRIFT
    dry_run: bool = False


def limits(options: Options, *, is_here: bool) -> Limits:
    """Return the limits of a run: what was asked for, over the defaults of the address."""
    plain = _HERE if is_here else _REMOTE
    return Limits(
        max_requests=_or(options.max_requests, plain.max_requests),
        rate=_or(options.rate, plain.rate),
        time_limit_s=_or(options.time_limit_s, plain.time_limit_s),
        timeout_s=options.timeout_s or plain.timeout_s,
        # A limit that was asked for is kept to the second.
        patience_s=plain.patience_s if options.time_limit_s is None else 0.0,
    )


def permits(options: Options, *, is_here: bool) -> Permits:
    """Return what may be done: everything here, nothing but reading there unless it is asked for.

    BadOptions where `--mode full` is asked for without saying whose account it is.
    """
    mode = options.mode or ("full" if is_here else "read-only")
    if mode == "read-only":
        return Permits(writing=False, existing=False)
    if is_here:
        return Permits()
    if not options.owns_account:
        raise BadOptions(
            "--mode full makes and removes things there: add --i-own-this-account if you do"
        )
    return Permits(writing=True, existing=False)


def _or(asked: Number | None, plain: Number | None) -> Number | None:
    return plain if asked is None else asked
