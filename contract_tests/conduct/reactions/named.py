"""What answers have named: ids by what they are ids of, and other texts by their fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls import pointer
from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.kinds import Kinds, Shown

_DEEPEST, _MOST = 8, 20_000
_SHORTEST = 3  # a text of less may stand in any field
_ANSWERS = 5000  # who has not mixed up ids until then will not


@dataclass(slots=True)
class Named:
    """What was named so far: the kinds of each id, and the field of each other text."""

    ids: dict[str, set[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def learn(self, body: Any, shown: Iterable[Shown]) -> None:
        """Take what an answer names."""
        for where in shown:
            for value in pointer.found(body, where.at):
                if isinstance(value, str | int) and not isinstance(value, bool):
                    self.ids.setdefault(str(value), set()).add(where.kind)
        if len(self.texts) < _MOST:
            self.texts.update(_texts(body, "", 0))


def named_before(
    course: Course, kinds: Kinds, asking: list[Heard]
) -> Iterator[tuple[Heard, Named]]:
    """Yield each of these requests with what answers had named until then."""
    named, wanted = Named(), {one.number for one in asking}
    last = max(wanted, default=0)
    for one in course.heard[:_ANSWERS]:
        if one.number > last:
            return
        if one.number in wanted:
            yield one, named
        if one.exchange.ok:
            named.learn(one.exchange.body(), kinds.shown(course.name_of(one)))


def _texts(value: Any, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(inner, str(key), depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name, depth + 1)
    elif isinstance(value, str) and len(value) >= _SHORTEST:
        yield value, name
