"""Roles: what the operations of a contract do to which resources, as frozen records.

Places. A place within a *call* is a parameter's name, or `#` and a JSON pointer into the request's
body (`#/SessionId`). A place within an *answer* or an item is a JSON pointer (`/SessionId`), and
the empty one is the whole. `source` cites a document as SOURCES.md does, or is `decision`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as default
from typing import Any

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

Arguments = Mapping[str, Any]
# A word that nobody knows is an error, not a shrug: these records are written by hand.
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=_STRICT)
class Act:
    """An operation in a role: its fixed arguments, and the place where the id goes."""

    operation: str
    at: str = ""
    arguments: Arguments = default(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Pages:
    """How a list is cut into pages.

    `size` is the parameter that bounds a page, of at most `largest` items. The next page is asked
    for by the address at `next` in the answer (or in the `Link` header, where it is `Link`), or by
    the parameter `cursor`, which takes the id of the last item; `cursor_kind` may also be `offset`
    (number of items before) or `number` (of the page, from `first_page`).
    """

    size: str = ""
    largest: int = 0
    next: str = ""
    cursor: str = ""
    cursor_kind: str = "id"
    first_page: int = 1
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Order:
    """The field by which a list is in order, and whether the largest comes first."""

    by: str
    descending: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Filter:
    """A parameter that narrows a list, or widens it.

    `equals`: items whose field at `field` equals the parameter's value, any of the fields of
    `also` too. `reveals`: with `value`, items that hold all of `shows` appear that are hidden
    without it. `ignores_case`: upper and lower case are alike.
    """

    parameter: str
    field: str = ""
    also: tuple[str, ...] = ()
    kind: str = "equals"
    value: Any = None
    shows: Mapping[str, Any] = default(default_factory=dict)
    ignores_case: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Listing(Act):
    """The operation that lists a resource; `items` points at the list in its answer."""

    items: str = ""
    pages: Pages | None = None
    order: Order | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Creation(Act):
    """The operation that makes one.

    `answer` points at the new item in its answer, or is None where the answer does not show it:
    then it is found in the list. `varied` are places of texts that are made new each time. `same`
    maps places of the request to places of the item that show the same. `parent` is the place
    where the id of an owner goes. `values` cuts what is varied from a pattern (`{word}`, `{n}`).
    """

    answer: str | None = ""
    varied: Mapping[str, str] = default(default_factory=dict)
    same: Mapping[str, str] = default(default_factory=dict)
    parent: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Update(Act):
    """The operation that changes one: `varied` and `same` as for a creation."""

    varied: Mapping[str, str] = default(default_factory=dict)
    same: Mapping[str, str] = default(default_factory=dict)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Gone:
    """What is seen of a deleted one.

    `listed`: still in the plain list. `shows`: what reading it says from then on, or None where
    reading finds nothing. `statuses`: what an operation answers that finds nothing.
    """

    listed: bool = False
    shows: Mapping[str, Any] | None = None
    statuses: tuple[int, ...] = (404, 410)
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Deletion(Act):
    """The operation that ends one, and what is seen afterwards."""

    gone: Gone = default(default_factory=Gone)


@dataclass(frozen=True, slots=True, config=_STRICT)
class Action(Act):
    """An operation that moves one (`scope: one`) or all of an owner's to another state.

    `changes` is the field that tells the state; `to` is its value afterwards, if a document says
    it. `undo` names the action that leads back.
    """

    name: str = ""
    scope: str = "one"
    changes: str = ""
    to: Any = None
    undo: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, config=_STRICT)
class Batch(Act):
    """An operation that answers for several ids at once as `single` answers for one.

    `at` is the place of the list of ids, `id` the place of the id in each entry, `single_at` the
    place of the id in the single call.
    """

    id: str = ""
    single: str = ""
    single_at: str = ""
    items: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Count:
    """A field that counts the items of resource `of` whose field `by` holds this one's id.

    `where`: only those whose fields have one of these values.
    """

    field: str
    of: str
    by: str
    where: Mapping[str, tuple[Any, ...]] = default(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Reference:
    """A field that holds the id of a resource `to`, or null."""

    field: str
    to: str
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Resource:
    """A kind of thing that the API knows, and what can be done to it.

    `moving` are fields that may change by themselves, `address` the field that holds its URI in
    this API, `in_order` are times of which none is before the one on its left.
    """

    name: str
    id: str
    list: Listing | None = None
    read: Act | None = None
    create: Creation | None = None
    update: Update | None = None
    delete: Deletion | None = None
    actions: tuple[Action, ...] = ()
    batches: tuple[Batch, ...] = ()
    counts: tuple[Count, ...] = ()
    references: tuple[Reference, ...] = ()
    moving: tuple[str, ...] = ()
    address: str = ""
    in_order: tuple[str, ...] = ()
    parent: Reference | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Job:
    """Work that a request begins and another one tells the end of.

    `id` is the place of the job's id in the first answer, `at` its place in the second call.
    `state` points at what tells how far it is: `waiting` are values before the end (or None where
    the field is absent until then), `ended` those after it, any other if empty.
    """

    start: str
    id: str
    read: str
    at: str
    state: str
    waiting: tuple[Any, ...] = ()
    ended: tuple[Any, ...] = ()
    arguments: Arguments = default(default_factory=dict)
    within_s: float = 120.0
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class RateLimit:
    """The headers that tell a limit: names of `limit`, `remaining`, `reset` (Unix seconds)."""

    limit: str = ""
    remaining: str = ""
    reset: str = ""
    operations: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, config=_STRICT)
class Repetition(Act):
    """An operation whose second call with the same id has a documented answer."""

    resource: str = ""
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, config=_STRICT)
class Roles:
    """Everything that rules know of one API beyond its contract."""

    resources: tuple[Resource, ...] = ()
    jobs: tuple[Job, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()
    repetitions: tuple[Repetition, ...] = ()
    arguments: Mapping[str, Arguments] = default(default_factory=dict)

    def resource(self, name: str) -> Resource:
        """Return a resource by its name; KeyError if there is none."""
        return next(r for r in self.resources if r.name == name)
