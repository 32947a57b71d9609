"""What a step of a journey can do: one small record for each verb, and no more than words.

Selectors are playwright's: CSS, or with a prefix `text=`, `xpath=`, `id=`, `role=`. Where one
fits several elements, the first is meant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from probes.errors import PlanInvalid

LONGEST_PAUSE_S = 60.0
READINGS = ("title", "url", "text", "visible")
COMPARISONS = ("is", "is_not", "holds", "holds_not")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do; the subclasses below say what."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let a letter carry any action: its type alone would lose which."""
        from probes.remote.schemas import action_schema  # noqa: PLC0415 - only letters need it

        return action_schema() if cls is Action else handler(source)


@dataclass(frozen=True, slots=True)
class Goto(Action):
    """Open a URL, relative to the journey's own; over when it has loaded."""

    url: str = ""


@dataclass(frozen=True, slots=True)
class Back(Action):
    """Go back in the history of the tab."""


@dataclass(frozen=True, slots=True)
class Reload(Action):
    """Load the page again."""


@dataclass(frozen=True, slots=True)
class Click(Action):
    """Click an element once it can be clicked; over when the page it led to has loaded.

    An option of a list is chosen.
    """

    selector: str


@dataclass(frozen=True, slots=True)
class Hover(Action):
    """Move the pointer over an element."""

    selector: str


@dataclass(frozen=True, slots=True)
class Fill(Action):
    """Set the value of a field at once; an empty one clears it."""

    selector: str
    value: str


@dataclass(frozen=True, slots=True)
class Type(Action):
    """Press the keys of a text one after the other in a field."""

    selector: str
    text: str


@dataclass(frozen=True, slots=True)
class Press(Action):
    """Press one key, such as Enter or Control+A, in an element or where the focus is."""

    key: str
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Select(Action):
    """Choose an option of a list by its value or its label."""

    selector: str
    value: str


@dataclass(frozen=True, slots=True)
class WaitForSelector(Action):
    """Wait until an element is visible."""

    selector: str


@dataclass(frozen=True, slots=True)
class WaitForText(Action):
    """Wait until a text is to be seen on the page, in capitals or not."""

    text: str


@dataclass(frozen=True, slots=True)
class WaitForUrl(Action):
    """Wait until the URL of the tab holds this."""

    part: str


@dataclass(frozen=True, slots=True)
class WaitForTitle(Action):
    """Wait until the title of the page holds this."""

    part: str


@dataclass(frozen=True, slots=True)
class AssertText(Action):
    """Demand that a text is there now, on the page or in an element."""

    text: str
    selector: str = "body"


@dataclass(frozen=True, slots=True)
class AssertTitle(Action):
    """Demand this title now."""

    title: str


@dataclass(frozen=True, slots=True)
class WaitForPresence(Action):
    """Wait until an element is in the document, visible or not."""

    selector: str


@dataclass(frozen=True, slots=True)
class WaitForAbsence(Action):
    """Wait until an element is not visible, or not in the document."""

    selector: str


@dataclass(frozen=True, slots=True)
class Claim(Action):
    """A comparison of something that can be read off the page; texts without outer space."""

    reading: str
    """`title`, `url`, or of an element its `text`, or whether it is `visible`: `yes` or `no`."""
    comparison: str
    """`is`, `is_not`, `holds` or `holds_not`."""
    expected: str
    selector: str = "body"
    """Of the element that is meant."""

    def __post_init__(self) -> None:
        """Refuse what cannot be read or compared."""
        for name, value, known in (
            ("reading", self.reading, READINGS),
            ("comparison", self.comparison, COMPARISONS),
        ):
            if value not in known:
                raise PlanInvalid(f"{name} {value!r}: expected one of {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class Demand(Claim):
    """Demand that a comparison holds now."""


@dataclass(frozen=True, slots=True)
class WaitUntil(Claim):
    """Wait until a comparison holds."""


@dataclass(frozen=True, slots=True)
class Screenshot(Action):
    """Keep a picture of the window."""


@dataclass(frozen=True, slots=True)
class MarkerStart(Action):
    """Begin to time a part of the journey under a name."""

    marker: str


@dataclass(frozen=True, slots=True)
class MarkerEnd(Action):
    """End the part of that name."""

    marker: str


@dataclass(frozen=True, slots=True)
class Pause(Action):
    """Do nothing for some seconds."""

    seconds: float

    def __post_init__(self) -> None:
        """Refuse what would not end."""
        if not (math.isfinite(self.seconds) and 0 <= self.seconds <= LONGEST_PAUSE_S):
            raise PlanInvalid(f"pause {self.seconds}: expected 0 to {LONGEST_PAUSE_S:g} seconds.")


VERBS = MappingProxyType(
    {
        "goto": Goto,
        "back": Back,
        "reload": Reload,
        "click": Click,
        "hover": Hover,
        "fill": Fill,
        "type": Type,
        "press": Press,
        "select": Select,
        "wait_for_selector": WaitForSelector,
        "wait_for_text": WaitForText,
        "wait_for_url": WaitForUrl,
        "wait_for_title": WaitForTitle,
        "wait_for_presence": WaitForPresence,
        "wait_for_absence": WaitForAbsence,
        "wait_until": WaitUntil,
        "demand": Demand,
        "assert_text": AssertText,
        "assert_title": AssertTitle,
        "screenshot": Screenshot,
        "marker_start": MarkerStart,
        "marker_end": MarkerEnd,
        "pause": Pause,
    }
)
"""How the actions are called in a script."""

LEADING = (Goto, Back, Reload, Click, Press, Select)
"""Actions that may lead to another page, and then last until it has loaded."""


def verb_of(action: Action) -> str:
    """Return what the action is called in a script."""
    return next(verb for verb, kind in VERBS.items() if type(action) is kind)


@dataclass(frozen=True, slots=True)
class Step:
    """An action with a name, by which the result speaks of it."""

    name: str
    action: Action
    timeout_s: float | None = None
    """How long it may take; without one, what the plan gives every step."""
