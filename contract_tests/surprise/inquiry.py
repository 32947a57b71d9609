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
from contract_tests.surprise.kind import Expect
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.masks import Masks
from contract_tests.surprise.narrow import narrowed
from contract_tests.surprise.order import How, Step
from contract_tests.surprise.surprise import Surprise, ids

Plan = tuple[Surprise, ...]
Found = tuple[str, Finding]
_ALIKE = 3  # findings of one kind at one operation in one group: the rest is more of it
_COURSE = frozenset(rule.name for rule in COURSE_RULES)
_QUICK_S, _PATIENT_S = 6.0, 20.0  # a run without failures, and one where a client may wait
_ENDLESS_S = 36.0  # who is told each time to wait a second shows by then that it never stops
_EACH_S = 4.0  # for each of several waits
_TIMES = 6.0  # so many plain runs besides
_ALWAYS = frozenset({"401", "403", "500", "502", "503", "504"})
_MANNERS = frozenset({"slow_head", "dripping", "late"})  # of answers that say what they say
_STOPS = {
    "pages_empty_first": oracle.Verdict(
        oracle.FOLLOWED,
        Grade.BREACH,
        "no request after an empty page with a next one",
        "the next page, as after pages with items",
    ),
    "pages_many": oracle.Verdict(
        oracle.SHORT,
        Grade.BREACH,
        "no request after a page of one item with a next one",
        "the next page, as after full pages",
    ),
}


