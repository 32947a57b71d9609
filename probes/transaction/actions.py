"""What a step of a journey can do: one small record for each verb, and no more than words.

Selectors are playwright's: CSS, or with a prefix `text=`, `xpath=`, `id=`, `role=`. Where one
fits several elements, the first is meant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType

from probes.errors import PlanInvalid

LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do; the subclasses below say what."""


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
    """Click an element once it can be clicked; over when the page it led to has loaded."""

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
