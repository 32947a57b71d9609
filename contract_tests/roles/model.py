"""Roles: what the operations of a contract do to which resources, as frozen records.

Places. A place within a *call* is a parameter's name, or `#` and a JSON pointer into the request's
body (`#/SessionId`). A place within an *answer* or an item is a JSON pointer (`/SessionId`), and
the empty one is the whole. `source` cites a document as SOURCES.md does, or is `decision`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as default
from typing import Any

from pydantic.dataclasses import dataclass

from contract_tests.roles.acts import (
    STRICT,
    Act,
    Action,
    Arguments,
    Batch,
    Creation,
    Dated,
    Deletion,
    Filter,
    Gone,
    Listing,
    Need,
    Order,
    Pages,
    Part,
    Reading,
    Update,
)

__all__ = [
    "Act",
    "Action",
    "Arguments",
    "Batch",
    "Count",
    "Creation",
    "Dated",
    "Deletion",
    "Errors",
    "Filter",
    "Gone",
    "Job",
    "Listing",
    "Need",
    "Order",
    "Pages",
    "Part",
    "RateLimit",
    "Reading",
    "Reference",
    "Repetition",
    "Resource",
    "Roles",
    "Update",
]


@dataclass(frozen=True, slots=True, config=STRICT)
class Count:
    """A field that counts the items of resource `of` whose field `by` holds this one's id.

    `where`: only those whose fields have one of these values.
    """

    field: str
    of: str
    by: str
    where: Mapping[str, tuple[Any, ...]] = default(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Reference:
    """A field that holds the id of a resource `to`, or null."""

    field: str
    to: str
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Resource:
    """A kind of thing that the API knows, and what can be done to it.

    `moving` are fields that may change by themselves, `address` the field that holds its URI in
    this API, `in_order` are times of which none is before the one on its left, `dated` is what has
    a time if it is so. `unmoved_by` are acts on one that change nothing but what is moving.
    """

    name: str
    id: str
    list: Listing | None = None
    read: Reading | None = None
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
    dated: tuple[Dated, ...] = ()
    unmoved_by: tuple[Act, ...] = ()
    parent: Reference | None = None


@dataclass(frozen=True, slots=True, config=STRICT)
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


@dataclass(frozen=True, slots=True, config=STRICT)
class RateLimit:
    """The headers that tell a limit: names of `limit`, `remaining`, `reset` (Unix seconds).

    `operations` are those that are counted, all if empty. `body` maps headers of a 429 to places
    of its body that hold the same, and `cost` is the place of what the request would have cost.
    `most` requests in any `window_s` seconds are promised to everybody, if a document says so.
    """

    limit: str = ""
    remaining: str = ""
    reset: str = ""
    operations: tuple[str, ...] = ()
    body: Mapping[str, str] = default(default_factory=dict)
    cost: str = ""
    most: int = 0
    window_s: float = 0.0
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Errors:
    """What the body of an error repeats.

    `status` is the place of the answer's own status, `same_as_header` maps headers to places that
    hold the same. `unique` are headers, and places, that are another in every answer.
    """

    status: str = ""
    same_as_header: Mapping[str, str] = default(default_factory=dict)
    unique: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Repetition(Act):
    """An operation whose second call with the same id has a documented answer."""

    resource: str = ""
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Roles:
    """Everything that rules know of one API beyond its contract.

    `links` cites where the links of the contract come from; empty: its author states them.
    `grows` cites what allows answers to have more fields than are listed; empty: nothing does.
    """

    resources: tuple[Resource, ...] = ()
    jobs: tuple[Job, ...] = ()
    rate_limits: tuple[RateLimit, ...] = ()
    errors: Errors | None = None
    links: str = ""
    grows: str = ""
    repetitions: tuple[Repetition, ...] = ()
    arguments: Mapping[str, Arguments] = default(default_factory=dict)

    def resource(self, name: str) -> Resource:
        """Return a resource by its name; KeyError if there is none."""
        return next(r for r in self.resources if r.name == name)
