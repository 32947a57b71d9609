"""What a transaction script can ask of the browser, and the steps that this becomes."""

from __future__ import annotations

from typing import Any

import pytest
from te_scripts import LIMIT_S, URL, actions, journey

from probes.transaction import actions as a

PRESENT = a.WaitForPresence("css=#x")
LOCATORS = {
    "By.css('#x')": "css=#x",
    "By.xpath('//a')": "xpath=//a",
    "By.id('x')": 'css=[id="x"]',
    "By.name('q')": 'css=[name="q"]',
    "By.className('big')": 'css=[class~="big"]',
    "By.tagName('h1')": "css=h1",
    "By.linkText(' Log in ')": 'xpath=.//a[normalize-space(.)="Log in"]',
    "By.partialLinkText('Log')": 'xpath=.//a[contains(normalize-space(.), "Log")]',
    "By.id('a\"b\\\\')": 'css=[id="a\\22 b\\5c "]',
    "By.linkText('a\"b')": 'xpath=.//a[normalize-space(.)=concat("a", \'"\', "b")]',
}
ON_ELEMENT = {
    ".click()": [a.Click("css=#x")],
    ".clear()": [a.Fill("css=#x", "")],
    ".sendKeys('ada')": [a.Type("css=#x", "ada")],
    ".sendKeys('a', 'da')": [a.Type("css=#x", "ada")],
    ".sendKeys('ada', Key.ENTER)": [a.Type("css=#x", "ada"), a.Press("Enter", "css=#x")],
    ".sendKeys('ada' + Key.TAB + 'b')": [
        a.Type("css=#x", "ada"),
        a.Press("Tab", "css=#x"),
        a.Type("css=#x", "b"),
    ],
    ".sendKeys(Key.chord(Key.CONTROL, 'a'), 'b')": [
        a.Press("Control+a", "css=#x"),
        a.Type("css=#x", "b"),
    ],
    ".sendKeys(Key.SHIFT, Key.ARROW_LEFT)": [a.Press("Shift+ArrowLeft", "css=#x")],
    ".findElement(By.css('b')).click()": [
        a.WaitForPresence("css=#x >> css=b"),
        a.Click("css=#x >> css=b"),
    ],
}
ON_DRIVER = {
    "driver.get('/a')": [a.Goto("/a")],
    "driver.get(test.getSettings().url)": [a.Goto(URL)],
    "driver.navigate().to('/a')": [a.Goto("/a")],
    "driver.navigate().back()": [a.Back()],
    "driver.navigate().refresh()": [a.Reload()],
    "driver.takeScreenshot()": [a.Screenshot()],
    "driver.sleep(1500)": [a.Pause(1.5)],
    "markers.start('m'); markers.stop('m')": [a.MarkerStart("m"), a.MarkerEnd("m")],
    "console.log('x')": [],
    "driver.manage().window().maximize()": [],
}
UNTIL = {
    "until.elementLocated(By.css('#x'))": a.WaitForPresence("css=#x"),
    "until.titleIs('T')": a.WaitUntil("title", "is", "T"),
    "until.titleContains('T')": a.WaitUntil("title", "holds", "T"),
    "until.urlIs('u')": a.WaitUntil("url", "is", "u"),
    "until.urlContains('u')": a.WaitUntil("url", "holds", "u"),
    "async () => (await driver.getTitle()) === 'T'": a.WaitUntil("title", "is", "T"),
    "() => driver.getCurrentUrl().includes('u')": a.WaitUntil("url", "holds", "u"),
}
UNTIL_ELEMENT = {
    "until.elementIsVisible(e)": a.WaitForSelector("css=#x"),
    "until.elementIsNotVisible(e)": a.WaitForAbsence("css=#x"),
    "until.stalenessOf(e)": a.WaitForAbsence("css=#x"),
    "() => e.isDisplayed()": a.WaitUntil("visible", "is", "yes", "css=#x"),
    "() => shows(e)": a.WaitUntil("visible", "is", "yes", "css=#x"),
    "() => e": a.WaitForPresence("css=#x"),
    "until.elementTextIs(e, 'T')": a.WaitUntil("text", "is", "T", "css=#x"),
    "until.elementTextContains(e, 'T')": a.WaitUntil("text", "holds", "T", "css=#x"),
}
THROWN = {
    "(await driver.getTitle()) !== 'T'": a.Demand("title", "is", "T"),
    "await driver.getTitle() == 'T'": a.Demand("title", "is_not", "T"),
    "!(await driver.getTitle()).includes('T')": a.Demand("title", "holds", "T"),
    "(await driver.getCurrentUrl()).includes('x')": a.Demand("url", "holds_not", "x"),
    "!await driver.getTitle()": a.Demand("title", "is_not", ""),
    "'T' != await driver.getTitle()": a.Demand("title", "is", "T"),
}


ASSERTED = {
    "assert((await driver.getTitle()).includes('T'), 'no')": a.Demand("title", "holds", "T"),
    "assert.ok(await driver.getTitle(), 'no')": a.Demand("title", "is_not", ""),
    "assert.equal(await driver.getTitle(), 'T', 'no')": a.Demand("title", "is", "T"),
    "assert.strictEqual('T', await driver.getTitle(), 'no')": a.Demand("title", "is", "T"),
    "assert.notEqual(await driver.getTitle(), 'T', 'no')": a.Demand("title", "is_not", "T"),
}


@pytest.mark.parametrize("locator", LOCATORS)
def test_an_element_is_looked_for(locator: str) -> None:
    assert actions(f"await driver.findElement({locator});") == [
        a.WaitForPresence(LOCATORS[locator])
    ]


