"""A link of the contract can be followed from an answer to a success."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.checks.rule import Effect, Rule
from contract_tests.documents.links import Link, NothingToFollow, Traveller, links
from contract_tests.findings.finding import Finding, Grade
from contract_tests.world.world import NotTried, World

NAME = "links_lead_on"
_ORDER = ("get", "head", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Journey:
    """A link, and who follows it: they all go together, so that they share what they found."""

    link: Link
    traveller: Traveller


def subjects(world: World) -> Iterable[tuple[str, Journey]]:
    """Select every link, those that end something last."""
    known = [link for link in links(world.contract) if world.has(link.target)]
    known.sort(key=lambda link: _ORDER.index(world.operations[link.target].method.lower()))
    traveller = Traveller(world)
    return [(str(link), Journey(link, traveller)) for link in known]


def check(world: World, journey: Journey) -> Iterator[Finding]:
    """Follow it."""
    link = journey.link
    try:
        arrived = journey.traveller.follow(link)
    except NothingToFollow as nothing:
        raise NotTried(str(nothing)) from None
    if not arrived.ok:
        yield Finding(
            NAME,
            world.label(link.source),
            link.name,
            f"The link does not lead to a success of {world.label(link.target)}.",
            str(arrived.status),
            "a success",
            (arrived,),
            source=world.roles.links,
            grade=Grade.ASSUMPTION if world.roles.links == "decision" else Grade.BREACH,
        )


RULE = Rule(
    name=NAME,
    sentence="A link of the contract can be followed from an answer to a success.",
    effect=Effect.DELETES,
    subjects=subjects,
    check=check,
    source="OpenAPI 3.0.3, 4.8.20",
)
