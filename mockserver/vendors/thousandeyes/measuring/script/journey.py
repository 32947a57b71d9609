"""A script's text → the steps that it describes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.vendors.thousandeyes.measuring.script.modules import GLOBALS, modules
from mockserver.vendors.thousandeyes.measuring.script.reading import Reading
from mockserver.vendors.thousandeyes.measuring.script.recorder import Recorder
from mockserver.vendors.thousandeyes.measuring.script.scope import Scope
from mockserver.vendors.thousandeyes.measuring.script.statements import (
    LoopLeft,
    Returned,
    body,
    carry_out,
)
from mockserver.vendors.thousandeyes.measuring.script.syntax import parse, parts, refused
from probes.transaction.actions import Goto, MarkerStart, Step

QUICKLY_PARSED = 100_000


@dataclass(frozen=True, slots=True)
class Journey:
    """What a script wants done; `thrown` are its own messages by the names of their steps."""

    steps: tuple[Step, ...]
    thrown: Mapping[str, str]
    viewport: tuple[int, int] | None = None


def check(text: str) -> None:
    """Raise NotJavaScript for a text that cannot be parsed as JavaScript, as far as that is quick.

    A request waits for this, so a very long text is looked at only when it is carried out.
    """
    if len(text) <= QUICKLY_PARSED:
        parse(text)


def translate(text: str, url: str, limit_s: float) -> Journey:
    """Return the journey that a script describes; ScriptRefused names what is not understood.

    `url` and `limit_s` are what `test.getSettings()` tells as `url` and `timeout`.
    """
    root = parse(text)
    recorder = Recorder(limit_s)
    known = modules({"url": url, "timeout": float(limit_s)})
    try:
        carry_out(Reading(recorder, known, body), Scope(None, dict(GLOBALS)), parts(root))
    except RecursionError:
        raise refused(root, "a script that is nested so deeply") from None
    except (LoopLeft, Returned):
        raise refused(root, "leaving the script at its top") from None
    if not any(isinstance(step.action, Goto) for step in recorder.steps):
        raise refused(root, "a script that opens no page (driver.get)")
    return Journey(_with_checkpoints(recorder), recorder.thrown, recorder.viewport)


def _with_checkpoints(recorder: Recorder) -> tuple[Step, ...]:
    names = enumerate(recorder.checkpoints, 1)
    begins = [Step(f"checkpoint {number}", MarkerStart(name)) for number, name in names]
    return (*begins, *recorder.steps)
