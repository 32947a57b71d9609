"""Claims about a page: what is read, how it is compared, and how a failure is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from page_browser import browse
from page_server import Served, serving

from probes import FailureKind
from probes.errors import PlanInvalid
from probes.transaction import TransactionResult, parse_script
from probes.transaction.actions import COMPARISONS, Claim
from probes.transaction.claims import holds, worded

PAGE = """<title> Shop </title><h1> Big
sale </h1><p id=hid style="display:none">gone</p>
<form action=/sent><input id=user name=user value=ab>
<select name=size><option value=s>Small<option value=l>Large</select></form>
<div id=out></div><script>
setTimeout(() => { document.title = "Open"; out.remove(); }, 300)</script>"""
ROUTES = {"/": {"body": PAGE}, "/sent": {"body": "<title>Sent</title>"}}


@pytest.mark.parametrize(
    ("comparison", "expected", "found", "so"),
    [
        ("is", "Big sale", "Big\nsale", True),
        ("is", " Big sale ", "Big sale", True),
        ("is", "Big", "Big sale", False),
        ("is_not", "Big", "Big sale", True),
        ("is_not", "Big sale", "Big sale", False),
        ("holds", "g s", "Big\nsale", True),
        ("holds", "big", "Big sale", False),
        ("holds_not", "big", "Big sale", True),
        ("holds_not", "Big", "Big sale", False),
    ],
)
def test_a_claim_is_compared(comparison: str, expected: str, found: str, *, so: bool) -> None:
    assert holds(Claim("text", comparison, expected), found) is so


def test_nothing_holds_of_an_element_that_is_not_there() -> None:
    assert not any(holds(Claim("text", name, "x"), None) for name in COMPARISONS)


def test_a_claim_is_put_into_words() -> None:
    assert worded(Claim("title", "holds_not", "x")) == "the title not to hold 'x'"
    assert worded(Claim("text", "is", "x", "h1")) == "the text of 'h1' to be 'x'"
    said = worded(Claim("visible", "is", "yes", "h1"))
    assert said == "whether 'h1' is visible to be 'yes'"


@pytest.mark.parametrize("step", [{"demand": "smell"}, {"wait_until": "title"}])
def test_what_cannot_be_read_or_compared_is_refused(step: dict[str, Any]) -> None:
    comparison = "is" if "demand" in step else "resembles"
    steps = [{"goto": "/"}, {**step, "comparison": comparison, "expected": "x"}]
    with pytest.raises(PlanInvalid, match="expected one of"):
        parse_script({"url": "http://127.0.0.1/", "steps": steps})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    with serving(tmp_path_factory.mktemp("claims"), ROUTES) as server:
        yield server


def go(served: Served, *steps: dict[str, Any]) -> TransactionResult:
    plan = {"url": served.url("/"), "steps": [{"goto": "/"}, *steps]}
    return browse(parse_script(plan | {"timeout_s": 30, "step_timeout_s": 15}))


@pytest.mark.slow
def test_what_is_so_is_demanded_and_waited_for(served: Served) -> None:
    result = go(
        served,
        {"demand": "text", "comparison": "is", "expected": "Big sale", "selector": "h1"},
        {"demand": "url", "comparison": "holds", "expected": "127.0.0.1"},
        {"wait_for_presence": "#hid"},
        {"demand": "visible", "comparison": "is", "expected": "no", "selector": "#hid"},
        {"demand": "visible", "comparison": "is", "expected": "yes", "selector": "h1"},
        {"wait_for_absence": "#hid"},
        {"wait_for_absence": "#out"},
        {"wait_until": "title", "comparison": "is_not", "expected": "Shop"},
        {"demand": "title", "comparison": "is", "expected": "Open"},
    )
    assert result.failure is None


@pytest.mark.slow
def test_what_is_not_so_is_a_failure_that_tells_what_was_found(served: Served) -> None:
    step = {"demand": "text", "comparison": "holds", "expected": "Small", "selector": "h1"}
    failure = go(served, step).failure
    assert failure
    assert failure.kind is FailureKind.CONTENT
    expected = r"expected the text of 'h1' to hold 'Small'; found 'Big sale'"
    assert re.search(expected, failure.message), failure.message


@pytest.mark.slow
def test_typing_goes_on_behind_what_a_field_holds_and_an_option_is_chosen(served: Served) -> None:
    result = go(
        served,
        {"type": "#user", "text": "cd"},
        {"type": "#user", "text": "ef"},
        {"click": "select >> option[value=l]"},
        {"press": "Enter", "selector": "#user"},
    )
    assert result.failure is None
    assert served.exchanges("/sent?user=abcdef&size=l")
