"""An outcome → a report: texts, curl lines, places in the contract, sentences of documents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import specs
from contract_tests.documents.places import Place, Places
from contract_tests.findings.baseline import Comparison
from contract_tests.findings.causes import Cause
from contract_tests.findings.finding import Finding, Grade
from contract_tests.reports.record import Entry, Message, Report, Step, Talk
from contract_tests.reports.rules import sentence_of
from contract_tests.run.outcome import About, Attempt, Outcome
from contract_tests.wire.curl import curl
from contract_tests.wire.exchange import Exchange

Sentence = Callable[[Finding], str]
_LONGEST_BODY = 20_000  # a report is read by people
_ORDER = (*map(str, Grade), "flaky", "known")


def reported(outcome: Outcome, sentence: Sentence = lambda _: "") -> Report:
    """Return what is to be told of `outcome`; `sentence` words what the document says."""
    about = outcome.about
    file = _contract_file(about)
    places = Places(file) if file else None
    comparison = outcome.comparison or Comparison()
    entries = [_entry(cause, places, comparison, sentence) for cause in outcome.causes]
    return Report(
        target=about.target,
        contract=about.contract,
        file=places.of().file if places else "",
        credential=about.credential,
        mode=about.mode,
        seed=about.seed,
        shard=about.shard,
        began_at=about.began_at,
        elapsed_s=outcome.elapsed_s,
        requests=outcome.requests,
        limits=asdict(about.limits),
        cut_off=outcome.cut_off,
        # Gravest first; within a grade as they were seen.
        entries=tuple(sorted(entries, key=lambda entry: _ORDER.index(entry.label))),
        vanished=comparison.vanished,
        steps=tuple(map(_step, outcome.attempts)),
        notes=tuple(outcome.notes),
        left_over=tuple(outcome.left_over),
        coverage=outcome.coverage,
        exchanges=tuple(outcome.exchanges),
        command=about.command,
        child_code=about.child_code,
    )


def _contract_file(about: About) -> Path | None:
    if about.contract_file or not about.vendor:
        return about.contract_file
    return specs.path_of(about.vendor)


def _entry(
    cause: Cause, places: Places | None, comparison: Comparison, sentence: Sentence
) -> Entry:
    shown, exchange = cause.shown, cause.exchange
    return Entry(
        id=cause.id,
        rule=shown.rule,
        sentence=sentence_of(shown.rule),
        grade=shown.grade,
        operation=shown.operation,
        operations=cause.operations,
        field=shown.place,
        message=shown.message,
        received=shown.received,
        expected=shown.expected,
        document=sentence(shown) or _cited(shown),
        curl=curl(exchange) if exchange else "",
        count=len(cause.findings),
        flaky=cause.flaky,
        state=_state(cause.id, comparison),
        place=places.of(shown.statement, shown.operation) if places else Place(""),
        talks=tuple(map(_talk, shown.exchanges)),
        caller=exchange.caller if exchange else "",
    )


def _cited(finding: Finding) -> str:
    return finding.source and f"source: {finding.source}"


def _state(cause_id: str, comparison: Comparison) -> str:
    if cause_id in comparison.known:
        return "known"
    return "new" if cause_id in comparison.new else ""


def _step(attempt: Attempt) -> Step:
    causes = dict.fromkeys(" | ".join(finding.cause) for finding in attempt.findings)
    return Step(
        name=attempt.name,
        rule=attempt.rule,
        verdict=attempt.verdict.value,
        reason=attempt.reason,
        trace=attempt.trace,
        causes=tuple(causes),
        requests=attempt.requests,
        elapsed_s=attempt.elapsed_s,
    )


def _talk(exchange: Exchange) -> Talk:
    sent, got = exchange.request, exchange.response
    request = Message(f"{sent.method} {exchange.url}", sent.headers, *_readable(sent.body))
    answer = Message(str(got.status), got.headers, *_readable(got.body)) if got else None
    return Talk(request, answer, exchange.failure, exchange.at)


def _readable(body: bytes) -> tuple[str, int]:
    text = body[:_LONGEST_BODY].decode("utf-8", "backslashreplace")
    return text + (" …" if len(body) > _LONGEST_BODY else ""), len(body)
