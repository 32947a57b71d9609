"""From events to components: no time is negative, and none is made up."""

from __future__ import annotations

import io
import time
from typing import Any

from rich.console import Console

from probes.browser.component import Component
from probes.browser.composing import Composer
from probes.browser.recorder import Recorder
from probes.cli.waterfall import waterfall


def composed(*events: tuple[str, dict[str, Any]]) -> tuple[Component, ...]:
    recorder = Recorder(100, lambda _: None)
    for name, event in events:
        recorder.listeners()[name](event)
    return Composer(recorder, [], 0.0).components


def page(moment_s: float) -> tuple[str, dict[str, Any]]:
    request = {"url": "http://a.example/", "method": "GET"}
    event = {"requestId": "1", "request": request, "timestamp": moment_s, "wallTime": 0.0}
    return "Network.requestWillBeSent", event


def test_a_refused_socket_was_asked_for_at_no_known_time() -> None:
    """Its creation has no stamp; this process hears of it 45 ms after Chromium had failed it."""
    now_s = time.monotonic()
    url = "ws://a.example:9/"
    _, socket = composed(
        page(now_s - 0.2),
        ("Network.webSocketCreated", {"requestId": "2", "url": url}),
        ("Network.webSocketFrameError", {"requestId": "2", "timestamp": now_s - 0.045}),
    )
    assert (socket.duration_ms, socket.phases.blocked_ms) == (None, None)
    assert round(socket.started_ms) == 155
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(waterfall([socket]))
    assert "-45" not in console.export_text()


def test_a_socket_that_asked_has_its_times() -> None:
    now_s = time.monotonic()
    url = "ws://a.example:9/"
    _, socket = composed(
        page(now_s - 0.2),
        ("Network.webSocketCreated", {"requestId": "2", "url": url}),
        ("Network.webSocketWillSendHandshakeRequest", {"requestId": "2", "timestamp": now_s}),
        ("Network.webSocketFrameError", {"requestId": "2", "timestamp": now_s + 0.03}),
    )
    assert socket.duration_ms is not None
    assert round(socket.duration_ms) == 30


def test_an_end_before_the_beginning_is_no_negative_time() -> None:
    failed = {"requestId": "1", "timestamp": 9.999, "errorText": "net::ERR_FAILED"}
    (component,) = composed(page(10.0), ("Network.loadingFailed", failed))
    assert component.duration_ms == 0
    assert component.started_ms == 0
