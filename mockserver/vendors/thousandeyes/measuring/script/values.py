"""What an expression of a script can be: plain values, and what only the browser will know.

Plain values are those of Python: `str`, `float`, `bool`, `None` for null, `list`, `dict`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from probes.transaction.actions import Action, Claim

if TYPE_CHECKING:
    from tree_sitter import Node

    from mockserver.vendors.thousandeyes.measuring.script.calls import Call
    from mockserver.vendors.thousandeyes.measuring.script.scope import Scope

Value = object


class Single(Enum):
    """Values of which there is one each."""

    UNDEFINED = "undefined"
    MOMENT = "a time of the clock"
    UNDETERMINED = "what depends on the clock"


UNDEFINED, MOMENT, UNDETERMINED = Single.UNDEFINED, Single.MOMENT, Single.UNDETERMINED


@dataclass(frozen=True, slots=True)
class Locator:
    """Where an element is looked for, as a selector of playwright."""

    selector: str


@dataclass(frozen=True, slots=True)
class Element:
    """An element that was asked for."""

    selector: str


@dataclass(frozen=True, slots=True)
class PageText:
    """A title, URL or text that was read when the page had changed so many times."""

    reading: str
    selector: str
    changes: int


@dataclass(frozen=True, slots=True)
class Blurred:
    """A text in which something of the page stands: good for messages only."""

    text: str


@dataclass(frozen=True, slots=True)
class Claims:
    """A condition on the page: every claim must hold, or `any` of them."""

    claims: tuple[Claim, ...]
    changes: int
    any: bool = False

    def negated(self) -> Claims:
        """Return the opposite."""
        return Claims(tuple(map(_opposite, self.claims)), self.changes, not self.any)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What `until` makes: an action that waits, and the element that it gives, if any."""

    action: Action
    element: Element | None = None


@dataclass(frozen=True, slots=True)
class Thrown:
    """An error with its message."""

    message: str


@dataclass(frozen=True, slots=True)
class Native:
    """A function of the language or of an imported module."""

    name: str
    act: Callable[[Call], Value]


@dataclass(frozen=True, slots=True)
class Namespace:
    """An object whose members are all known; another name is refused. Some can be called."""

    name: str
    members: Mapping[str, Value]
    act: Callable[[Call], Value] | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the script."""

    name: str
    node: Node = field(repr=False)
    scope: Scope = field(repr=False)


def _opposite(claim: Claim) -> Claim:
    name = claim.comparison
    other = name.removesuffix("_not") if name.endswith("_not") else f"{name}_not"
    return replace(claim, comparison=other)
