"""What a kind of surprise is: a name, a sentence, places where it fits, and the bending itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contract_tests.findings.finding import Grade
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.book import Book, Marks
from contract_tests.surprise.fields import Field
from contract_tests.surprise.names import Names


class Expect(StrEnum):
    """What a client is to do: live with a success, or cope with a failure."""

    SURVIVE = "survive"
    COPE = "cope"


@dataclass(frozen=True, slots=True, repr=False)
class Scene:
    """Where an answer is given: the operation, what was asked, and what the client said before.

    `plain` is the answer before anything was done to it. `url` is the address that was asked, with
    its query; `own` are texts and numbers that the client itself gave: they come back as they are.
    """

    book: Book
    operation_id: str
    plain: Answer
    url: str = ""
    own: frozenset[Any] = frozenset()
    accepts_gzip: bool = False
    names: Names = field(default_factory=Names)
    pages: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Field]:
        """The places of the plain answer."""
        return self.book.fields(self.operation_id, self.plain)

    @property
    def marks(self) -> Marks:
        """The places that mean something."""
        return self.book.marks(self.operation_id)

    def bendable(self, pointer: str) -> bool:
        """Say whether a place may be anything: no id, nothing that leads on."""
        marks = self.marks
        if self.plain.status >= 400:
            errors = self.book.roles.errors
            return errors is None or pointer != errors.status
        kept = any(inner == pointer or inner.startswith(f"{pointer}/") for inner in marks.kept)
        return not (kept or self.book.is_id(self.operation_id, pointer))

    def is_own(self, value: Any) -> bool:
        """Say whether the client itself gave a value."""
        return isinstance(value, str | int | float) and value in self.own


Bend = Callable[[Scene, Answer, str], Answer | None]
Places = Callable[[Scene], Iterable[str]]


def at_whole(scene: Scene) -> Iterable[str]:
    """Any answer, as a whole."""
    del scene
    return ("",)


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that contracts allow.

    `bend` returns None where it cannot be done. `grade` is how grave it is if a client breaks on
    it; `aspect` what of a field is meant, as decisions in SOURCES.md name it; `source` what allows
    it. `may_refuse`: a client that ends with a clean refusal has only chosen so. `first` is how
    many of an operation's answers it is done to, all if 0.
    """

    name: str
    sentence: str
    bend: Bend = field(repr=False)
    places: Places = field(default=at_whole, repr=False)
    expects: Expect = Expect.SURVIVE
    grade: Grade = Grade.BREACH
    aspect: str = ""
    source: str = ""
    may_refuse: bool = False
    first: int = 0
