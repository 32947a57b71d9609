"""What is found once is tried again: it counts if it shows itself, else it is flaky."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspected import answer, world

from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Roles
from contract_tests.run.inspection import Inspection, Step, plan
from contract_tests.run.outcome import Outcome, Verdict
from contract_tests.wire.exchange import Request, Response
from contract_tests.world.world import NotTried, World

_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
_GOOD = {"description": "", "content": {"application/json": {"schema": _TEXT}}}


def _operation(name: str) -> dict[str, Any]:
    return {"operationId": name, "summary": name, "responses": {"200": _GOOD, "404": _GOOD}}


CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "http://h"}],
    "paths": {"/item": {"get": _operation("read"), "post": _operation("write")}},
}


class Script:
    """Answers each request with the next of a list, and with the last one from then on."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Response:
        self.asked.append(request.method)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


GOOD, BAD = answer({"text": "x"}), answer({"text": 1})
FAILED, GONE = answer({"text": "x"}, 500), answer({"text": "x"}, 404)


def _it(world: World) -> list[tuple[str, None]]:
    return [("it", None)]


def silent(request: Request) -> Any:
    return None


def rule(check: Callable[[World, Any], Iterator[Finding]], effect: Effect = Effect.READS) -> Rule:
    return Rule("a_rule", "It holds.", effect, _it, check)


def reads(world: World, subject: Any) -> Iterator[Finding]:
    world.call("read")
    return iter(())


def writes(world: World, subject: Any) -> Iterator[Finding]:
    world.call("write")
    return iter(())


def reads_then_writes(world: World, subject: Any) -> Iterator[Finding]:
    world.call("read")
    world.call("write")
    return iter(())


def finds_failures(world: World, subject: Any) -> Iterator[Finding]:
    exchange = world.call("write")
    if not exchange.ok:
        raise NotTried("it cannot be made any more")
    if exchange.body()["text"] != "x":
        yield Finding("a_rule", "POST /item", "", "", "", "", (exchange,))


def run(
    script: Script, check: Any, effect: Effect = Effect.READS, grade: Grade = Grade.BREACH
) -> Outcome:
    def graded(finding: Finding) -> Finding:
        return Finding(**{n: getattr(finding, n) for n in finding.__slots__} | {"grade": grade})

    inspection = Inspection(world(CONTRACT, Roles(), script), graded)
    inspection.run([Step(rule(check, effect), "it", None)])
    return inspection.done()


def flaky(outcome: Outcome) -> list[bool]:
    return [cause.flaky for cause in outcome.causes]


@given(st.lists(st.booleans(), min_size=2, max_size=2))
def test_words_count_if_they_show_again_in_either_of_two_repetitions(again: list[bool]) -> None:
    script = Script(BAD, *(BAD if shows else GOOD for shows in again), GOOD)
    outcome = run(script, reads, Effect.EXHAUSTS)
    assert flaky(outcome) == [not any(again)]


def test_what_always_shows_is_asked_once_more_only() -> None:
    script = Script(BAD)
    assert flaky(run(script, reads)) == [False]
    assert script.asked == ["GET", "GET"]


def test_a_server_error_that_does_not_come_back_is_flaky() -> None:
    assert flaky(run(Script(FAILED, GOOD), reads)) == [True]


def test_a_finding_about_what_is_gone_meanwhile_stays() -> None:
    assert flaky(run(Script(BAD, GONE), reads)) == [False]


def test_reading_again_after_writing_proves_nothing_so_the_step_decides() -> None:
    script = Script(BAD, GOOD, GOOD, GOOD, BAD, GOOD)
    assert flaky(run(script, reads_then_writes)) == [False]


def test_a_step_that_writes_is_repeated_as_a_whole() -> None:
    script = Script(BAD, GOOD, BAD)
    assert flaky(run(script, writes)) == [False]
    assert script.asked == ["POST", "POST", "POST"]


def test_a_step_that_never_shows_it_again_makes_it_flaky() -> None:
    script = Script(BAD, GOOD)
    assert flaky(run(script, writes)) == [True]
    assert len(script.asked) == 3


def test_a_step_that_cannot_be_repeated_leaves_its_finding_certain() -> None:
    assert flaky(run(Script(BAD, GONE), finds_failures)) == [False, False]


def test_what_uses_a_limit_up_is_not_done_twice() -> None:
    script = Script(BAD, GOOD)
    assert flaky(run(script, writes, Effect.EXHAUSTS)) == [False]
    assert len(script.asked) == 1


def test_an_assumption_is_not_worth_another_request() -> None:
    script = Script(BAD, GOOD)
    run(script, reads, grade=Grade.ASSUMPTION)
    assert len(script.asked) == 1


def test_what_two_requests_show_needs_no_third() -> None:
    def twice(world: World, subject: Any) -> Iterator[Finding]:
        world.call("read")
        world.call("read")
        return iter(())

    script = Script(BAD)
    assert flaky(run(script, twice)) == [False]
    assert len(script.asked) == 2


def test_what_was_doubtful_and_shows_itself_in_a_later_step_is_certain() -> None:
    script = Script(BAD, GOOD, GOOD, BAD, GOOD)
    inspection = Inspection(world(CONTRACT, Roles(), script))
    step = Step(rule(reads, Effect.EXHAUSTS), "it", None)
    inspection.run([step, step])
    assert flaky(inspection.done()) == [False]


def test_no_answer_is_a_finding() -> None:
    inspection = Inspection(world(CONTRACT, Roles(), silent))
    inspection.run([Step(rule(reads), "it", None)])
    assert [cause.shown.rule for cause in inspection.done().causes] == ["answers_in_time"]


def test_an_operation_that_stays_silent_is_asked_three_times_only() -> None:
    here = world(CONTRACT, Roles(), silent)
    for _ in range(3):
        here.call("read")
    with pytest.raises(NotTried, match="has not answered 3 times"):
        here.call("read")


def test_a_fault_of_ours_is_told_and_the_other_steps_go_on() -> None:
    def fails(world: World, subject: Any) -> Iterator[Finding]:
        raise ZeroDivisionError("our fault")

    inspection = Inspection(world(CONTRACT, Roles(), Script(GOOD)))
    inspection.run([Step(rule(fails), "it", None), Step(rule(reads), "it", None)])
    outcome = inspection.done()
    assert [a.verdict for a in outcome.attempts] == [Verdict.ERROR, Verdict.PASSED]
    assert "ZeroDivisionError: our fault" in outcome.errors[0].reason
    assert "Traceback" in outcome.errors[0].trace


def test_a_rule_that_cannot_tell_its_subjects_is_an_error_of_the_run_and_not_its_end() -> None:
    def subjects(world: World) -> list[tuple[str, None]]:
        raise KeyError("no such resource")

    here = world(CONTRACT, Roles(), Script(GOOD))
    bad = Rule("bad", "It holds.", Effect.READS, subjects, reads)
    inspection = Inspection(here)
    inspection.run(plan(here, [bad, rule(reads)]))
    assert [a.verdict for a in inspection.done().attempts] == [Verdict.ERROR, Verdict.PASSED]
