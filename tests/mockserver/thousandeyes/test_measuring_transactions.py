"""Transaction scripts carried out by Chromium on a real site, whose own log is the judge."""

from __future__ import annotations

import asyncio
import re
import socket
from typing import Any

import pytest
from page_server import Served, serving
from peers import needs
from te_tasks import found, measured, task

FORM = """<title>Shop</title><form action=/hello method=post>
<input id=user name=user value=old><input name=pw type=password><button>Log in</button></form>
<a href=/later>Opening hours</a><img src=/none.png>"""
LATER = """<title>Later</title><p id=p style="display:none"></p><script>
setTimeout(() => { p.textContent = "From nine"; p.style.display = "block" }, 300)</script>"""
ROUTES = {
    "/": {"body": FORM},
    "/hello": {"body": "<title>Hi</title><h1> Hello,\n Ada </h1>", "delay_ms": 100},
    "/later": {"body": LATER},
}
SCRIPT = """
import { By, Key, until } from 'selenium-webdriver';
import { driver, markers, credentials, test } from 'thousandeyes';

runScript();

async function runScript() {
  await configureDriver();
  await driver.get(test.getSettings().url);
  markers.start('log in');
  await write(By.id('user'), 'ada');
  await driver.findElement(By.name('pw')).sendKeys('se&cret', Key.ENTER);
  await driver.wait(until.titleIs('Hi'), 9000);
  markers.stop('log in');
  const text = await driver.findElement(By.css('h1')).getText();
  if (!text.includes('Hello, Ada')) {
    throw new Error(`greeted with ${text}`);
  }
  await driver.navigate().back();
  await press(By.linkText('Opening hours'));
  const hours = await driver.wait(until.elementLocated(By.css('#p')), 9000);
  await driver.wait(until.elementTextIs(hours, 'From nine'), 9000);
  await driver.sleep(200);
  await driver.takeScreenshot();
}

async function configureDriver() {
  await driver.manage().window().setRect({ width: 900, height: 700 });
  await driver.manage().setTimeouts({ implicit: 9 * 1000 });
}

async function write(where, value) {
  const field = await driver.findElement(where);
  await field.clear();
  await field.sendKeys(value);
}

async function press(where) {
  const limits = await driver.manage().getTimeouts();
  const end_ms = Date.now() + limits.implicit;
  let problem;
  while (Date.now() < end_ms) {
    try {
      await driver.findElement(where).click();
    } catch (error) {
      problem = error;
      continue;
    }
    problem = null;
    break;
  }
  if (problem) { throw problem; }
}
"""
HEAD = """import { By, until } from 'selenium-webdriver';
import { driver, test } from 'thousandeyes';
await driver.manage().setTimeouts({ implicit: 300 });
await driver.get(test.getSettings().url);
"""
FAILING = {
    "await driver.findElement(By.id('gone')).click();": (
        r"^Step .2 driver.findElement\(By.id\('gone'\)\) \(line 5\).: expected an element "
        r"'css=\[id=\"gone\"\]' to be there within 0\.3 s; there is none"
    ),
    "await driver.wait(until.titleIs('Bye'), 300);": (
        r"expected the title to be 'Bye' within 0\.3 s; .* with the title 'Shop'"
    ),
    "if (await driver.getTitle() !== 'Bye') throw new Error('a wrong title');": (
        r"^Error: a wrong title\nStep .*: expected the title to be 'Bye'; found 'Shop'"
    ),
}


def run(url: str, script: str, **choices: Any) -> Any:
    """Carry a script out with real packets; return the entry of its run."""
    needs("chromium")
    body = {"url": url, "transactionScript": script, "networkMeasurements": 0, **choices}
    (entry,) = measured("web-transactions", body)["web/web-transactions"]
    return entry


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(tmp_path_factory.mktemp("site"), ROUTES) as server:
        yield server


