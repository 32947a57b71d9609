"""The HTML report in a real browser: no error, no sideways scrolling, nothing loaded, readable."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from outcomes import every_kind, exchange, finding, outcome
from peers import needs
from playwright.sync_api import Browser, Page, sync_playwright

import specs
from contract_tests import reports
from contract_tests.run.outcome import Outcome

pytestmark = pytest.mark.slow
LONG = "x" * 400
# Contrast as WCAG 2.1 defines it, of every text against the nearest background.
CONTRAST = """() => {
  const light = c => { const v = c.map(x => { x /= 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4 });
    return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2] };
  const rgb = s => s.match(/[\\d.]+/g).map(Number);
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return [255, 255, 255] };
  const bad = [];
  for (const e of document.querySelectorAll('body *')) {
    const says = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (e.closest('svg') || !says) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push([e.className, e.textContent.slice(0, 30), ratio]);
  }
  return bad;
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    (program,) = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


def opened(chromium: Browser, folder: Path, whole: Outcome, width: int, scheme: Any) -> Page:
    """Open the report with all its details; whatever the console says is an error."""
    path = folder / "report.html"
    reports.write(whole, "html", path)
    size: Any = {"width": width, "height": 800}
    page = chromium.new_page(viewport=size, color_scheme=scheme)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert said == []
    return page


@pytest.fixture(scope="module")
def crowded() -> Outcome:
    """Return findings with long words, markup and many operations."""
    odd = finding(
        place=f"/{LONG}",
        message=f"<script>alert(1)</script> {LONG}",
        received=LONG,
        expected="<img src=http://127.0.0.1:9/x>",
        exchanges=(exchange(f"/app/sessions?x={LONG}", body={"a": LONG}),),
        statement="",
    )
    whole = every_kind(specs.load("pingplotter"))
    return outcome(*whole.findings, odd, contract=specs.load("pingplotter"), notes=[LONG])


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_does_not_scroll_sideways(
    chromium: Browser, crowded: Outcome, tmp_path: Path, width: int
) -> None:
    page = opened(chromium, tmp_path, crowded, width, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(
    chromium: Browser, crowded: Outcome, tmp_path: Path, scheme: str
) -> None:
    page = opened(chromium, tmp_path, crowded, 360, scheme)
    assert page.evaluate(CONTRAST) == []
    page.close()


def test_a_page_has_landmarks_and_headings_in_order(
    chromium: Browser, crowded: Outcome, tmp_path: Path
) -> None:
    page = opened(chromium, tmp_path, crowded, 1280, "light")
    for role in ("banner", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1  # type: ignore[arg-type]
    levels = page.eval_on_selector_all("h1,h2,h3", "all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))
    page.close()


def test_what_a_server_says_is_text(chromium: Browser, crowded: Outcome, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, crowded, 1280, "light")
    assert page.locator("script, img").count() == 0
    assert page.get_by_text("<script>alert(1)</script>").count() == 1
    page.close()


def test_the_picture_shows_every_operation(
    chromium: Browser, crowded: Outcome, tmp_path: Path
) -> None:
    page = opened(chromium, tmp_path, crowded, 360, "light")
    assert page.locator(".map > li").count() == len(specs.operations("pingplotter"))
    assert page.get_by_role("img").count() > 10
    page.close()


def test_a_run_that_found_nothing_says_so(chromium: Browser, tmp_path: Path) -> None:
    page = opened(chromium, tmp_path, outcome(), 360, "dark")
    assert page.get_by_role("heading", level=1).inner_text() == "Nothing found"
    page.close()
