"""A plan done to an answer; what does not fit the contract any more is not done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contract_tests.surprise.answer import Answer
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.kinds import BY_NAME, rank
from contract_tests.surprise.surprise import Surprise


def bent(
    scene: Scene, surprises: Iterable[Surprise], base: Answer | None = None
) -> tuple[Answer, tuple[Surprise, ...]]:
    """Return the answer after all that could be done to it, and what was done.

    Where the contract has something against the whole, each one is tried on its own.
    """
    order = sorted(surprises, key=lambda each: (rank(each.kind), -each.place.count("/")))
    plain = base or scene.plain
    made, done = _all(scene, order, plain)
    if not scene.book.wrong(scene.operation_id, made):
        return made, tuple(done)
    made, done = plain, []
    for one in order:
        tried = _one(scene, one, made)
        if tried is not None and not scene.book.wrong(scene.operation_id, tried):
            made, done = tried, [*done, one]
    return made, tuple(done)


def possible(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield kinds and places of all that the catalogue finds to do to an answer."""
    for kind in BY_NAME.values():
        for place in kind.places(scene):
            yield kind.name, place


def _all(scene: Scene, order: Iterable[Surprise], plain: Answer) -> tuple[Answer, list[Surprise]]:
    made: Answer = plain
    done: list[Surprise] = []
    for one in order:
        tried = _one(scene, one, made)
        if tried is not None:
            made, done = tried, [*done, one]
    return made, done


def _one(scene: Scene, surprise: Surprise, answer: Answer) -> Answer | None:
    try:
        return BY_NAME[surprise.kind].bend(scene, answer, surprise.place)
    except ValueError:  # an answer that is no JSON
        return None
