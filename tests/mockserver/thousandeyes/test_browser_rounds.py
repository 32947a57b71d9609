"""Page-load and web-transactions tests from their creation to their results, over the API."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from page_server import serving
from peers import needs

ROUTES = {
    "/": {"body": "<title>Shop</title><form action=/in><input name=user></form>"},
    "/in": {"body": "<title>In</title>"},
}
SCRIPT = """import { By, Key, until } from 'selenium-webdriver';
import { driver, test } from 'thousandeyes';
runScript();
async function runScript() {
  await driver.get(test.getSettings().url);
  await driver.findElement(By.name('user')).sendKeys('ada', Key.ENTER);
  await driver.wait(until.titleIs('In'), 9000);
}
"""
PATIENCE_S = 50.0


async def results(api: Any, path: str) -> tuple[Any, str]:
    """Wait for the jobs, then return the answer and where it was measured."""
    async with asyncio.timeout(PATIENCE_S):
        await api.house.app.runner.drain()
    answer = await api.send("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers["x-mock-network"]


@pytest.mark.slow
async def test_a_page_load_test_has_its_results_once_the_page_was_loaded(
    api: Any, tmp_path: Path
) -> None:
    needs("chromium")
    with serving(tmp_path, ROUTES) as site:
        test = await api.create("page-load", url=site.url("/"))
        body, origin = await results(api, f"/v6/web/page-load/{test['testId']}")
        http, _ = await results(api, f"/v6/web/http-server/{test['testId']}")
        assert len(site.exchanges("/")) == 2
    (entry,) = body["web"]["pageLoad"]
    assert (entry["agentId"], entry["errorType"], origin) == (113, "None", "live")
    assert http["web"]["httpServer"][0]["responseCode"] == 200


@pytest.mark.slow
async def test_a_script_is_carried_out_and_its_run_is_shown(api: Any, tmp_path: Path) -> None:
    needs("chromium")
    with serving(tmp_path, ROUTES) as site:
        test = await api.create("web-transactions", url=site.url("/"), transactionScript=SCRIPT)
        body, origin = await results(api, f"/v6/web/web-transactions/{test['testId']}")
        assert len(site.exchanges("/in?user=ada")) == 1
    (entry,) = body["web"]["webTransaction"]
    assert (entry["errorType"], origin) == ("None", "live")
    assert entry["transactionTime"] > 0


async def test_a_script_that_is_not_understood_is_accepted_and_its_run_says_why(api: Any) -> None:
    test = await api.create(
        "web-transactions",
        url="http://127.0.0.1:9/",
        networkMeasurements=0,
        transactionScript="const a = 1;\n  nope(a);",
    )
    async with asyncio.timeout(PATIENCE_S):
        await api.house.app.runner.drain()
    answer = await api.ok(f"/v6/web/web-transactions/{test['testId']}")
    (entry,) = answer["web"]["webTransaction"]
    assert entry["errorType"] == "OTHER"
    assert "line 2, column 3: the name 'nope' is not understood" in entry["errorDetails"]


async def test_a_text_that_is_no_javascript_is_not_accepted(api: Any) -> None:
    message = await api.not_created("web-transactions", transactionScript="const a = 1;\nlog in")
    assert "transactionScript" in message
    assert "line 2, column 1" in message
