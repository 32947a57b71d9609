"""What a run has created and not yet removed: the only things it may touch on a live server."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Note = Mapping[str, Any]
# The words that new things are made with: by them they are found again without an id.
WORD = re.compile(r"ct-[0-9a-f]{8}")


def _nowhere(note: Note) -> None:
    del note


@dataclass(slots=True)
class Ledger:
    """Ids by resource, in the order of their creation; `note` keeps every change of it at once.

    A creation that is about to be sent is `intended`, by resource and the words that are sent, so
    that one whose answer never came is known too.
    """

    note: Callable[[Note], None] = _nowhere
    _created: dict[tuple[str, str], Any] = field(default_factory=dict)
    _intended: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def intends(self, resource: str, words: Iterable[str]) -> None:
        """Remember that one is about to be created, under these words."""
        intent = (resource, tuple(words))
        self._intended.append(intent)
        self.note({"does": "intends", "resource": resource, "words": list(intent[1])})

    def settled(self, resource: str) -> None:
        """Forget the latest intention: nothing came of it, or its id is known."""
        for index in reversed(range(len(self._intended))):
            if self._intended[index][0] == resource:
                del self._intended[index]
                self.note({"does": "settled", "resource": resource})
                return

    def created(self, resource: str, item_id: object) -> None:
        """Remember a new one."""
        if (resource, str(item_id)) in self._created:
            return
        self._created[(resource, str(item_id))] = item_id
        self.note({"does": "created", "resource": resource, "id": item_id})
        self.settled(resource)

    def removed(self, resource: str, item_id: object) -> None:
        """Forget one that is gone."""
        if self.owns(resource, item_id):
            del self._created[(resource, str(item_id))]
            self.note({"does": "removed", "resource": resource, "id": item_id})

    def owns(self, resource: str, item_id: object) -> bool:
        """Say whether this run made it."""
        return (resource, str(item_id)) in self._created

    def left(self) -> Iterator[tuple[str, Any]]:
        """Yield what is still to be removed, resource and id, the newest first."""
        yield from [(kind, item_id) for (kind, _), item_id in reversed(self._created.items())]

    def unknown(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what may have been created without our knowing its id: resource and words."""
        yield from list(self._intended)

    @property
    def size(self) -> int:
        """How many things may have to be removed."""
        return len(self._created) + len(self._intended)


def replayed(notes: Iterable[Note], note: Callable[[Note], None] = _nowhere) -> Ledger:
    """Return the ledger that these notes are of; what changes it from now on goes to `note`."""
    ledger = Ledger()
    for each in notes:
        resource = str(each.get("resource"))
        if each.get("does") == "intends":
            ledger.intends(resource, [str(word) for word in each.get("words", ())])
        elif each.get("does") == "settled":
            ledger.settled(resource)
        elif each.get("does") == "created":
            # Its intention is settled by a note of its own.
            ledger._created[(resource, str(each.get("id")))] = each.get("id")  # noqa: SLF001
        elif each.get("does") == "removed":
            ledger.removed(resource, each.get("id"))
    ledger.note = note
    return ledger