@dataclass(slots=True)
class Inquiry:
    """One client, and how it ran plainly. `notes` are what could not be made out."""

    effort: Effort
    books: Mapping[str, Book]
    plain: Ran
    notes: list[str] = field(default_factory=list)
    _endless: set[tuple[str, str, str]] = field(default_factory=set)
    _masks: Masks = field(init=False)
    _gradings: dict[str, Grading] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know where secrets stand, and what documents say."""
        self._masks = Masks(self.books)
        for name, book in self.books.items():
            self._gradings[name] = Grading(name or None, book.contract)

    def taken(self, step: Step) -> list[Found]:
        """Return what a step of the schedule has brought to light."""
        how = {
            How.TOGETHER: self.together,
            How.PAGED: self.paged,
            How.SEVERAL: self.several,
            How.ALONE: self.alone,
        }
        return how[step.how](step.plan)

    def together(self, plan: Plan) -> list[Found]:
        """Return what a group has brought to light, each narrowed to one surprise."""
        found: list[Found] = []
        counted: Counter[tuple[str, str]] = Counter()
        ran = self._run(plan) if plan else None
        while plan and ran and self._is_odd(plan, ran):
            guilty = self._guilty(plan, ran, found)
            if not guilty:
                break
            counted.update((one.operation_id, one.kind) for one in guilty)
            left = [one for one in plan if one not in guilty]
            plan = tuple(o for o in left if counted[o.operation_id, o.kind] < _ALIKE)
            ran = self._run(plan) if plan else None
        return found

    def alone(self, plan: Plan) -> list[Found]:
        """Return what a failure has brought to light.

        Who never stops after one does so after the same at another operation.
        """
        one = plan[0]
        alike = (one.vendor, one.kind, one.place)
        ran = None if alike in self._endless else self._run(plan)
        if ran and ran.hung and BY_NAME[one.kind].expects is Expect.COPE:
            self._endless.add(alike)
        return self.wholly_judged(plan, ran) if ran else []

    def several(self, plan: Plan) -> list[Found]:
        """Return what failures that pass have brought to light, each given once at least.

        What comes to light is looked for again one by one. A client that ends at the first of
        them has not met the others.
        """
        if len(plan) == 1:
            return self.alone(plan)
        ran = self._run(plan)
        if ran is None:
            return []
        met = tuple(one for one in plan if oracle.reached(one, ran))
        left = tuple(one for one in plan if one not in met)
        found = list[Found]()
        if met and (ran.hung or self.wholly_judged(met, ran)):
            found = [each for one in met for each in self.alone((one,))]
        return [*found, *(self.several(left) if met and left else [])]

    def wholly_judged(self, plan: Plan, ran: Ran) -> list[Found]:
        """Return what a run shows, and how the client took its answers."""
        return [*self.judged(plan, ran), *self.course(plan, ran)]

    def paged(self, plan: Plan) -> list[Found]:
        """Return whether a client that follows pages stops at a short one, or at an empty one.

        `plan` holds one list in full pages, in pages of one item, and with an empty page first.
        """
        ran = {one: self._run((one,)) for one in plan}
        given = {one: each for one, each in ran.items() if each and oracle.reached(one, each)}
        found = [each for one, run in given.items() for each in self.judged((one,), run)]
        follows = self._followed(plan[0], self.plain) > 0
        follows = follows or any(self._followed(one, run) > 0 for one, run in given.items())
        for one, run in given.items():
            is_end = one.kind in _STOPS and run.code == self.plain.code and not run.hung
            if follows and is_end and not self._followed(one, run):
                found.append(self._told(_STOPS[one.kind], (one,), one, run))
        return found

    def judged(self, plan: Plan, ran: Ran) -> list[Found]:
        """Return what a run says against the client; of several surprises, what weighs least."""
        if self._is_cut_short(plan, ran):
            return []
        verdicts = {
            one: verdict
            for one in plan
            if (verdict := oracle.verdict(BY_NAME[one.kind], one, self.plain, ran))
        }
        least = oracle.mildest(verdicts.values())
        one = next((one for one, verdict in verdicts.items() if verdict is least), None)
        return [self._told(least, plan, one, ran)] if least and one else []

    def _guilty(self, plan: Plan, ran: Ran, found: list[Found]) -> Plan:
        """Add the finding about the fewest that break it, and return them."""
        witness = [(tuple(one for one in plan if oracle.reached(one, ran)), ran)]

        def breaks(part: Plan) -> bool:
            tried = self.effort.narrow(part, self.limit_s(part))
            if tried is None or not self._is_odd(part, tried):
                return False
            witness.append((part, tried))
            return True

        if not witness[0][0]:
            return ()
        narrowed(witness[0][0], breaks)
        guilty, last = witness[-1]
        again = self.effort.narrow(guilty, self.limit_s(guilty))
        if again is not None and not self._is_odd(guilty, again):
            self.notes.append(f"It broke once and not again: --replay '{ids(guilty)}'.")
            return guilty
        found += self.judged(guilty, again or last)
        return guilty

    def _told(self, verdict: oracle.Verdict, plan: Plan, one: Surprise, ran: Ran) -> Found:
        book = self.books[one.vendor]
        if verdict.rule == oracle.SURVIVED and _is_unlisted(one, book):
            verdict = oracle.mildest((verdict, replace(verdict, grade=Grade.DRIFT))) or verdict
        finding = oracle.finding(verdict, one, ran, book)
        told = replace(finding, message=f"{finding.message} Repeat: --replay '{ids(plan)}'")
        # Where only a decision of ours documents the answer, that is what counts.
        # Of what every client must understand, no document need speak (RFC 9110, 15).
        graded = self._gradings[one.vendor].graded(replace(told, source=""))
        is_doubted = graded.grade is Grade.ASSUMPTION and not _is_plain(verdict, one)
        graded = graded if is_doubted else told
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
        """Yield what the rules of conduct say of a run that they do not say of the plain one.

        Those about single requests are asked only where no value was bent: an odd id or text may
        come back.
        """
        is_unbent = all(_leaves_values(one) for one in plan)
        for vendor in dict.fromkeys(one.vendor for one in plan):
            known = {finding.cause for finding in self._conduct(vendor, self.plain)}
            for finding in self._conduct(vendor, ran):
                if finding.cause not in known and (is_unbent or finding.rule in _COURSE):
                    again = f"{finding.message} Repeat: --replay '{ids(plan)}'"
                    yield vendor, replace(finding, message=again)

    def _conduct(self, vendor: str, ran: Ran) -> list[Finding]:
        book = self.books[vendor]
        conduct = Conduct(book.contract, book.roles, vendor=vendor)
        for name, heard in ran.heard:
            if name == vendor:
                conduct.hear(heard)
        return conduct.outcome().findings

    def _is_odd(self, plan: Plan, ran: Ran) -> bool:
        return oracle.suspicious(self.plain, ran) and not self._is_cut_short(plan, ran)

    def _is_cut_short(self, plan: Plan, ran: Ran) -> bool:
        """Say whether it was stopped because there was no time left: it may not have hung."""
        return ran.hung and ran.elapsed_s < self.limit_s(plan)

    def _run(self, plan: Plan) -> Ran | None:
        return self.effort.run(plan, self.limit_s(plan))

    def limit_s(self, plan: Plan) -> float:
        """Return how long a run may take: a client may wait between its attempts."""
        own = [_QUICK_S if BY_NAME[one.kind].expects is Expect.SURVIVE else _PATIENT_S
               for one in plan]  # fmt: skip
        own += [_ENDLESS_S for one in plan if one.kind == "error" and one.place == "429"]
        own_s = max(own, default=_QUICK_S) + _TIMES * self.plain.elapsed_s
        return own_s + _EACH_S * sum(bool(BY_NAME[one.kind].first) for one in plan[1:])


def _is_plain(verdict: oracle.Verdict, one: Surprise) -> bool:
    return verdict.rule == oracle.NOTICED and one.place in _ALWAYS


def _is_unlisted(one: Surprise, book: Book) -> bool:
    """Say whether it is a status of which the contract does not speak."""
    is_status = one.kind == "error" and one.place.isdigit()
    return is_status and book.entry(one.operation_id, int(one.place)) is None


def _leaves_values(one: Surprise) -> bool:
    return BY_NAME[one.kind].expects is Expect.COPE or one.kind in _MANNERS
