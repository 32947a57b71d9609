"""What a letter carries comes out of it as it went in; what it cannot carry is told."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.browser.screenshot import Screenshot
from probes.errors import PlanInvalid, ProbeError, TargetRefused
from probes.http.plan import HttpPlan
from probes.http.result import HttpResult
from probes.ping import PingPlan
from probes.remote.errors import LetterInvalid
from probes.remote.letters import read_answer, read_plan, write_error, write_plan, write_result
from probes.remote.verbs import VERBS
from probes.simulated import SimulatedNetwork
from probes.targets import TargetPolicy
from probes.tcp.attempt import PortsExhausted
from probes.transaction import actions

EXAMPLES: dict[type[actions.Action], actions.Action] = {
    actions.Goto: actions.Goto("/in"),
    actions.Back: actions.Back(),
    actions.Reload: actions.Reload(),
    actions.Click: actions.Click("#go"),
    actions.Hover: actions.Hover("#go"),
    actions.Fill: actions.Fill("#name", "Ä"),
    actions.Type: actions.Type("#name", "b"),
    actions.Press: actions.Press("Enter", "#name"),
    actions.Select: actions.Select("#kind", "2"),
    actions.WaitForSelector: actions.WaitForSelector("#done"),
    actions.WaitForText: actions.WaitForText("done"),
    actions.WaitForUrl: actions.WaitForUrl("/done"),
    actions.WaitForTitle: actions.WaitForTitle("Done"),
    actions.AssertText: actions.AssertText("done", "#x"),
    actions.AssertTitle: actions.AssertTitle("Done"),
    actions.WaitForPresence: actions.WaitForPresence("#done"),
    actions.WaitForAbsence: actions.WaitForAbsence("#busy"),
    actions.Demand: actions.Demand("title", "is", "Done"),
    actions.WaitUntil: actions.WaitUntil("text", "holds", "done", "#x"),
    actions.Screenshot: actions.Screenshot(),
    actions.MarkerStart: actions.MarkerStart("m"),
    actions.MarkerEnd: actions.MarkerEnd("m"),
    actions.Pause: actions.Pause(0.5),
}
URL = "http://shop.example/"
JOURNEY = (actions.Step("open", actions.Goto("/")), actions.Step("look", actions.Screenshot()))
TARGETS = {"http": URL, "page": URL, "transaction": URL, "ftp": "ftp://files.example/a.txt"}
MORE: dict[str, dict[str, Any]] = {
    "dns": {"name": "shop.example"},
    "tcp": {"port": 443},
    "http": {
        "method": "POST",
        "body": b"\xff\x00",
        "headers": (("accept", "*/*"),),
        "dns_override": {"shop.example": "127.0.0.1"},
    },
    "page": {"screenshot": True},
    "transaction": {"steps": JOURNEY},
}


def plan_of(verb: str) -> Any:
    return VERBS[verb].plan(TARGETS.get(verb, "shop.example"), **MORE.get(verb, {}))


def posted(letter: Any) -> Any:
    """What arrives of a letter: it travels as text."""
    return json.loads(json.dumps(letter))


@pytest.mark.parametrize("verb", VERBS)
def test_a_plan_arrives_as_it_was_made(verb: str) -> None:
    plan = plan_of(verb)
    assert read_plan(posted(write_plan(plan))) == plan


@pytest.mark.parametrize("verb", VERBS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_result_arrives_as_it_was_measured(verb: str, seed: int) -> None:
    result = asyncio.run(SimulatedNetwork(seed).measure(plan_of(verb)))
    assert read_answer(posted(write_result(verb, result))) == result


def test_every_action_of_a_journey_is_tried_here() -> None:
    assert set(EXAMPLES) == set(actions.VERBS.values())


@pytest.mark.parametrize("action", EXAMPLES.values(), ids=actions.verb_of)
def test_an_action_arrives_as_what_it_is(action: actions.Action) -> None:
    begun = (actions.MarkerStart("m"),) if isinstance(action, actions.MarkerEnd) else ()
    steps = (actions.Goto("/"), *begun, action)
    named = tuple(actions.Step(f"step {n}", one) for n, one in enumerate(steps))
    plan = VERBS["transaction"].plan(URL, named)
    arrived = read_plan(posted(write_plan(plan)))
    assert arrived == plan
    assert type(arrived.steps[-1].action) is type(action)  # type: ignore[attr-defined]


@given(st.binary())
@settings(deadline=None)
def test_the_bytes_of_an_answer_arrive(body: bytes) -> None:
    result = HttpResult(URL, (), body_start=body)
    assert read_answer(posted(write_result("http", result))) == result


@given(st.binary())
@settings(deadline=None)
def test_a_picture_arrives(png: bytes) -> None:
    page = asyncio.run(SimulatedNetwork(1).measure(plan_of("page")))
    result = replace(page, screenshot=Screenshot(png))
    assert read_answer(posted(write_result("page", result))).screenshot == Screenshot(png)


@pytest.mark.parametrize("pem", [b"-----BEGIN", Path("/etc/ssl/certs"), Path("/abcdef"), None])
def test_a_certificate_stays_a_text_and_its_file_a_file(pem: bytes | Path | None) -> None:
    plan = HttpPlan("https://shop.example/", ca=pem)
    assert read_plan(posted(write_plan(plan))) == plan


def test_an_error_arrives_with_its_class_its_text_and_its_parts() -> None:
    with pytest.raises(TargetRefused) as raised:
        TargetPolicy().check(ip_address("192.0.2.1"))
    with pytest.raises(TargetRefused) as arrived:
        read_answer(posted(write_error(raised.value)))
    assert str(arrived.value) == str(raised.value)
    assert arrived.value.flag == "--allow-target 192.0.2.1/32"


def test_an_error_that_others_do_not_know_arrives_as_the_one_it_is_of() -> None:
    with pytest.raises(ProbeError, match="no port is left") as arrived:
        read_answer(posted(write_error(PortsExhausted("no port is left"))))
    assert type(arrived.value) is ProbeError


@pytest.mark.parametrize(
    ("letter", "sentence"),
    [
        (None, "The letter asks for 'None': expected one of ping, tcp, "),
        ({"verb": "dig"}, "The letter asks for 'dig': expected one of ping, tcp, "),
        ({"verb": ["ping"]}, "expected one of ping, tcp, "),
        ({"verb": "ping"}, "The ping plan cannot be read: "),
        ({"verb": "ping", "plan": {"target": 5}}, "The ping plan cannot be read: target: "),
        (
            {"verb": "transaction", "plan": {"target": URL, "steps": [{"name": "a"}]}},
            "The transaction plan cannot be read: steps.0.action: ",
        ),
        (
            {
                "verb": "transaction",
                "plan": {"target": URL, "steps": [{"name": "a", "action": {"verb": "jump"}}]},
            },
            "expected an action with one of the known verbs",
        ),
    ],
)
def test_a_letter_that_cannot_be_read_is_told_in_a_sentence(letter: Any, sentence: str) -> None:
    with pytest.raises(LetterInvalid, match=sentence):
        read_plan(letter)


def test_an_impossible_plan_is_refused_by_whoever_reads_it() -> None:
    with pytest.raises(PlanInvalid, match="at least one probe"):
        read_plan({"verb": "ping", "plan": {"target": "x", "count": 0}})


def test_an_answer_that_cannot_be_read_is_told_in_a_sentence() -> None:
    with pytest.raises(LetterInvalid, match="The ping result cannot be read: address: "):
        read_answer({"verb": "ping", "result": {"target": "x"}})


def test_a_plan_of_no_known_kind_cannot_be_written() -> None:
    class OtherPlan(PingPlan):
        pass

    with pytest.raises(LetterInvalid, match="No letter can carry a OtherPlan"):
        write_plan(OtherPlan("x"))
