"""Scripts that are not understood: refused by name, with line and column."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from te_scripts import HEAD, LIMIT_S, URL, journey, refusal

from mockserver.vendors.thousandeyes.measuring.script import (
    Journey,
    NotJavaScript,
    ScriptRefused,
    check,
    translate,
)

REFUSED = {
    "go();": "the name 'go'",
    "class A {}": "class declaration 'class A {}'",
    "for (let i = 0; i < 3; i++) {}": "for statement",
    "for (const k in {}) {}": "for in statement",
    "while (Date.now() < 1) { try { for (const x of [1]) { break; } } catch {} }": (
        "break statement 'break;'"
    ),
    "do {} while (false)": "do statement",
    "switch (1) {}": "switch statement",
    "while (true) {}": "a loop that does not try something until its time is up",
    "break;": "break statement",
    "throw new Error('x');": "an error that is thrown whatever the page says",
    "try { driver.sleep(1); } catch (e) { }": "a catch that goes on after a failure",
    "const [x] = [1];": "array pattern '[x]'",
    "const {x} = {x: 1};": "object pattern '{x}'",
    "function f({x}) {} f();": "the parameter object pattern '{x}'",
    "function* f() {}": "generator function declaration",
    "/x/;": "regex '/x/'",
    "({})?.x;": "optional chaining",
    "({...x});": "spread element",
    "({ x() {} });": "method definition",
    "[1][9];": "subscript expression '[1][9]'",
    "1 / 0;": "binary expression '1 / 0'",
    "'a' * 2;": "binary expression",
    "typeof 1;": "unary expression 'typeof 1'",
    "x = 1;": "assigning to identifier 'x'",
    "'a'();": "calling what is no function",
    "'a'.split('');": "a text.split (there are includes, trim, toString)",
    "new Date();": "new expression 'new Date()'",
    "Date.parse('x');": "Date.parse (there are now)",
    "driver.executeScript('x');": "driver.executeScript (there are get, findElement,",
    "driver.switchTo();": "driver.switchTo",
    "driver.get(driver.getTitle());": "argument 1 of driver.get, where a text",
    "driver.sleep(-1);": "argument 1 of driver.sleep, where a number",
    "driver.findElement('#x');": "argument 1 of driver.findElement, where a locator",
    "driver.wait(1);": "argument 1 of driver.wait, where a condition",
    "driver.wait(until.elementIsVisible(By.css('a')));": "where an element",
    "driver.findElement(By.css('a')).submit();": "an element.submit (there are click,",
    "By.js('x');": "By.js (there are css,",
    "By.tagName('a b');": "the tag name 'a b'",
    "until.alertIsPresent();": "until.alertIsPresent (there are elementLocated,",
    "Key.HYPER;": "Key.HYPER",
    "driver.manage().setTimeouts({ other: 1 });": "the timeout 'other'",
    "driver.manage().window().setRect({});": "a window without the numbers",
    "test.getSettings().interval;": "test.getSettings().interval (there are url, timeout)",
    "credentials.get('Shop');": "the credential 'Shop' (no credentials are kept here",
    "markers.set('m'); markers.set('m');": "setting the marker 'm' twice",
    "import fetch from 'node-fetch';": "the module 'node-fetch' (there are assert,",
    "import all from 'thousandeyes';": "importing thousandeyes as a whole",
    "import * as all from 'assert';": "importing assert as a whole",
    "import a from 'assert'; a(1 > 2);": "an assertion that fails whatever the page says",
    "import a from 'assert'; a(Date.now() > 2);": "an assertion that depends on the clock",
    "import a from 'assert'; a.equal([], 1);": "comparing such values",
    "import { nope } from 'thousandeyes';": "'nope' of thousandeyes (there are driver,",
    "if (driver.getTitle() === 'T') driver.sleep(1);": "a branch that depends on the page",
    "if (Date.now() > 1) driver.sleep(1);": "a branch that depends on the clock",
    "const t = driver.getTitle(); driver.sleep(1); if (t) throw 'x';": (
        "comparing a text that was read before a later step"
    ),
    "if (driver.getTitle() && driver.getCurrentUrl()) throw 'x';": (
        "throwing only if several things are so at once"
    ),
    "driver.getTitle() ? 1 : 2;": "a choice that depends on the page",
    "function f() { f(); } f();": "calls more than 30 deep",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_construct_is_refused_by_name(text: str) -> None:
    _, _, what = refusal(text)
    assert REFUSED[text] in what
    assert what.endswith(" is not understood")


def test_a_refusal_says_where() -> None:
    assert refusal("\n  driver.sleep(1); class A {}")[:2] == (2, 20)


def test_columns_are_counted_as_javascript_does() -> None:
    """A letter outside the basic plane counts twice, one inside once."""
    assert refusal("'ü😀'; class A {}")[:2] == (1, 8)


def test_a_script_that_opens_no_page_is_refused() -> None:
    with pytest.raises(ScriptRefused, match="a script that opens no page"):
        translate("console.log('x');", URL, LIMIT_S)


@pytest.mark.parametrize("shape", ["(%s1%s)", "[%s1%s]"])
def test_a_script_that_is_nested_very_deeply_is_refused(shape: str) -> None:
    opening, closing = shape.split("1")
    text = opening[0] * 3000 + "1" + closing[-1] * 3000
    with pytest.raises(ScriptRefused, match="nested so deeply"):
        journey(text)


def test_a_script_without_end_is_refused() -> None:
    twice = "".join(f"function f{n}() {{ f{n + 1}(); f{n + 1}(); }}" for n in range(25))
    with pytest.raises(ScriptRefused, match="a script of more than 20000 constructs"):
        journey(f"{twice} function f25() {{}} f0();")


@pytest.mark.parametrize("twice", ["x + x", "`${x}${x}`", "Key.chord(x, x)"])
def test_a_text_that_grows_and_grows_is_refused(twice: str) -> None:
    numbers = ", ".join(map(str, range(60)))
    with pytest.raises(ScriptRefused, match=r"expression .*x|template|a chord of"):
        journey(f"let x = 'a'; for (const n of [{numbers}]) {{ x = {twice}; }}")


def test_more_steps_than_a_journey_may_have_are_refused() -> None:
    with pytest.raises(ScriptRefused, match="more than 200 steps"):
        journey("driver.sleep(1);" * 200)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hello world", "line 1, column 1: 'hello' is no JavaScript"),
        ("const a = 1;\nconst = 3;", "line 2, column 1: 'const =' is no JavaScript"),
        ("go(;", "line 1, column 4: ')' is missing"),
        ("((((", "is no JavaScript"),
        ("<html>", "is no JavaScript"),
        ("\0", "is no JavaScript"),
    ],
)
def test_a_text_that_is_no_javascript_is_told_apart(text: str, said: str) -> None:
    with pytest.raises(NotJavaScript, match=re.escape(said)):
        check(text)


@pytest.mark.parametrize("text", ["", "go();", "class A { #x = 1; static {} }", "a ??= b?.[1]n"])
def test_javascript_of_any_kind_is_javascript(text: str) -> None:
    if text.endswith("n"):
        text = "a ??= b?.[1n];"
    check(text)


def test_a_very_long_text_is_looked_at_only_when_it_is_carried_out() -> None:
    text = "x y " * 30_000
    check(text)
    with pytest.raises(NotJavaScript):
        translate(text, URL, LIMIT_S)


MARKS = "(){}[];,.=!+<>?:'`\"$ \n0a"
PHRASES = ("driver", ".get", "By.id", "await ", "if(", "throw ", "=>", "function f", "return ")
OTHERS = ("const x=", "while(", "try{", "catch(e)", "import ", "until.", "${", "//", "/*")
WORDS = st.sampled_from([*MARKS, *PHRASES, *OTHERS])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(WORDS).map("".join)))
def test_whatever_the_text_it_is_a_journey_or_refused(text: str) -> None:
    try:
        outcome: Journey | ScriptRefused = translate(HEAD + text, URL, LIMIT_S)
    except ScriptRefused as refused:
        outcome = refused
    assert isinstance(outcome, Journey) or min(outcome.line, outcome.column) >= 1
    assert isinstance(outcome, Journey) or str(outcome).isprintable()
