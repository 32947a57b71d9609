"""Where a request says what is to be measured again and again, once the request is safe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from mockserver.core.networks import Place
from mockserver.core.series import Probe, Series
from mockserver.core.store import Transaction

Key = tuple[str, str, str]
"""Vendor, account and id."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What is measured every `interval_ms` from `place`: `subject` is the vendor's own."""

    vendor: str
    account: str
    id: str
    place: str
    interval_ms: int
    subject: Any

    @property
    def key(self) -> Key:
        """Return what tells it from all others."""
        return self.vendor, self.account, self.id


class Book(Protocol):
    """What keeps those who are followed, and their series."""

    def follow(self, followed: Followed, series: Series) -> None:
        """Measure it from now on; whatever was followed under its key no longer is."""

    def leave(self, key: Key) -> None:
        """Measure it no longer; its series stays."""

    def series(self, key: Key) -> Series | None:
        """Return what was measured so far, None if it was never followed."""

    def place(self, name: str) -> Place:
        """Return a place to measure from."""


@dataclass(slots=True)
class Following:
    """The followed of one account at one vendor, as one transaction sees and changes them."""

    transaction: Transaction
    book: Book | None
    vendor: str
    account: str
    _begun: dict[str, Series] = field(default_factory=dict)

    def follow(
        self,
        id_: str,
        subject: Any,
        *,
        place: str,
        interval_ms: int,
        past: Callable[[], Sequence[Probe]] | None = None,
    ) -> None:
        """Measure from the commit on; one that is followed already goes on with its series.

        `past` simulates what would have been measured before; it is called when somebody looks.
        """
        followed = Followed(self.vendor, self.account, id_, place, interval_ms, subject)
        series = self.series(id_) or Series(past, "simulated" if past else "")
        self._begun[id_] = series
        self.transaction.after_commit(partial(self._book.follow, followed, series))

    def leave(self, id_: str) -> None:
        """Measure no longer from the commit on."""
        self.transaction.after_commit(partial(self._book.leave, (self.vendor, self.account, id_)))

    def series(self, id_: str) -> Series | None:
        """Return what was measured so far, None if it was never followed."""
        return self._begun.get(id_) or self._book.series((self.vendor, self.account, id_))

    def place(self, name: str) -> Place:
        """Return a place to measure from."""
        return self._book.place(name)

    @property
    def _book(self) -> Book:
        if self.book is None:
            raise LookupError("nothing can be followed here: this house has no schedule")
        return self.book
