"""What was created can be read, is listed once, and shows what was sent for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.denied import denied
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.shown_as_sent import same, word_by_word
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Batch, Creation
from contract_tests.world.shelf import Made, MadeNothing, Shelf
from contract_tests.world.snapshot import Change, Snapshot, at_place, contradicting, taken
from contract_tests.world.world import NotTried, World

NAME = "created_is_readable"
_ODD = ' Zoë & 測試 "50 %"'


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Make two and see that there are two more, each as it was sent."""
    creation = shelf.resource.create
    if creation is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    if creation.parent and shelf.resource.parent:
        shelf.owner = shelf.owner_id()
    before = taken(world, shelf)
    label = world.label(creation.operation)
    try:
        made = shelf.create()
        other = _another(shelf, creation)
        after = taken(world, shelf)
        yield from _otherwise(shelf, creation, made)
        yield from _Case(shelf, creation, before, after).findings(made, other)
    except MadeNothing as nothing:
        yield Cause(NAME, label, (nothing.exchange,), creation.source).finding(
            "nothing", "A creation succeeded and made nothing.", "nothing new", "a new one"
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """Two that were made one after the other, and what the lists showed around it."""

    shelf: Shelf
    creation: Creation
    before: Snapshot
    after: Snapshot

    def findings(self, first: Made, second: Made) -> Iterator[Finding]:
        """Yield what speaks against them."""
        yield from self._ids(first, second)
        yield from denied(self.shelf.world, NAME, first.exchange)
        for made in (first, second):
            yield from as_sent(self.shelf, self.creation, made)
        if self.shelf.resource.list:
            yield from self._listed(first, second)
        changes = [
            c for c in self.before.changes(self.after) if self._is_strange(c, first, second)
        ]
        yield from cause(self.shelf, self.creation, second).changed(
            "A creation changed more than it made.", changes, self.after
        )

    def _ids(self, first: Made, second: Made) -> Iterator[Finding]:
        known = self.before.lists.get(self.shelf.resource.name)
        for made in (first, second):
            is_old = known and str(made.id) in known.items
            if is_old or (made is second and made.id == first.id):
                yield cause(self.shelf, self.creation, made).finding(
                    self.shelf.resource.id,
                    "A new one has the id of another.",
                    shown(made.id),
                    "an id of its own",
                )

    def _listed(self, first: Made, second: Made) -> Iterator[Finding]:
        items = self.shelf.all()
        for made in (first, second):
            found = [item for item in items if self.shelf.id_of(item) == made.id]
            if len(found) != 1:
                yield cause(self.shelf, self.creation, made).finding(
                    "list",
                    "A new one is not in the list exactly once.",
                    f"{len(found)} times",
                    "once",
                    *self.after.pages(self.shelf.resource.name),
                )
            for item in found[:1]:
                yield from _shows(self.shelf, self.creation, made, item, "list")

    def _is_strange(self, change: Change, first: Made, second: Made) -> bool:
        own = change.resource == self.shelf.resource.name
        if own:
            return change.id not in {str(first.id), str(second.id)}
        parent = self.shelf.resource.parent
        if parent and change.resource == parent.to and change.id == str(self.shelf.owner):
            return False
        # What else comes with a new one, no document limits.
        return change.before is not pointer.MISSING


def as_sent(shelf: Shelf, creation: Creation, made: Made) -> Iterator[Finding]:
    """Yield what reading a new one says that was not sent, or that its creation did not say."""
    if shelf.resource.read is None:
        return
    read = shelf.read(made.id)
    item = shelf.shown(read)
    seen = cause(shelf, creation, made)
    if not read.ok:
        yield seen.finding(
            "read", "A new one cannot be read by its id.", str(read.status), "the new one", read
        )
        return
    if shelf.id_of(item) != made.id:
        yield seen.finding(
            shelf.resource.id,
            "A new one is shown with another id.",
            shown(shelf.id_of(item)),
            shown(made.id),
            read,
        )
        return
    for place in contradicting(made.item, item, shelf.resource.moving):
        yield seen.finding(
            place,
            "Reading a new one does not show what its creation has shown.",
            shown(at_place(item, place)),
            shown(at_place(made.item, place)),
            read,
        )
    yield from _shows(shelf, creation, made, item, "read")
    for batch in shelf.resource.batches:
        yield from _status(shelf, batch, made)


def _status(shelf: Shelf, batch: Batch, made: Made) -> Iterator[Finding]:
    if not batch.single or not batch.single_at:
        return
    act = Act(batch.single, batch.single_at)
    told = shelf.act(act, made.id)
    if told.status == 404:
        label = shelf.world.label(batch.single)
        yield Cause(NAME, label, (made.exchange, told), batch.source).finding(
            "new one", "An operation does not know a new one.", "404", "an answer about it"
        )


def _shows(
    shelf: Shelf, creation: Creation, made: Made, item: Any, where: str
) -> Iterator[Finding]:
    seen = cause(shelf, creation, made)
    yield from same(seen, creation, made, item, where)
    yield from word_by_word(seen, creation, made, item)
    for sent_at in creation.varied.keys() & made.sent.keys():
        if not leaves_trace(made.sent[sent_at], item):
            yield seen.finding(
                f"{sent_at} nowhere",
                f"A new one shows nothing of what was sent at {sent_at} ({where}).",
                shown(item),
                shown(made.sent[sent_at]),
            )


def leaves_trace(text: Any, item: Any) -> bool:
    """Say whether any word of a text is in any text of an item, upper and lower case alike."""
    words = str(text).casefold().split()
    texts = [found.casefold() for found in _texts(item)]
    return any(word in found for word in words for found in texts)


def cause(shelf: Shelf, creation: Creation, made: Made) -> Cause:
    """Return what findings about a new one have in common."""
    label = shelf.world.label(creation.operation)
    return Cause(NAME, label, (made.exchange,), creation.source)


def _texts(item: Any) -> Iterator[str]:
    if isinstance(item, Mapping):
        for value in item.values():
            yield from _texts(value)
    elif isinstance(item, list):
        for value in item:
            yield from _texts(value)
    elif isinstance(item, str | int):
        yield str(item)


def _otherwise(shelf: Shelf, creation: Creation, first: Made) -> Iterator[Finding]:
    """Make one with other values than the first shows, and yield where it does not show them."""
    shown_ = {p: pointer.read(first.item, creation.same.get(p, p), None) for p in creation.options}
    sent = {
        place: next((value for value in values if value != shown_[place]), None)
        for place, values in creation.options.items()
    }
    if not sent:
        return
    try:
        made = shelf.create(sent)
    except NotTried:
        # Which values go together, no document tells.
        return
    yield from as_sent(shelf, creation, made)
    is_seen = shelf.resource.read is not None or shelf.resource.list is None
    items = [] if is_seen else shelf.all()
    for item in (item for item in items if shelf.id_of(item) == made.id):
        yield from _shows(shelf, creation, made, item, "list")


def _another(shelf: Shelf, creation: Creation) -> Made:
    try:
        return shelf.create(_odd(shelf, creation))
    except MadeNothing:
        raise
    except NotTried:
        # Which signs a text may have, few documents tell.
        return shelf.create()


def _odd(shelf: Shelf, creation: Creation) -> dict[str, Any]:
    """Return texts that are shown again, with signs that not every server lets pass."""
    texts = shelf.newly(creation, 1)
    return {
        place: f"{texts[place]}{_ODD}"
        for place in creation.varied.keys() & creation.same.keys()
        if isinstance(texts[place], str)
    }


RULE = Rule(
    name=NAME,
    sentence="What was created can be read, is listed once, and shows what was sent for it.",
    effect=Effect.CREATES,
    subjects=resources("create"),
    check=check,
)
