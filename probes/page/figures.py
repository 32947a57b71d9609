"""The figures of the page as a whole, out of its document and what that says of itself."""

from __future__ import annotations

from typing import TypedDict

from probes.browser.component import Component, PageView, Phases
from probes.browser.composing import Composer
from probes.browser.reading import Reading, origin_s


class Figures(TypedDict):
    """The fields of PageResult that are worked out here."""

    status: int | None
    protocol: str | None
    redirect_ms: float | None
    dns_ms: float | None
    connect_ms: float | None
    tls_ms: float | None
    wait_ms: float | None
    receive_ms: float | None
    response_ms: float | None
    first_paint_ms: float | None
    first_contentful_paint_ms: float | None
    largest_contentful_paint_ms: float | None
    dom_interactive_ms: float | None
    dom_content_loaded_ms: float | None
    load_ms: float | None


def figures(composer: Composer, reading: Reading) -> Figures:
    """Work them out; where the document could not be asked, the browser's events must do."""
    shown = composer.shown
    view = next(reversed(composer.views()), PageView("", "", 0.0))
    own = _OwnTimes(composer, reading)
    phases = shown.phases if shown else Phases()
    return Figures(
        status=shown.status if shown else None,
        protocol=shown.protocol if shown else None,
        redirect_ms=_redirect_ms(composer, shown),
        dns_ms=phases.dns_ms,
        connect_ms=phases.connect_ms,
        tls_ms=phases.tls_ms,
        wait_ms=phases.wait_ms,
        receive_ms=phases.receive_ms,
        response_ms=view.response_ms,
        first_paint_ms=own.painted_ms("first-paint"),
        first_contentful_paint_ms=own.painted_ms("first-contentful-paint")
        or view.first_contentful_paint_ms,
        largest_contentful_paint_ms=own.since_ms(reading.largest),
        dom_interactive_ms=own.reached_ms("domInteractive"),
        dom_content_loaded_ms=own.reached_ms("domContentLoadedEventEnd")
        or view.dom_content_loaded_ms,
        load_ms=own.reached_ms("loadEventEnd") or view.load_ms,
    )


def _redirect_ms(composer: Composer, shown: Component | None) -> float | None:
    if shown is None or not composer.components or shown is composer.components[0]:
        return None
    return shown.started_ms


class _OwnTimes:
    """Times of the document's own line of time, brought to that of the measurement."""

    def __init__(self, composer: Composer, reading: Reading) -> None:
        self._reading = reading
        self._composer = composer
        self._origin_s = origin_s(composer.recorder, reading)

    def reached_ms(self, name: str) -> float | None:
        """Return a moment of Navigation Timing; 0 there is a moment not reached."""
        return self.since_ms(self._reading.navigation.get(name) or None)

    def painted_ms(self, name: str) -> float | None:
        """Return a moment of Paint Timing."""
        return self.since_ms(self._reading.paints.get(name))

    def since_ms(self, own_ms: float | None) -> float | None:
        """Bring a time over; None where the document shown is not the one that answered."""
        if own_ms is None or self._origin_s is None:
            return None
        return self._composer.since_ms(self._origin_s + own_ms / 1000)
