"""Whatever a new one was made for, it shows what was sent: what was seen of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contract_tests.calls import pointer
from contract_tests.checks.created_is_readable import cause
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.shown_as_sent import same, word_by_word
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Creation
from contract_tests.world.shelf import Made, Shelf
from contract_tests.world.world import NotTried, World

NAME = "all_new_show_theirs"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Look at all that was made so far, or at a new one: only some texts may go wrong."""
    creation, name = shelf.resource.create, shelf.resource.name
    if creation is None:
        raise NotTried(f"nothing creates {name}")
    if not any(kind == name for kind, _ in world.made):
        shelf.create()
    told: set[str] = set()
    for made in [one for kind, one in world.made if kind == name]:
        # Under the name of the rule that looks at the first two: one fault has one cause.
        seen = cause(shelf, creation, made)
        for finding in (
            *word_by_word(seen, creation, made, made.item),
            *same(seen, _shown_at_once(creation, made), made, made.item),
        ):
            if finding.place not in told:
                told.add(finding.place)
                yield finding


def _shown_at_once(creation: Creation, made: Made) -> Creation:
    """Return what the answer of a creation has to show, if it shows it at all."""
    return replace(
        creation,
        same={
            sent_at: place
            for sent_at, place in creation.same.items()
            if pointer.read(made.item, place, None) is not None
        },
    )


RULE = Rule(
    name=NAME,
    sentence="Every new one shows what was sent for it, whatever it was made for.",
    effect=Effect.DELETES,
    subjects=resources("create"),
    check=check,
)
