"""Acts: what single operations do to a resource, as frozen records. See `model` for places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field as default
from typing import Any

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass

Arguments = Mapping[str, Any]
# A word that nobody knows is an error, not a shrug: these records are written by hand.
STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, config=STRICT)
class Act:
    """An operation in a role: its fixed arguments, and the place where the id goes.

    `parent` is the place where the id of an owner goes, as in `/owners/{ownerId}/pets`.
    """

    operation: str
    at: str = ""
    arguments: Arguments = default(default_factory=dict)
    source: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Reading(Act):
    """The operation that shows one; `answer` points at the item in its answer."""

    answer: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Pages:
    """How a list is cut into pages.

    `size` is the parameter that bounds a page, of at most `largest` items. The next page is asked
    for by the address at `next` in the answer (or in the `Link` header, where it is `Link`), or by
    the parameter `cursor`, which takes the id of the last item; `cursor_kind` may also be `offset`
    (number of items before), `number` (of the page, from `first_page`) or `token` (what the answer
    holds at `next`, which is no address then). With neither, a full page may hide others.
    """

    size: str = ""
    largest: int = 0
    next: str = ""
    cursor: str = ""
    cursor_kind: str = "id"
    first_page: int = 1
    source: str = ""

    @property
    def leads_on(self) -> bool:
        """Whether it is known how a page is followed by the next one."""
        return bool(self.next or self.cursor)


@dataclass(frozen=True, slots=True, config=STRICT)
class Order:
    """The field by which a list is in order, and whether the largest comes first."""

    by: str
    descending: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Filter:
    """A parameter that narrows a list, or widens it.

    `equals`: items whose field at `field` equals the parameter's value, any of the fields of
    `also` too. `reveals`: with `value`, items that hold all of `shows` appear that are hidden
    without it. `ignores_case`: upper and lower case are alike. `values`: what the parameter takes,
    with what the field shows then, where the two are spelt differently. `near`: fields by which
    an item may be found too, as no document says that it may not: it contains the value
    somewhere, or shares one of these fields with an item that matches. `made_with`: arguments of
    a creation that makes a hidden one.
    """

    parameter: str
    field: str = ""
    also: tuple[str, ...] = ()
    kind: str = "equals"
    value: Any = None
    shows: Mapping[str, Any] = default(default_factory=dict)
    ignores_case: bool = False
    values: Mapping[str, Any] = default(default_factory=dict)
    near: tuple[str, ...] = ()
    made_with: Mapping[str, Any] = default(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Dated:
    """The time `at` of what `value` tells: where that is true, or no zero, there is a time."""

    value: str
    at: str
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Part:
    """Places of an entry with ids of a resource `to`: things of the one that was asked for."""

    field: str
    to: str
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Need:
    """A request with `arguments` is refused for an item that shows all of `where`."""

    arguments: Arguments
    where: Mapping[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Listing(Act):
    """The operation that lists a resource; `items` points at the list in its answer.

    `address` is the place in the answer that holds the URI of the list itself.
    """

    items: str = ""
    address: str = ""
    pages: Pages | None = None
    order: Order | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Creation(Act):
    """The operation that makes one.

    `answer` points at the new item in its answer, or is None where the answer does not show it:
    then it is found in the list. `varied` are places of texts that are made new each time. `same`
    maps places of the request to places of the item that show the same. What is varied is cut from
    a pattern: `{word}` is a new word, `{n}` a number from 1 to 254.
    `options` are places of `same` with values that they take: what is shown is tried another way.
    `words` are places of texts, with the places of the item that show their words, one by one.
    """

    answer: str | None = ""
    varied: Mapping[str, str] = default(default_factory=dict)
    same: Mapping[str, str] = default(default_factory=dict)
    options: Mapping[str, tuple[Any, ...]] = default(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = default(default_factory=dict)


@dataclass(frozen=True, slots=True, config=STRICT)
class Update(Act):
    """The operation that changes one: `varied`, `same` and `options` as for a creation.

    `kept` are places of `same` that are sent as the item shows them.
    """

    varied: Mapping[str, str] = default(default_factory=dict)
    same: Mapping[str, str] = default(default_factory=dict)
    options: Mapping[str, tuple[Any, ...]] = default(default_factory=dict)
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Gone:
    """What is seen of a deleted one.

    `listed`: still in the plain list. `shows`: what reading it says from then on, or None where
    reading finds nothing. `statuses`: what an operation answers that finds nothing; empty where no
    document says it.
    """

    listed: bool = False
    shows: Mapping[str, Any] | None = None
    statuses: tuple[int, ...] = (404, 410)
    source: str = ""


@dataclass(frozen=True, slots=True, config=STRICT)
class Deletion(Act):
    """The operation that ends one, what is seen afterwards, and what it asks for (`needs`)."""

    gone: Gone = default(default_factory=Gone)
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, config=STRICT)
class Action(Act):
    """An operation that moves one (`scope: one`) or all of an owner's to another state.

    `changes` is the field that tells the state; `to` is its value afterwards, if a document says
    it. `undo` names the action that leads back; actions with the same `name` are ways to the same
    end. Where scope is `one`, the id of the item's owner goes to `parent`, if the call names it.
    """

    name: str = ""
    scope: str = "one"
    changes: str = ""
    to: Any = None
    undo: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, config=STRICT)
class Batch(Act):
    """An operation that answers for several ids at once as `single` answers for one.

    `at` is the place of the list of ids, `id` the place of the id in each entry, `single_at` the
    place of the id in the single call. `moving` are places of an entry that may differ between two
    answers (`*` is every item of a list). `filters` narrow the answer by places of the body,
    `single_filters` that of the single call. `parts` and `dated` are about every entry of either.
    """

    id: str = ""
    single: str = ""
    single_at: str = ""
    items: str = ""
    moving: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    single_filters: tuple[Filter, ...] = ()
    parts: tuple[Part, ...] = ()
    dated: tuple[Dated, ...] = ()