@pytest.mark.parametrize("verb", ON_ELEMENT)
def test_something_is_done_with_an_element(verb: str) -> None:
    text = f"await driver.findElement(By.css('#x')){verb};"
    assert actions(text) == [PRESENT, *ON_ELEMENT[verb]]


@pytest.mark.parametrize("statement", ON_DRIVER)
def test_something_is_done_with_the_page(statement: str) -> None:
    assert actions(statement) == ON_DRIVER[statement]


@pytest.mark.parametrize("condition", UNTIL)
def test_a_condition_is_waited_for(condition: str) -> None:
    assert actions(f"await driver.wait({condition}, 2000);") == [UNTIL[condition]]


@pytest.mark.parametrize("condition", UNTIL_ELEMENT)
def test_a_condition_of_an_element_is_waited_for(condition: str) -> None:
    text = f"const e = driver.findElement(By.css('#x')); await driver.wait({condition}, 2000);"
    text += "async function shows(e) { try { return e.isDisplayed(); } catch { return false; } }"
    assert actions(text) == [PRESENT, UNTIL_ELEMENT[condition]]


def test_an_element_that_was_waited_for_can_be_used() -> None:
    text = "const e = await driver.wait(until.elementLocated(By.css('#x')), 9); await e.click();"
    assert actions(text) == [PRESENT, a.Click("css=#x")]


@pytest.mark.parametrize("condition", THROWN)
def test_an_error_on_a_comparison_is_a_demand(condition: str) -> None:
    assert actions(f"if ({condition}) throw new Error('no');") == [THROWN[condition]]


@pytest.mark.parametrize("assertion", ASSERTED)
def test_an_assertion_is_a_demand(assertion: str) -> None:
    found = journey(f"import assert from 'assert'; {assertion};")
    assert found.steps[-1].action == ASSERTED[assertion]
    assert found.thrown == {found.steps[-1].name: "no"}


def test_an_assertion_that_holds_whatever_the_page_says_is_no_step() -> None:
    assert actions("import { ok } from 'assert'; ok(1 < 2);") == []


def test_an_error_on_the_text_of_an_element_is_a_demand() -> None:
    text = "const t = await driver.findElement(By.css('#x')).getText();"
    text += "if (t.trim() !== 'T') { console.log(t); throw Error(`no: ${t}`); }"
    found = journey(text)
    assert found.steps[-1].action == a.Demand("text", "is", "T", "css=#x")
    assert found.thrown == {found.steps[-1].name: "no: <text of the page>"}


def test_an_error_on_an_element_that_is_not_shown_is_a_demand() -> None:
    text = "const e = driver.findElement(By.css('#x')); if (!(await e.isDisplayed())) throw 'no';"
    assert actions(text) == [PRESENT, a.Demand("visible", "is", "yes", "css=#x")]


def test_an_error_on_one_of_several_comparisons_demands_all() -> None:
    text = "const t = driver.getTitle(), u = driver.getCurrentUrl();"
    text += "if (t !== 'T' || u.includes('x')) throw 'no'; else driver.sleep(1);"
    demanded = [a.Demand("title", "is", "T"), a.Demand("url", "holds_not", "x")]
    assert actions(text) == [*demanded, a.Pause(0.001)]


def test_what_is_not_thrown_on_goes_on() -> None:
    text = "if (driver.getTitle() === 'T') { driver.sleep(1); } else { throw new Error('no'); }"
    assert actions(text) == [a.Demand("title", "is", "T"), a.Pause(0.001)]


@pytest.mark.parametrize(
    ("statement", "times_s"),
    [
        ("driver.findElement(By.css('a'))", [1.0]),
        (
            "driver.manage().setTimeouts({ implicit: 7e3 }); driver.findElement(By.id('a'))",
            [7],
        ),
        ("driver.manage().setTimeouts({ pageLoad: 3000 }); driver.get('/')", [3]),
        ("driver.get('/')", [LIMIT_S]),
        ("driver.wait(until.titleIs('T'), 2500)", [2.5]),
        ("driver.wait(until.titleIs('T'))", [LIMIT_S]),
        ("driver.wait(until.titleIs('T'), 9e9)", [LIMIT_S]),
    ],
)
def test_how_long_a_step_may_take(statement: str, times_s: list[float]) -> None:
    assert [step.timeout_s for step in journey(statement).steps[1:]] == times_s


def test_a_long_sleep_is_cut_into_pauses_that_a_step_may_take() -> None:
    found = actions("driver.sleep(70000)")
    assert found == [a.Pause(LIMIT_S + 1)]


def test_the_window_has_the_size_that_the_script_wants() -> None:
    assert journey("driver.manage().window().setRect({width: 1200, height: 800})").viewport == (
        1200,
        800,
    )


def test_a_checkpoint_is_a_marker_from_the_beginning_on() -> None:
    steps = journey("markers.set('here');").steps
    assert [step.action for step in steps] == [
        a.MarkerStart("here"),
        a.Goto("/"),
        a.MarkerEnd("here"),
    ]


def test_a_step_is_named_by_its_text_and_its_lines() -> None:
    text = "go();\nasync function go() {\n  await click(By.css('#x'));\n}\n"
    text += "async function click(what) {\n  await driver.findElement(what).click();\n}"
    *_, last = journey(text).steps
    assert last.name == "3 driver.findElement(what).click() (line 9, from line 6)"


def test_the_settings_of_the_test_can_be_read() -> None:
    text = "const s = test.getSettings(); driver.get(s.url); driver.sleep(s.timeout * 10);"
    found: list[Any] = actions(text)
    assert found == [a.Goto(URL), a.Pause(0.4)]
