"""A program that is run to its end, for so long at most, and how long it took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

_LIMIT_S = 180.0


def timed(
    command: list[str], where: Path, variables: Mapping[str, str] | None = None
) -> tuple[int, str, float]:
    """Return exit code (-1 if it had to be ended), what it wrote, and the seconds it took."""
    begin = time.monotonic()
    try:
        done = subprocess.run(
            command,
            cwd=where,
            env={**os.environ, **(variables or {})},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1, "", time.monotonic() - begin
    return done.returncode, done.stdout + done.stderr, time.monotonic() - begin
