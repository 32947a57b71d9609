"""Times against the server's own log, for delays that the server imposes."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest
from page_browser import browse
from page_server import Served, serving

from probes.page import PagePlan, PageResult

pytestmark = pytest.mark.slow

TRIES = 8
DELAYS_MS = {"/1.js": 120, "/2.js": 60, "/3.js": 200, "/4.js": 120, "/5.js": 90}
LOADER = """<h1>x</h1><script>
const next = [%s];
(function more() {
  const path = next.shift();
  if (path) fetch(path).then(more);
})();
</script>"""
ROUTES = {
    "/": {"body": LOADER % ", ".join(f'"{path}"' for path in DELAYS_MS), "delay_ms": 100},
    **{path: {"body": "1", "delay_ms": delay} for path, delay in DELAYS_MS.items()},
}


def errors_ms(served: Served, result: PageResult) -> list[tuple[float, float]]:
    """Return for each component how far its wait is off, and how long the server took."""
    rows = []
    for part in result.components:
        (exchange,) = served.exchanges(part.url.removeprefix(served.url("")))
        held_ms = (exchange["began"] - exchange["got"]) * 1000
        rows.append((part.phases.wait_ms - held_ms, held_ms))
    return rows


def test_waiting_is_what_the_server_took(tmp_path: Path) -> None:
    # A busy machine adds to both sides; half of the requests must still come out right.
    seen = []
    for attempt in range(TRIES):
        with serving(tmp_path / str(attempt), ROUTES) as served:
            result = browse(PagePlan(served.url("/"), timeout_s=30))
            rows = errors_ms(served, result)
        assert len(rows) == 1 + len(DELAYS_MS)
        seen.append(median(abs(off_ms) / max(2.0, 0.1 * held_ms) for off_ms, held_ms in rows))
        if seen[-1] <= 1:
            return
    pytest.fail(f"median errors in multiples of max(2 ms, 10 %): {seen}")


def test_the_page_s_times_are_the_browser_s_own(tmp_path: Path) -> None:
    """The page tells the server its navigation timing, which the result must repeat."""
    script = """<h1>x</h1><script>addEventListener("load", () => setTimeout(() => {
    const t = performance.getEntriesByType("navigation")[0];
    fetch(`/told?${t.loadEventEnd}&${t.domContentLoadedEventEnd}&${t.responseStart}`); }))
    </script>"""
    routes = {"/": {"body": script, "delay_ms": 50}, "/told": {}}
    with serving(tmp_path, routes) as served:
        result = browse(PagePlan(served.url("/"), timeout_s=30))
        told = result.components[-1].url.partition("?")[2]
    load_ms, parsed_ms, response_ms = map(float, told.split("&"))
    assert result.load_ms == pytest.approx(load_ms, abs=0.3)
    assert result.dom_content_loaded_ms == pytest.approx(parsed_ms, abs=0.3)
    assert result.response_ms == pytest.approx(response_ms, abs=1)
