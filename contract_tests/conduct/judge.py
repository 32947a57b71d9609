"""A client under judgement: every request as it comes, and the course of all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from contract_tests.conduct import COURSE_RULES, REQUEST_RULES
from contract_tests.conduct.allowances import NONE, allowances_of
from contract_tests.conduct.asked import Asked
from contract_tests.conduct.course import Course
from contract_tests.conduct.demands import Demands
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.pace import pace
from contract_tests.conduct.rule import CourseRule, RequestRule
from contract_tests.conduct.secrets import Secrets
from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding
from contract_tests.findings.grade import Grading
from contract_tests.roles.model import Roles
from contract_tests.run.observer import Observer
from contract_tests.run.outcome import Attempt, Outcome, Verdict
from contract_tests.wire.credential import NOBODY, Credential, joined
from contract_tests.wire.exchange import Exchange
from contract_tests.wire.masking import mask
from contract_tests.words.judge import Words

_NONE: frozenset[str] = frozenset()
_OF_HEADERS = frozenset({"headers_are_documented", "media_type_is_documented"})
_OF_BODIES = frozenset({"body_fits_schema", "body_is_json", "body_is_where_documented"})


class Conduct:
    """Judges what a client does at one vendor; may be told from any thread.

    What it keeps and gives out is masked. `secrets` are credentials that are known beforehand;
    whatever else a request shows where credentials stand is masked too. `answers` are judged as
    well if they are not our own (a proxy, a recording).
    """

    def __init__(
        self,
        contract: Mapping[str, Any],
        roles: Roles,
        *,
        vendor: str = "",
        secrets: Iterable[Credential] = (),
        answers: bool = False,
    ) -> None:
        """Take a resolved contract and what is known of its operations."""
        self._contract, self._roles = contract, roles
        allowances = allowances_of(vendor) if vendor else NONE
        self._demands = Demands(contract, allowances)
        self._shown = Secrets(contract, vendor, allowances)
        self._grading = Grading(vendor or None, contract)
        self._words = Words(contract) if answers else None
        self._observer = Observer(contract)
        self._secrets = tuple(secrets)
        self._salt = os.urandom(16)
        self._lock = Lock()
        self._heard: list[Heard] = []
        self._elsewhere: list[Heard] = []
        self._found: list[Finding] = []

    def hear(self, heard: Heard) -> tuple[Finding, ...]:
        """Take a request with its answer, as they came; return what is wrong with them."""
        secret = self._secret(heard)
        asked = Asked(heard, self._demands, secret)
        found = [finding for rule in REQUEST_RULES for finding in rule.check(asked)]
        exchange = self._kept(asked, secret)
        kept = replace(heard, exchange=exchange, asker=heard.asker or self._asker(heard))
        masked = [_masked(self._bare(finding), secret, kept) for finding in found]
        own = map(self._grading.of_request, masked)
        graded = (*own, *map(self._grading.graded, self._of_answer(heard, exchange)))
        with self._lock:
            self._heard.append(kept)
            self._found += graded
            self._observer.heard(exchange)
        return graded

    def hear_elsewhere(self, heard: Heard) -> None:
        """Take a request to another host, to which an answer has led.

        It is not judged by the contract: only what it shows there counts, and to whom.
        """
        secret = self._secret(heard)
        exchange = mask(self._shown.in_their_places(heard.exchange), secret)
        kept = replace(heard, exchange=exchange, asker=heard.asker or self._asker(heard))
        with self._lock:
            self._elsewhere.append(kept)

    def _of_answer(self, heard: Heard, exchange: Exchange) -> Iterator[Finding]:
        found = self._words.findings(exchange) if self._words else ()
        untold = _untold(heard)
        yield from (one for one in found if one.rule not in untold)

    def course(self) -> Course:
        """Return what was heard so far, in the order in which the requests began."""
        with self._lock:
            heard = tuple(sorted(self._heard, key=lambda one: one.number))
            elsewhere = tuple(self._elsewhere)
        return Course(self._contract, self._roles, self._demands.lookup, heard, elsewhere)

    def outcome(self) -> Outcome:
        """Return everything that was found so far, rule by rule."""
        course = self.course()
        with self._lock:
            found = list(self._found)
        for rule in COURSE_RULES:
            found += map(self._grading.graded, rule.check(course))
        outcome = Outcome(findings=found, causes=grouped(found), requests=len(course.heard))
        outcome.attempts = list(_attempts(course, found))
        not_tried = [one for one in outcome.attempts if one.verdict is Verdict.NOT_TRIED]
        outcome.tried = [one.name for one in outcome.attempts if one not in not_tried]
        outcome.not_tried = {one.name: one.reason for one in not_tried}
        outcome.notes = list(pace(course))
        outcome.exchanges = [heard.exchange for heard in course.heard]
        outcome.coverage = self._observer.coverage()
        return outcome

    def sentence(self, finding: Finding) -> str:
        """Return what the documents say against a finding."""
        return self._grading.sentence(finding)

    def _secret(self, heard: Heard) -> Credential:
        known = tuple(dict.fromkeys((*self._secrets, *self._shown.shown_in(heard.exchange))))
        return joined(known) if known else NOBODY

    def _bare(self, finding: Finding) -> Finding:
        return replace(finding, received=self._shown.text(finding.received))

    def _kept(self, asked: Asked, secret: Credential) -> Exchange:
        """Return the exchange without its secrets, and with the name of its operation."""
        exchange = mask(self._shown.in_their_places(asked.heard.exchange), secret)
        if exchange.operation_id or asked.operation is None:
            return exchange
        named = str(asked.operation.definition.get("operationId", ""))
        return replace(exchange, operation_id=named)

    def _asker(self, heard: Heard) -> str:
        text = self._shown.asker(heard.exchange.request)
        return hashlib.sha256(self._salt + text.encode()).hexdigest()[:12] if text else ""


def _untold(heard: Heard) -> frozenset[str]:
    """Return the rules that an answer cannot be held to, because not all of it was kept."""
    response = heard.exchange.response
    lacks_headers = heard.recorded and response is not None and not response.headers
    return (_OF_BODIES if heard.answer_cut else _NONE) | (_OF_HEADERS if lacks_headers else _NONE)


def _masked(finding: Finding, secret: Credential, kept: Heard) -> Finding:
    return replace(
        finding,
        operation=secret.mask(finding.operation),
        place=secret.mask(finding.place),
        message=secret.mask(finding.message),
        received=secret.mask(finding.received),
        expected=secret.mask(finding.expected),
        statement=secret.mask(finding.statement),
        exchanges=(kept.exchange,),
    )


def _attempts(course: Course, found: list[Finding]) -> Iterator[Attempt]:
    """Yield what became of every rule; one without a finding may have had nothing to try."""
    rules: tuple[RequestRule | CourseRule, ...] = (*REQUEST_RULES, *COURSE_RULES)
    for rule in rules:
        own = tuple(finding for finding in found if finding.rule == rule.name)
        reason = "" if own else _untried(rule, course)
        tried = Verdict.FOUND if own else Verdict.PASSED
        yield Attempt(rule.name, rule.name, Verdict.NOT_TRIED if reason else tried, own, reason)


def _untried(rule: RequestRule | CourseRule, course: Course) -> str:
    if not course.heard:
        return "the client has sent nothing"
    return rule.untried(course) if isinstance(rule, CourseRule) else ""
