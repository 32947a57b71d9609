"""The JavaScript of transaction scripts: values, functions and the common forms of control."""

from __future__ import annotations

import pytest
from te_scripts import HEAD, actions

from probes.transaction import actions as a

VALUES = {
    "'a\\n\\x41\\u0042\\u{43}\\'\\q'": "a\nABC'q",
    "'\\ud83d\\ude00'": "😀",
    "'a' + 1 + true + null": "a1truenull",
    "`x${1 + 1}y${'z'}`": "x2yz",
    "`a\\tb`": "a\tb",
    "'' + 0x10 + 1_000 + 1.5": "1610001.5",
    "1 < 2 ? 'yes' : 'no'": "yes",
    "'' || 'other'": "other",
    "'one' && 'two'": "two",
    "({a: {'b': 'deep'}}).a.b": "deep",
    "({a: 'x'})['a']": "x",
    "['x', 'y'][1]": "y",
    "'' + ['x', 'y'].length": "2",
    "'' + ('ab'.includes('b') && !false)": "true",
    "' x '.trim()": "x",
    "'' + Math.floor(7 / 2)": "3",
    "'' + (1 === 1.0)": "true",
    "'' + ('1' === 1)": "false",
    "'' + -3": "-3",
    "'' + undefined": "undefined",
    "(() => 'called')()": "called",
    "(x => x + '!')('hey')": "hey!",
    "(function (x, y = 'd') { return x + y; })('c')": "cd",
}
FORMS = {
    "functions are known before their place": "go(); function go() { driver.sleep(1); }",
    "a function that is not awaited": "go(); async function go() { await driver.sleep(1); }",
    "a constant branch": "if (1 > 2) { nope(); } else driver.sleep(1);",
    "a list gone through": "for (const n of [1]) { driver.sleep(n); }",
    "a callback": "const run = async (what) => await what(); run(async () => driver.sleep(1));",
    "an early return": "function f() { return; nope(); } f(); driver.sleep(1);",
    "a variable that changes": "let n = 0; n += 2; n--; n = n * 1; driver.sleep(n);",
    "names in objects": "const n = 1, o = { n }; driver.sleep(o.n);",
    "try and finally": "try { console.log('x'); } finally { driver.sleep(1); }",
    "finally after return": "function f() { try { return 1; } finally { driver.sleep(1); } } f();",
    "catch that throws again": (
        "try { driver.sleep(1); } "
        "catch (e) { console.log(e); await driver.takeScreenshot(); throw e; }"
    ),
    "comments": "/* a */ driver.sleep(/* b */ 1 /* c */); // d",
    "a closure": "const n = 1; function f() { g(); function g() { driver.sleep(n); } } f();",
    "a loop that is not entered": "while (false) { nope(); } driver.sleep(1);",
}
RETRYING = """
async function again(act, until_ms) {
  let attempts = 0;
  let problem;
  while (Date.now() < until_ms || attempts === 0) {
    try {
      attempts += 1;
      await act();
    } catch (error) {
      problem = error;
      await driver.sleep(100);
      continue;
    }
    problem = null;
    break;
  }
  const done = !problem;
  if (!done) { throw problem; }
}
const limits = await driver.manage().getTimeouts();
await again(async () => { await driver.sleep(1); }, Date.now() + limits.implicit);
"""


@pytest.mark.parametrize("expression", VALUES)
def test_an_expression_is_worked_out(expression: str) -> None:
    text = f"driver.findElement(By.css('#x')).sendKeys({expression})"
    assert actions(text)[1:] == [a.Type("css=#x", VALUES[expression])]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_control_is_followed(form: str) -> None:
    assert actions(FORMS[form]) == [a.Pause(0.001)]


def test_trying_again_until_a_time_is_done_once_since_steps_wait_themselves() -> None:
    assert actions(RETRYING) == [a.Pause(0.001)]


def test_imports_may_rename() -> None:
    head = "import { driver as d } from 'thousandeyes';"
    assert actions("d.get('/');", head=head) == [a.Goto("/")]


def test_what_is_imported_without_being_used_does_no_harm() -> None:
    head = "import { driver, downloads, transaction, authentication } from 'thousandeyes';"
    assert actions("driver.get('/');", head=head) == [a.Goto("/")]


def test_await_may_stand_at_the_top() -> None:
    assert actions("await driver.sleep(1);", head=HEAD) == [a.Pause(0.001)]
