"""Looking for an expression in a body without standing still, however long the search runs."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress

LEAST_S = 2.0
"""What a search may take even where the exchange left less; it is no part of any time."""

_FOUND, _MISSING = 0, 3
_SEARCH = (
    f"import json, re, sys;sys.exit({_FOUND} if re.search(*json.load(sys.stdin)) else {_MISSING})"
)


async def search(expression: str, text: str, patience_s: float) -> bool | str:
    """Tell whether the text holds it, or say in a sentence why that is not known.

    A search holds the interpreter's lock until it ends, which for some expressions is never: a
    thread would stop the loop all the same, so this takes a process that can be ended.
    """
    if re.escape(expression) == expression:
        return expression in text
    patience_s = max(LEAST_S, patience_s)
    try:
        status = await asyncio.wait_for(_searched(expression, text), patience_s)
    except TimeoutError:
        return (
            f"The search for {expression!r} in the body did not end within {patience_s:.1f} s:"
            " the expression may be matched in too many ways."
        )
    except OSError as error:
        return f"The body was not searched, since no process could be started: {error.strerror}."
    if status in (_FOUND, _MISSING):
        return status == _FOUND
    return f"The search for {expression!r} in the body ended with status {status}."


async def _searched(expression: str, text: str) -> int:
    told = json.dumps([expression, text]).encode()
    command = (sys.executable, "-I", "-S", "-c", _SEARCH)
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL
    )
    try:
        await process.communicate(told)
    finally:
        await _end(process)
    return process.returncode or 0


async def _end(process: Process) -> None:
    """End it where it runs on, and leave nothing of it."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
