"""What a list hides appears with the parameter that reveals it, and with nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Filter
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME, NEW = "hidden_are_revealed", "hidden_new_are_revealed"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Compare the plain list with those that reveal, one by one and together."""
    case = _Case(world, shelf, NAME)
    plain = case.listed({})
    if plain is None:
        raise NotTried(f"{shelf.resource.name} cannot be listed")
    for one in reveals(shelf):
        yield from case.hides(plain, one)
        yield from case.widens(plain, one)
        yield from case.is_off(plain, one)


def check_new(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Make one of each hidden kind, by deleting or by its creation, and look for it."""
    if shelf.resource.create is None or not shelf.resource.list:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    case = _Case(world, shelf, NEW)
    for one in reveals(shelf):
        made = case.made(one)
        if made is not None:
            yield from case.appears(made, one)
            if one.made_with and shelf.resource.delete:
                shelf.delete(made)


def reveals(shelf: Shelf) -> list[Filter]:
    """Return the parameters of a list that show what it hides without them."""
    listing = shelf.resource.list
    return [one for one in listing.filters if one.kind == "reveals"] if listing else []


@dataclass(frozen=True, slots=True)
class _Listed:
    """An answer, and its items by their ids."""

    page: Exchange
    items: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    shelf: Shelf
    rule: str

    def listed(self, arguments: dict[str, Any]) -> _Listed | None:
        """Return the list with these parameters; None if it is not given."""
        page = self.shelf.page(arguments)
        if not page.ok:
            return None
        items = self.shelf.all(arguments) if self._is_paged() else self.shelf.items_on(page)
        return _Listed(page, {str(self.shelf.id_of(item)): item for item in items})

    def hides(self, plain: _Listed, one: Filter) -> Iterator[Finding]:
        """Yield a finding if the plain list shows what it should hide."""
        for item_id, item in plain.items.items():
            if _shows(item, one):
                yield self._finding(one, "hidden", plain, item_id, "a list without it")
                return

    def widens(self, plain: _Listed, one: Filter) -> Iterator[Finding]:
        """Yield what is wrong with the list that reveals: all of the plain one, and only those."""
        wide = self.listed({one.parameter: one.value})
        if wide is None:
            return
        lost = [item_id for item_id in plain.items if item_id not in wide.items]
        others = [
            item_id
            for item_id, item in wide.items.items()
            if item_id not in plain.items and not _shows(item, one)
        ]
        if lost:
            yield self._finding(one, "lost", wide, f"without {lost[0]}", "the plain list and more")
        if others:
            yield self._finding(one, "others", wide, others[0], f"only items with {one.shows}")

    def is_off(self, plain: _Listed, one: Filter) -> Iterator[Finding]:
        """Yield a finding if `false` is not the same as nothing."""
        if one.value is not True:
            return
        narrow = self.listed({one.parameter: False})
        if narrow is not None and narrow.items.keys() != plain.items.keys():
            received = f"{len(narrow.items)} items"
            yield self._finding(one, "false", narrow, received, f"{len(plain.items)}, as without")

    def made(self, one: Filter) -> Any:
        """Return the id of a new hidden one; None where there is no way to make one for sure."""
        made = self.shelf.create(one.made_with)
        if not one.made_with:
            if not self.shelf.resource.delete or not self.shelf.delete(made.id).ok:
                return None
            return made.id
        shown = self.shelf.shown(self.shelf.read(made.id)) if self.shelf.resource.read else None
        if not _shows(shown, one):
            # A creation that takes no notice of it makes one that is not hidden.
            return None
        return made.id

    def appears(self, item_id: Any, one: Filter) -> Iterator[Finding]:
        """Yield what is wrong with the lists around a hidden one."""
        listed = self.listed({one.parameter: one.value})
        if listed is not None and str(item_id) not in listed.items:
            yield self._finding(one, "absent", listed, "a list without it", str(item_id))
        plain = self.listed({})
        if plain is not None and str(item_id) in plain.items:
            yield self._finding(one, "hidden", plain, str(item_id), "a list without it")
        if listed is not None and plain is not None:
            yield from self.widens(plain, one)
            yield from self.is_off(plain, one)
        yield from self._by_others(item_id, one)

    def _by_others(self, item_id: Any, one: Filter) -> Iterator[Finding]:
        others = {o.parameter: o.value for o in reveals(self.shelf) if o is not one}
        if not others:
            return
        listed, every = self.listed(others), self.listed({**others, one.parameter: one.value})
        if listed is not None and str(item_id) in listed.items:
            yield self._finding(one, "by others", listed, str(item_id), "a list without it")
        if every is not None and str(item_id) not in every.items:
            yield self._finding(one, "together", every, "a list without it", str(item_id))

    def _is_paged(self) -> bool:
        return bool(self.shelf.resource.list and self.shelf.resource.list.pages)

    def _finding(
        self, one: Filter, place: str, seen: _Listed, received: str, expected: str
    ) -> Finding:
        label = self.world.label(seen.page.operation_id)
        return Finding(
            rule=self.rule,
            operation=label,
            place=f"{one.parameter} {place}",
            message=f"{one.parameter} of {label} does not show what is hidden without it.",
            received=received,
            expected=expected,
            exchanges=(seen.page,),
            statement=f"{label} ?{one.parameter}",
            source=one.source,
        )


def _shows(item: Any, one: Filter) -> bool:
    return bool(one.shows) and all(
        pointer.read(item, place, None) == value for place, value in one.shows.items()
    )


def _hiding(world: World) -> list[tuple[str, Shelf]]:
    shelves = [(resource.name, Shelf(world, resource)) for resource in world.roles.resources]
    return [(name, shelf) for name, shelf in shelves if reveals(shelf)]


RULE = Rule(
    name=NAME,
    sentence="What a list hides appears with the parameter that reveals it, and only then.",
    effect=Effect.READS,
    subjects=_hiding,
    check=check,
)
NEW_RULE = Rule(
    name=NEW,
    sentence="A new item that a list hides appears with the parameter that reveals it.",
    effect=Effect.DELETES,
    subjects=_hiding,
    check=check_new,
)
