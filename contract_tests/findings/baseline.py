"""A baseline: causes that were accepted, in a file; new ones and vanished ones are news."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from contract_tests.findings.causes import Cause


class BadBaseline(Exception):
    """A file is no baseline; the message names it and says why."""


@checked(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Accepted:
    """A cause that somebody accepted; from the day `expires` on it counts again."""

    id: str
    rule: str
    first_seen: date
    reason: str = ""
    expires: date | None = None


@checked(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Baseline:
    """The accepted causes of one contract."""

    version: int = 1
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside a baseline, by ids of causes. `judged` is off where a run was not whole."""

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()
    judged: bool = field(default=True)


_BASELINE = TypeAdapter(Baseline)


def read(path: Path) -> Baseline:
    """Return the baseline in a file, an empty one where there is no file; else BadBaseline."""
    if not path.exists():
        return Baseline()
    try:
        return _BASELINE.validate_python(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise BadBaseline(f"{path}: {_first_line(error)}") from None


def compared(
    baseline: Baseline, causes: Iterable[Cause], *, today: date, whole: bool
) -> Comparison:
    """Hold the causes that count (and flaky ones) against a baseline.

    Only a `whole` run can tell that something has vanished; a flaky cause has not.
    """
    seen = {cause.id: cause for cause in causes}
    firm = [name for name, cause in seen.items() if not cause.flaky]
    valid = {a.id for a in baseline.accepted if a.expires is None or today < a.expires}
    past = {a.id for a in baseline.accepted} - valid
    gone = tuple(a.id for a in baseline.accepted if a.id not in seen) if whole else ()
    return Comparison(
        new=tuple(name for name in firm if name not in valid),
        known=tuple(name for name in firm if name in valid),
        vanished=gone,
        expired=tuple(name for name in firm if name in past),
        judged=whole,
    )


def updated(baseline: Baseline, causes: Iterable[Cause], today: date, *, whole: bool) -> Baseline:
    """Accept the causes of a run; what was accepted before keeps its day and its reason.

    What a run did not meet is dropped, unless it was not whole and cannot know.
    """
    before = {a.id: a for a in baseline.accepted}
    now = {c.id: Accepted(c.id, c.shown.rule, today) for c in causes}
    still = {n: a for n, a in before.items() if n in now or not whole}
    fresh = {n: a for n, a in still.items() if a.expires is None or today < a.expires}
    merged = {**(still if not whole else {}), **now, **fresh}
    return Baseline(accepted=tuple(merged[name] for name in sorted(merged)))


def write(baseline: Baseline, path: Path) -> None:
    """Write a baseline so that a version control system shows one accepted cause a hunk."""
    entries = [_plain(entry) for entry in baseline.accepted]
    text = json.dumps({"version": baseline.version, "accepted": entries}, indent=2)
    path.write_text(text + "\n", "utf-8")


def _plain(entry: Accepted) -> dict[str, Any]:
    given = {name: value for name, value in asdict(entry).items() if value not in (None, "")}
    return {n: v.isoformat() if isinstance(v, date) else v for n, v in given.items()}


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]
