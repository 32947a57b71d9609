"""One thing to be done to answers, and the name by which it can be done again."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote


class BadSurprise(Exception):
    """An id means nothing; the message says how ids are made."""


@dataclass(frozen=True, slots=True)
class Surprise:
    """What is done to the answers of one operation.

    `kind` is a name of the catalogue. `place` is where in the answer (a JSON pointer, items of
    lists are `*`), empty where it is about the answer as a whole. `nth` says to which of the
    operation's answers it is done, counted from 1; 0 is every one.
    """

    vendor: str
    operation_id: str
    kind: str
    place: str = ""
    nth: int = 0

    @property
    def id(self) -> str:
        """The name to repeat it by: `ngrok:list_application_sessions:0:null:/uri`."""
        parts = (self.vendor, self.operation_id, str(self.nth), self.kind, quote(self.place))
        return ":".join(parts)


def ids(plan: tuple[Surprise, ...]) -> str:
    """Return the name of several at once."""
    return "+".join(surprise.id for surprise in plan)


def parsed(text: str) -> tuple[Surprise, ...]:
    """Return what an id means; BadSurprise if it is none."""
    return tuple(map(_one, text.split("+")))


def _one(text: str) -> Surprise:
    parts = text.split(":", 4)
    if len(parts) != 5 or not parts[2].isdigit():
        raise BadSurprise(f"{text!r} is no id: one is vendor:operation:nth:kind:place")
    vendor, operation, nth, kind, place = parts
    return Surprise(vendor, operation, kind, unquote(place), int(nth))
