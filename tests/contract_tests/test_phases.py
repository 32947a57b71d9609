"""Schemathesis' phases as part of a run: what they find, what they leave alone, what they cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from phase_rig import Counted, Seen, generated, served

from benchmarks.mutation.serving import Answer, Call
from contract_tests.findings.finding import Grade
from contract_tests.findings.grade import Grading
from contract_tests.phases.unlisted import has_unlisted
from contract_tests.wire.limits import OutOfLimits
from contract_tests.world.world import World


def _run(app: Counted, *chosen: str, vendor: str = "ngrok", **limits: float) -> Seen:
    with served(vendor, app, **limits) as world:
        return generated(world, *chosen)


def _breaches(seen: Seen, vendor: str = "ngrok") -> set[tuple[str, str]]:
    graded = map(Grading(vendor).graded, seen.findings)
    return {(f.rule, f.place) for f in graded if f.grade is not Grade.ASSUMPTION}


def _failing(call: Call, answer: Answer) -> Answer:
    return Answer(500 if answer.status == 400 else answer.status, answer.body)


def _lenient(call: Call, answer: Answer) -> Answer:
    return Answer(200 if answer.status == 400 else answer.status, answer.body)


def _unasked(call: Call, answer: Answer) -> Answer:
    return Answer(200 if answer.status == 401 else answer.status, answer.body)


def _no_limit(call: Call, answer: Answer) -> Answer | None:
    return Answer(400, answer.body) if call.last("limit") else None


def _limited(call: Call, answer: Answer) -> Answer:
    return Answer(429, answer.body, {"Retry-After": "400"})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["correct", "stranger"])
@pytest.mark.parametrize("vendor", ["ngrok", "pingplotter"])
def test_a_correct_server_is_accused_of_nothing_but_our_decisions(vendor: str, name: str) -> None:
    seen = _run(Counted(vendor, name=name), vendor=vendor)
    assert _breaches(seen, vendor) == set()
    assert not seen.tally.errors
    assert seen.tally.phases == {"examples", "coverage", "fuzzing", "stateful"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bend", "rule", "place"),
    [
        (_failing, "not_a_server_error", "query limit"),
        (_lenient, "negative_data_rejection", "query limit"),
        (_lenient, "negative_data_rejection", "header Ngrok-Version"),
        (_no_limit, "positive_data_acceptance", "ordinary values"),
        (_unasked, "ignored_auth", "API accepts requests without authentication"),
    ],
)
def test_a_fault_is_found_by_the_check_that_is_meant_for_it(
    bend: object, rule: str, place: str
) -> None:
    assert (rule, place) in _breaches(_run(Counted("ngrok", bend), "coverage"))


def test_what_hangs_is_one_finding_and_costs_three_requests() -> None:
    asleep = threading.Event()

    def hanging(call: Call, answer: Answer) -> None:
        if call.segments == ("app", "sessions"):
            asleep.wait()

    app = Counted("ngrok", hanging)
    seen = _run(app, "coverage", timeout_s=0.3)
    asleep.set()
    hung = [f for f in seen.findings if f.rule == "answers_in_time"]
    assert [f.operation for f in hung] == ["GET /app/sessions"]
    assert "0.3 s" in hung[0].received
    # Two more are Schemathesis' own questions about the server.
    assert len([c for c in app.calls if c.segments == ("app", "sessions")]) <= 3 + 2


def test_a_server_that_breaks_off_is_found() -> None:
    def breaking(call: Call, answer: Answer) -> None:
        if call.method == "DELETE":
            raise ConnectionError

    seen = _run(Counted("ngrok", breaking), "coverage")
    hung = {f.operation for f in seen.findings if f.rule == "answers_in_time"}
    assert "DELETE /app/sessions/{id}" in hung


def test_a_server_that_limits_the_rate_is_left_alone() -> None:
    seen = _run(Counted("ngrok", _limited))
    assert seen.findings == []
    assert seen.tally.ended == "the server limits the rate"
    assert len(seen.exchanges) == 1


def test_no_more_is_sent_than_the_limits_allow() -> None:
    app = Counted("ngrok")
    with served("ngrok", app, max_requests=40) as world, pytest.raises(OutOfLimits):
        generated(world)
    assert len(app.calls) == 40


@pytest.mark.slow
def test_the_same_seed_sends_the_same_requests() -> None:
    def sent(seed: int) -> list[tuple[str, str, bytes]]:
        with served("ngrok", Counted("ngrok")) as world:
            seen = generated(world, "fuzzing", examples=3, seed=seed)
        requests = [exchange.request for exchange in seen.exchanges]
        return [(r.method, r.target, r.body) for r in requests]

    assert sent(7) == sent(7)
    assert sent(7) != sent(8)


@pytest.fixture
def guarded() -> Iterator[World]:
    with served("ngrok", Counted("ngrok")) as world:
        header = world.credential.headers[0][1]
        secret = header.removeprefix("Bearer ")
        key = type(world.credential)("NGROK_KEY", secret, world.credential.headers)
        world.credential = key
        yield world


def test_the_key_is_in_no_exchange(guarded: World) -> None:
    seen = generated(guarded, "coverage")
    is_shown = guarded.credential.secret in repr(seen.exchanges)
    assert not is_shown
    assert any("NGROK_KEY" in exchange.secrets for exchange in seen.exchanges)


def test_exchanges_name_the_operation_that_must_answer(guarded: World) -> None:
    seen = generated(guarded, "coverage")
    by_id = {e.operation_id for e in seen.exchanges}
    assert by_id == {*guarded.operations, ""}
    others = {e.request.method for e in seen.exchanges if not e.operation_id}
    assert "PATCH" in others


def test_the_tally_tells_what_was_called(guarded: World) -> None:
    tally = generated(guarded, "fuzzing").tally
    assert tally.phases == {"fuzzing"}
    assert len(tally.operations) == 5
    assert tally.requests >= 5


@pytest.mark.slow
def test_once_a_forbidden_body_was_taken_no_answer_is_judged_by_its_words() -> None:
    def taking(call: Call, answer: Answer) -> Answer | None:
        is_refused = call.segments == ("agents",) and answer.status == 400
        return Answer(200, {}) if is_refused else None

    with served("pingplotter", Counted("pingplotter", taking)) as world:
        seen = generated(world, "coverage")
    assert world.is_spoilt
    assert not seen.exchanges[-1].operation_id


@pytest.mark.parametrize(
    ("value", "is_found"),
    [
        ({"a": 1}, False),
        ({"a": 1, "x": 1}, True),
        ({"list": [{"b": 1}]}, False),
        ({"list": [{"b": 1}, {"": 1}]}, True),
        ({"free": {}}, False),
        ({"free": {"k": 1}}, True),
        (["text"], False),
    ],
)
def test_keys_that_a_schema_does_not_list_are_seen(
    value: object,
    is_found: bool,  # noqa: FBT001  (a column of the table)
) -> None:
    listed = {"items": {"properties": {"b": {}}}}
    schema = {"allOf": [{"properties": {"a": {}, "list": listed}}], "properties": {"free": {}}}
    assert has_unlisted(value, schema) is is_found
