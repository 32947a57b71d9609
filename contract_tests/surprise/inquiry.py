"""From a run that went otherwise to findings: each about the fewest surprises that do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs

from contract_tests.client.ran import Ran
from contract_tests.conduct import COURSE_RULES
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Finding, Grade
from contract_tests.findings.grade import Grading
from contract_tests.surprise import oracle
from contract_tests.surprise.book import Book
from contract_tests.surprise.effort import Effort
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.masks import Masks
from contract_tests.surprise.narrow import narrowed
from contract_tests.surprise.surprise import Surprise, ids

Plan = tuple[Surprise, ...]
Found = tuple[str, Finding]
_ALIKE = 3  # findings of one kind at one operation in one group: the rest is more of it
_COURSE = frozenset(rule.name for rule in COURSE_RULES)


@dataclass(slots=True)
class Inquiry:
    """One client, and how it ran plainly. `notes` are what could not be made out."""

    effort: Effort
    books: Mapping[str, Book]
    plain: Ran
    notes: list[str] = field(default_factory=list)
    _masks: Masks = field(init=False)
    _gradings: dict[str, Grading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know where secrets stand, and what documents say."""
        self._masks = Masks(self.books)
        for name, book in self.books.items():
            self._gradings[name] = Grading(name or None, book.contract)

    def together(self, plan: Plan) -> list[Found]:
        """Return what a group has brought to light, each narrowed to one surprise."""
        found: list[Found] = []
        counted: Counter[tuple[str, str]] = Counter()
        ran = self.effort.run(plan) if plan else None
        while plan and ran and oracle.suspicious(self.plain, ran):
            guilty = self._guilty(plan, ran, found)
            if not guilty:
                break
            counted.update((one.operation_id, one.kind) for one in guilty)
            left = [one for one in plan if one not in guilty]
            plan = tuple(o for o in left if counted[o.operation_id, o.kind] < _ALIKE)
            ran = self.effort.run(plan) if plan else None
        return found

    def alone(self, plan: Plan) -> list[Found]:
        """Return what a failure has brought to light."""
        ran = self.effort.run(plan)
        return self.wholly_judged(plan, ran) if ran else []

    def wholly_judged(self, plan: Plan, ran: Ran) -> list[Found]:
        """Return what a run shows, and how the client took its answers."""
        return [*self.judged(plan, ran), *self.course(plan, ran)]

    def paged(self, plan: Plan) -> list[Found]:
        """Return whether a client that follows pages stops at an empty one.

        `plan` holds two: many pages, and an empty one at the beginning.
        """
        many, empty = plan
        ran, other = self.effort.run((many,)), self.effort.run((empty,))
        if not (ran and other and oracle.reached(empty, other)):
            return []
        if self._followed(many, ran) < 2 or self._followed(empty, other):
            return []
        verdict = oracle.Verdict(
            oracle.FOLLOWED,
            Grade.BREACH,
            "no request after an empty page with a next one",
            "the next page, as after pages with items",
        )
        return [self._told(verdict, (empty,), empty, other)]

    def judged(self, plan: Plan, ran: Ran) -> list[Found]:
        """Return what a run says against the client."""
        for one in plan:
            verdict = oracle.verdict(BY_NAME[one.kind], one, self.plain, ran)
            if verdict is not None:
                return [self._told(verdict, plan, one, ran)]
        return []

    def _guilty(self, plan: Plan, ran: Ran, found: list[Found]) -> Plan:
        """Add the finding about the fewest that break it, and return them."""
        witness = [(tuple(one for one in plan if oracle.reached(one, ran)), ran)]

        def breaks(part: Plan) -> bool:
            tried = self.effort.narrow(part)
            if tried is None or not oracle.suspicious(self.plain, tried):
                return False
            witness.append((part, tried))
            return True

        if not witness[0][0]:
            return ()
        narrowed(witness[0][0], breaks)
        guilty, last = witness[-1]
        again = self.effort.narrow(guilty)
        if again is not None and not oracle.suspicious(self.plain, again):
            self.notes.append(f"It broke once and not again: --replay '{ids(guilty)}'.")
            return guilty
        found += self.judged(guilty, again or last)
        return guilty

    def _told(self, verdict: oracle.Verdict, plan: Plan, one: Surprise, ran: Ran) -> Found:
        finding = oracle.finding(verdict, one, ran, self.books[one.vendor])
        told = replace(finding, message=f"{finding.message} Repeat: --replay '{ids(plan)}'")
        # Where only a decision of ours documents the answer, that is what counts.
        graded = self._gradings[one.vendor].graded(replace(told, source=""))
        graded = graded if graded.grade is Grade.ASSUMPTION else told
        return one.vendor, self._masks.finding(one.vendor, graded, ran)

    def _followed(self, one: Surprise, ran: Ran) -> int:
        """Return how many requests for a further page there were."""
        book = self.books[one.vendor]
        listing = book.marks(one.operation_id).listing
        cursor = listing.pages.cursor if listing and listing.pages else ""
        asked = (heard.exchange.request for name, heard in ran.heard if name == one.vendor)
        own = (r.target.partition("?") for r in asked)
        return sum(cursor in parse_qs(query) for path, _, query in own if self._is(one, path))

    def _is(self, one: Surprise, path: str) -> bool:
        return self.books[one.vendor].operation_id("GET", path) == one.operation_id

    def course(self, plan: Plan, ran: Ran) -> Iterator[Found]:
        """Yield what the rules about reactions say of a run that the plain one does not."""
        vendor = plan[0].vendor
        known = {finding.cause for finding in self._reactions(vendor, self.plain)}
        for finding in self._reactions(vendor, ran):
            if finding.cause not in known:
                again = f"{finding.message} Repeat: --replay '{ids(plan)}'"
                yield vendor, replace(finding, message=again)

    def _reactions(self, vendor: str, ran: Ran) -> list[Finding]:
        book = self.books[vendor]
        conduct = Conduct(book.contract, book.roles, vendor=vendor)
        for name, heard in ran.heard:
            if name == vendor:
                conduct.hear(heard)
        return [each for each in conduct.outcome().findings if each.rule in _COURSE]
