"""Single courses: what is doubted only, what is not tried, and what is told of a client's pace."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from course_broken import (
    MADE,
    ONE,
    again,
    asks_for,
    begins_anew_at_each_look,
    goes_on,
    pages_by,
    tells_of_users,
    waits,
)
from course_faults import BROKEN, down
from course_scene import (
    CUT,
    NO_ANSWER,
    Ask,
    Reply,
    Scene,
    accused,
    answers,
    course_of,
    doubted,
    found,
)
from course_servers import Agents, Failing, Pings, Sessions, ids_of, told

from contract_tests.conduct.reactions import COURSE_RULES
from contract_tests.conduct.reactions.pace import pace

FINE = Reply(200)


def heard(client, server, **given):
    return Scene(server, **given).run(client)


def asks(*targets, method="GET"):
    for target in targets:
        yield Ask(method, target)


def without_size(target, page):
    return f"/app/sessions?before_id={ids_of(page)[-1]}" if "before" not in target else None


DOUBTED = (
    ("three retries at once", "retries_are_bounded", again(ONE, 0.0, 0.0, 0.0), down(500)),
    ("a refusal repeated once", "refusals_are_final", again(ONE, 0.5), down(401)),
    ("not there, asked thrice", "refusals_are_final", again(ONE, 0.5, 0.5), down(404)),
    (
        "other requests while it waits",
        "retry_after_is_honoured",
        goes_on(3),
        answers(told(503, "9"), FINE),
    ),
    ("another size of page", "pages_end", pages_by(next_target=without_size), Sessions()),
    ("an id of nobody", "ids_are_taken_from_answers", asks("/app/sessions/as_77"), Sessions()),
    ("more than the limit", "limits_are_heeded", goes_on(130), answers(FINE)),
)


@pytest.mark.parametrize(
    ("name", "rule", "client", "server"), DOUBTED, ids=[d[0] for d in DOUBTED]
)
def test_a_doubt_fails_no_run(name, rule, client, server):
    seen = heard(client, server)
    assert (accused("ngrok", seen), rule in doubted("ngrok", seen)) == (set(), True)


def test_two_of_the_same_within_a_moment_are_doubted():
    seen = heard(again(MADE, 0.1, until_ok=False), Agents())
    assert doubted("pingplotter", seen) == {"unsafe_requests_are_not_repeated"}


def test_a_creation_may_be_repeated_when_it_was_told_to_come_later():
    seen = heard(again(MADE, 2.0), Failing(Agents(), [told(503, "2")]))
    assert accused("pingplotter", seen) == set()


def test_a_creation_with_a_key_of_its_own_may_be_repeated():
    ask = Ask("POST", "/agents", b"{}", headers=(("Idempotency-Key", "a"),))
    assert accused("pingplotter", heard(again(ask, 1.0), Failing(Agents(), [Reply(500)]))) == set()


@pytest.mark.parametrize(
    ("method", "target"),
    [("POST", "/agents/status"), ("PUT", "/agents/a1"), ("POST", "/agents/a1/forcereconnect")],
)
def test_what_reads_or_sets_may_be_repeated(method, target):
    ask = Ask(method, target, b'{"AgentUniqueIds": ["a1"]}')
    assert accused("pingplotter", heard(again(ask, 1.0), Failing(Agents(), [Reply(500)]))) == set()


def test_a_wait_of_nothing_is_over_at_once():
    assert accused("ngrok", heard(waits(0.0), answers(told(429, "0"), FINE))) == set()


def test_what_is_no_number_and_no_date_tells_nothing():
    assert accused("ngrok", heard(again(ONE, 0.2), answers(told(429, "soon"), FINE))) == set()


def test_another_account_need_not_wait():
    def two():
        yield ONE
        yield Ask("GET", ONE.target, asker="two")

    assert accused("ngrok", heard(two(), answers(told(429, "9"), FINE))) == set()


def test_a_slow_answer_is_counted_from_its_beginning():
    slow = Reply(429, headers=(("Retry-After", "3"),), takes_s=2.0)

    def reads_the_head_only():
        yield ONE
        yield 1.1

        yield ONE

    assert accused("ngrok", heard(reads_the_head_only(), answers(slow, FINE))) == set()


def test_a_clock_of_whole_seconds_is_given_a_second():
    server = answers(*[told(429, "2")] * 3, FINE)
    assert accused("ngrok", heard(waits(0.6), server, grain_s=1.0)) == set()


def test_a_login_may_be_repeated():
    ask = Ask("POST", "/api/v1/auth/token", b"{}")
    assert accused("wisphub", heard(again(ask, 1.0), answers(Reply(500), FINE))) == set()


@pytest.mark.parametrize(
    ("scene", "between", "is_accused"),
    [
        ("begun", "/v6/agents", True),
        ("begun", "/v6/tests", False),
        ("", "/v6/agents", False),
    ],
    ids=["begins anew", "looks first", "nobody knows who asks"],
)
def test_a_repeat_after_something_else(scene, between, is_accused):
    made = Ask("POST", "/v6/instant/agent-to-server", b"{}")

    def all_anew():
        for _ in range(2):
            yield Ask("GET", between)
            yield made

    server = answers(FINE, Reply(500), FINE)
    seen = tuple(replace(one, scene=scene) for one in heard(all_anew(), server))
    rule = "unsafe_requests_are_not_repeated"
    assert (rule in accused("thousandeyes", seen)) == is_accused


NOT_OF_ANOTHER_KIND = (
    ("its own id", lambda item: item["id"]),
    ("nobody's id", lambda _: "as_2r1anKb0Jx"),
    ("what nothing is called", lambda _: "999999"),
    ("an id with more behind it", lambda item: item["id"] + "x"),
)


@pytest.mark.parametrize(
    ("name", "spoiled"), NOT_OF_ANOTHER_KIND, ids=[case[0] for case in NOT_OF_ANOTHER_KIND]
)
def test_an_id_of_which_nobody_can_tell_is_not_of_another_kind(name, spoiled):
    assert accused("ngrok", heard(asks_for(spoiled), tells_of_users)) == set()


@pytest.mark.parametrize(
    "client",
    [
        begins_anew_at_each_look(3),
        begins_anew_at_each_look(5, 1, 0.0),
        begins_anew_at_each_look(5, 24),
    ],
    ids=["twice more", "at once, for its own sake", "after a long wait"],
)
def test_the_same_work_may_be_begun_again(client):
    assert accused("wisphub", heard(client, Pings(60.0))) == set()


@pytest.mark.parametrize("rule", COURSE_RULES, ids=lambda rule: rule.name)
def test_a_rule_with_nothing_to_try_says_so(rule):
    one = heard(asks("/agents"), lambda *_: Reply(200, b"[]"))
    course = course_of("pingplotter", one)
    always = {"answers_are_awaited"}
    assert bool(rule.untried(course)) == (rule.name not in always)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_rule_that_finds_had_something_to_try(broken):
    seen = heard(broken.client(), broken.server())
    rule = next(rule for rule in COURSE_RULES if rule.name == broken.rule)
    assert rule.untried(course_of(broken.vendor, seen)) == ""


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_finding_shows_where_it_began_and_where_it_went_wrong(broken):
    seen = heard(broken.client(), broken.server())
    shown = [one for one in found(broken.vendor, seen) if one.rule == broken.rule]
    assert all(one.source and one.received and one.expected for one in shown)
    assert all(one.exchanges[0].at <= one.exchanges[-1].at for one in shown)


def test_the_pace_is_told_in_a_line():
    seen = heard(waits(1.0), answers(told(429, "2"), told(429, "2"), FINE))
    assert pace(course_of("ngrok", seen)) == (
        "GET /app/sessions/{id}: asked 3 times, 2 again after 429 (waited 2.0 s, 2 of 2 as told)",
    )


def test_who_repeats_nothing_has_no_pace_to_tell():
    assert pace(course_of("ngrok", heard(goes_on(3), answers(FINE)))) == ()


@pytest.mark.parametrize("status", [NO_ANSWER, CUT])
def test_a_missing_answer_is_told_of_too(status):
    lines = pace(course_of("ngrok", heard(again(ONE, 0.5), answers(Reply(status), FINE))))
    assert lines == (
        "GET /app/sessions/{id}: asked 2 times, 1 again after no answer (waited 0.5 s)",
    )


def test_many_requests_are_judged_in_no_time_to_speak_of():
    """A busy loop makes thousands: rules look at each a few times, not at each pair."""
    seen = Scene(down(429)).run(again(ONE, *[0.0] * 20_000), most=20_000)
    assert "retries_are_bounded" in accused("ngrok", seen)


def test_the_guide_has_every_rule():
    page = (Path(__file__).parents[3] / "docs" / "client-reactions.md").read_text("utf-8")
    assert [rule.name for rule in COURSE_RULES] == re.findall(r"^\| `(\w+)`", page, re.MULTILINE)
