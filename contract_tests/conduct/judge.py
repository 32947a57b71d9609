"""A client under judgement: every request as it comes, and the course of all of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

from contract_tests.conduct import COURSE_RULES, REQUEST_RULES
from contract_tests.conduct.asked import Asked
from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.secrets import shown_in
from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding
from contract_tests.findings.grade import Grading
from contract_tests.roles.model import Roles
from contract_tests.run.observer import Observer
from contract_tests.run.outcome import Attempt, Outcome, Verdict
from contract_tests.wire.credential import NOBODY, Credential, joined
from contract_tests.wire.masking import mask
from contract_tests.words.bodies import Bodies
from contract_tests.words.judge import Words
from contract_tests.words.lookup import Lookup

_NAMES = (*(rule.name for rule in REQUEST_RULES), *(rule.name for rule in COURSE_RULES))


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
        self._lookup, self._bodies = Lookup(contract), Bodies(contract)
        self._grading = Grading(vendor or None, contract)
        self._words = Words(contract) if answers else None
        self._observer = Observer(contract)
        self._secrets = tuple(secrets)
        self._salt = os.urandom(16)
        self._lock = Lock()
        self._heard: list[Heard] = []
        self._found: list[Finding] = []

    def hear(self, heard: Heard) -> tuple[Finding, ...]:
        """Take a request with its answer, as they came; return what is wrong with them."""
        secret = self._secret(heard)
        asked = Asked(heard, self._contract, self._lookup, self._bodies)
        found = [finding for rule in REQUEST_RULES for finding in rule.check(asked)]
        exchange = mask(heard.exchange, secret)
        kept = replace(heard, exchange=exchange, asker=heard.asker or self._asker(secret))
        own = [_masked(finding, secret, kept) for finding in found]
        own += self._words.findings(exchange) if self._words else ()
        graded = tuple(map(self._grading.graded, own))
        with self._lock:
            self._heard.append(kept)
            self._found += graded
            self._observer.heard(exchange)
        return graded

    def course(self) -> Course:
        """Return what was heard so far, in the order in which the requests began."""
        with self._lock:
            heard = tuple(sorted(self._heard, key=lambda one: one.number))
        return Course(self._contract, self._roles, self._lookup, heard)

    def outcome(self) -> Outcome:
        """Return everything that was found so far, rule by rule."""
        course = self.course()
        with self._lock:
            found = list(self._found)
        for rule in COURSE_RULES:
            found += map(self._grading.graded, rule.check(course))
        outcome = Outcome(findings=found, causes=grouped(found), requests=len(course.heard))
        outcome.attempts = [_attempt(name, found, heard=bool(course.heard)) for name in _NAMES]
        outcome.tried = [one.name for one in outcome.attempts if course.heard]
        outcome.exchanges = [heard.exchange for heard in course.heard]
        outcome.coverage = self._observer.coverage()
        return outcome

    def sentence(self, finding: Finding) -> str:
        """Return what the documents say against a finding."""
        return self._grading.sentence(finding)

    def _secret(self, heard: Heard) -> Credential:
        shown = shown_in(heard.exchange.request, self._contract)
        known = tuple(dict.fromkeys((*self._secrets, *shown)))
        return joined(known) if known else NOBODY

    def _asker(self, secret: Credential) -> str:
        texts = "\0".join(each.secret for each in secret.singles)
        return hashlib.sha256(self._salt + texts.encode()).hexdigest()[:12] if texts else ""


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


def _attempt(rule: str, found: list[Finding], *, heard: bool) -> Attempt:
    own = tuple(finding for finding in found if finding.rule == rule)
    if not heard:
        return Attempt(rule, rule, Verdict.NOT_TRIED, reason="the client has sent nothing")
    return Attempt(rule, rule, Verdict.FOUND if own else Verdict.PASSED, own)
