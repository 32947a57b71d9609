"""Journeys as files: what is read, and that nothing unknown is passed over."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import PlanInvalid
from probes.transaction import Step, TransactionPlan, parse_script, read_script
from probes.transaction.actions import VERBS, AssertText, Click, Fill, Goto, MarkerEnd, Pause

TOML = """
url = "http://127.0.0.1:8080/shop/"
timeout_s = 20

[browser]
user_agent = "tester"
viewport = [800, 600]

[[steps]]
name = "open"
goto = "login"

[[steps]]
name = "user"
fill = "#user"
value = "ada"
timeout_s = 2

[[steps]]
click = "text=Log in"
"""


def journey(*steps: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"url": "http://a/", "steps": [{"goto": "/"}, *steps], **top}


def test_a_file_is_a_plan(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text(TOML)
    plan = read_script(file)
    assert plan.target == "http://127.0.0.1:8080/shop/"
    assert plan.timeout_s == 20
    assert (plan.browser.user_agent, plan.browser.viewport) == ("tester", (800, 600))
    assert plan.steps == (
        Step("open", Goto("login")),
        Step("user", Fill("#user", "ada"), 2),
        Step("3 click", Click("text=Log in")),
    )
    assert plan.place(Goto("login")) == "http://127.0.0.1:8080/shop/login"


def test_json_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "journey.json"
    file.write_text(json.dumps(journey({"assert_text": "Hello", "selector": "h1"})))
    assert read_script(file).steps[1].action == AssertText("Hello", "h1")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_be_written(verb: str) -> None:
    alone = {"goto": "/", "back": True, "reload": True, "screenshot": True, "pause": 0.5}
    alone |= {"demand": "title", "wait_until": "url"}
    claim = {"comparison": "is", "expected": "y"}
    beside = {"fill": {"value": "y"}, "type": {"text": "y"}, "select": {"value": "y"}}
    beside |= {"demand": claim, "wait_until": claim}
    step = {verb: alone.get(verb, "x")} | beside.get(verb, {})
    steps = [{"marker_start": "x"}, step] if verb == "marker_end" else [step]
    assert type(parse_script(journey(*steps)).steps[-1].action) is VERBS[verb]


@pytest.mark.parametrize(
    ("document", "clue"),
    [
        (journey({"jump": "/"}), "has no verb, but .*jump.*expected one of goto"),
        (journey({"click": "a", "fill": "b"}), "has the verbs click, fill"),
        (journey({"click": "a", "colour": "red"}), r"has colour: known are click, name"),
        (journey({"fill": "a"}), "also needs value"),
        (journey({"fill": "a", "value": 3}), "expected a text"),
        (journey({"pause": "long"}), "expected a number"),
        (journey({"pause": True}), "expected a number"),
        (journey({"pause": 1e9}), "expected 0 to 60"),
        (journey({"back": "home"}), "expected back = true"),
        (journey({"click": "a", "timeout_s": -1}), "expected more than 0"),
        (journey({"click": "a", "name": ""}), "expected printable"),
        (journey({"marker_end": "m"}), "without having been started"),
        (journey({"marker_start": "m"}, {"marker_start": "m"}), "started again"),
        (journey({"goto": "ftp://b/"}), "http:// or https://"),
        (journey(colour="red"), "has colour: known are url"),
        (journey(browser={"colour": "red"}), "has colour"),
        (journey(browser={"viewport": 3}), "wrong type"),
        (journey(browser={"http_version": 9}), "expected 1 to 2"),
        (journey(timeout_s="soon"), "expected a number"),
        ({"url": "http://a/", "steps": [{"click": "a"}]}, "must be a goto"),
        ({"url": "http://a/", "steps": []}, "0 steps"),
        ({"url": "http://a/"}, "no steps"),
        ({"steps": [{"goto": "/"}]}, "has no url"),
        ([], "expected a table"),
        (journey("click"), "expected a table"),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_understood_is_named(document: Any, clue: str) -> None:
    with pytest.raises(PlanInvalid, match=clue):
        parse_script(document)


def test_a_file_that_is_none_is_invalid(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    with pytest.raises(PlanInvalid, match="cannot be read"):
        read_script(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(PlanInvalid, match="cannot be read"):
        read_script(file)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
KEYS = st.sampled_from(["url", "steps", "browser", "timeout_s", "name", *VERBS]) | st.text(
    max_size=5
)
DOCUMENTS = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(DOCUMENTS | st.builds(journey, DOCUMENTS))
def test_any_document_is_a_plan_or_invalid(document: Any) -> None:
    with suppress(PlanInvalid):
        assert isinstance(parse_script(document), TransactionPlan)


def test_pauses_and_markers_are_data() -> None:
    assert Pause(1.5).seconds == 1.5
    assert MarkerEnd("m").marker == "m"