@pytest.fixture(scope="module")
def entry(site: Served) -> Any:
    entry = run(site.url("/"), SCRIPT)
    return {**entry, "log": [line for line in site.exchanges() if "icon" not in line["path"]]}


@pytest.mark.slow
def test_the_site_sees_what_the_script_describes(entry: Any) -> None:
    visited = [line["path"] for line in entry["log"] if line["path"] != "/none.png"]
    assert visited in (["/", "/hello", "/later"], ["/", "/hello", "/", "/later"])
    (sent,) = (line["sent"] for line in entry["log"] if line["path"] == "/hello")
    assert sent == "user=ada&pw=se%26cret"


@pytest.mark.slow
def test_a_run_has_its_time_and_the_parts_that_failed(entry: Any) -> None:
    assert (entry["errorType"], entry["errorDetails"]) == ("None", "")
    assert entry["transactionTime"] >= 100 + 300 + 200
    assert entry["componentErrors"] >= 1


@pytest.mark.slow
@pytest.mark.parametrize("statement", FAILING)
def test_what_a_script_misses_is_a_result(site: Served, statement: str) -> None:
    entry = run(site.url("/"), HEAD + statement)
    assert entry["errorType"] == "OTHER"
    assert re.search(FAILING[statement], entry["errorDetails"]), entry["errorDetails"]
    assert "transactionTime" not in entry
    assert entry["componentErrors"] >= 1


@pytest.mark.slow
def test_a_site_that_is_down_is_a_result() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        entry = run(f"http://127.0.0.1:{nobody.getsockname()[1]}/", HEAD)
    assert entry["errorType"] == "CONNECT"
    assert "line 4" in entry["errorDetails"]


@pytest.mark.slow
def test_the_time_limit_ends_a_run(site: Served) -> None:
    entry = run(site.url("/"), HEAD + "await driver.sleep(60000);", timeLimit=2)
    assert entry["errorType"] == "OTHER"
    assert "driver.sleep(60000)" in entry["errorDetails"]


def simulate(script: str, seed: int = 1, **choices: Any) -> tuple[Any, list[str]]:
    body = {"url": "https://shop.example.com/", "transactionScript": script, **choices}
    return asyncio.run(found(task("web-transactions", body), seed=seed))


def test_a_script_that_is_not_understood_ends_in_a_result_that_names_the_construct() -> None:
    script = HEAD + "class Cart {}"
    (entry,) = simulate(script)[0]["web/web-transactions"]
    assert entry == {
        "errorType": "OTHER",
        "errorDetails": "transactionScript, line 5, column 1: "
        "class declaration 'class Cart {}' is not understood.",
    }


def test_nothing_of_a_script_that_is_not_understood_is_carried_out(site: Served) -> None:
    before = len(site.exchanges())
    body = {"url": site.url("/"), "transactionScript": HEAD + "nope();", "networkMeasurements": 0}
    findings, origins = asyncio.run(found(task("web-transactions", body)))
    assert findings["web/web-transactions"][0]["errorType"] == "OTHER"
    assert (origins, len(site.exchanges())) == ([], before)


def test_the_network_below_is_measured_whatever_the_script_says() -> None:
    findings, _ = simulate("nope();")
    assert set(findings) == {"web/web-transactions", "net/metrics", "net/path-vis"}


def test_a_simulated_run_is_the_same_for_the_same_seed() -> None:
    (first, origins), (again, _), (other, _) = (simulate(SCRIPT, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert origins == ["simulated"]
    (entry,) = first["web/web-transactions"]
    assert entry["errorType"] == "None"
    assert entry["transactionTime"] >= 200


def test_markers_in_a_wrong_order_are_told() -> None:
    script = HEAD.replace("driver, test", "driver, test, markers") + "markers.stop('m');"
    (entry,) = simulate(script)[0]["web/web-transactions"]
    assert entry["errorType"] == "OTHER"
    assert "marker 'm' ends without having been started" in entry["errorDetails"]
