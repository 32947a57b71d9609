"""Asking the loaded document itself: its timing, paints, title and text."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from probes.browser.recorder import Recorder
from probes.browser.screenshot import Screenshot

PATIENCE_S = 2.0

# W3C Navigation Timing 2, Paint Timing and Largest Contentful Paint. The largest paint is only
# told to observers, in a task of its own.
_SCRIPT = """
(async limit => {
  const largest = await new Promise(done => {
    let last = null;
    try {
      const observer = new PerformanceObserver(list => {
        for (const entry of list.getEntries()) last = entry.startTime;
      });
      observer.observe({type: "largest-contentful-paint", buffered: true});
    } catch (_) { done(null); }
    setTimeout(() => done(last), 30);
  });
  const navigation = performance.getEntriesByType("navigation")[0];
  const paints = Object.fromEntries(
    performance.getEntriesByType("paint").map(paint => [paint.name, paint.startTime]));
  const html = limit && document.documentElement ? document.documentElement.outerHTML : "";
  return {
    navigation: navigation ? navigation.toJSON() : {}, paints, largest,
    title: document.title.slice(0, 500), url: location.href,
    html: html.slice(0, limit), length: html.length,
  };
})(%d)
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the document said; empty where it could not be asked. Times are in ms of its own."""

    navigation: Mapping[str, Any] = field(default_factory=dict)
    paints: Mapping[str, float] = field(default_factory=dict)
    largest: float | None = None
    title: str = ""
    url: str = ""
    html: str = ""
    length: int = 0


def origin_s(recorder: Recorder, reading: Reading) -> float | None:
    """Find the beginning of the last document's own time, in seconds of the monotonic clock.

    Both lines of time name the moment at which its request was sent.
    """
    if not recorder.documents or recorder.documents[-1][1].error_text is not None:
        return None
    entry = recorder.documents[-1][1]
    sent_s, sent_ms = entry.moment_s("sendStart"), reading.navigation.get("requestStart")
    return sent_s - sent_ms / 1000 if sent_s and sent_ms else entry.issued_s


async def read(cdp: CDPSession, most_dom: int) -> Reading:
    """Ask in a world of scripts of its own, where the page's scripts cannot change the answer."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            tree = await cdp.send("Page.getFrameTree")
            frame = {"frameId": tree["frameTree"]["frame"]["id"]}
            world = await cdp.send("Page.createIsolatedWorld", frame)
            question = {
                "contextId": world["executionContextId"],
                "expression": _SCRIPT % most_dom,
                "awaitPromise": True,
                "returnByValue": True,
            }
            answer = await cdp.send("Runtime.evaluate", question)
    except (PlaywrightError, TimeoutError):
        return Reading()
    value = answer["result"].get("value")
    return Reading(**value) if isinstance(value, dict) else Reading()


async def capture(cdp: CDPSession) -> Screenshot | None:
    """Picture what the window shows; None where the browser cannot."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            shot = await cdp.send("Page.captureScreenshot", {"format": "png"})
    except (PlaywrightError, TimeoutError):
        return None
    return Screenshot(base64.b64decode(shot["data"]))
