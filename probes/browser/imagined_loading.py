"""Loading a made-up site over the imagined path, with a browser's few connections to a host."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from random import Random

from probes.browser.address import PageAddress, host_of
from probes.browser.component import Component, PageView, Phases
from probes.browser.imagined_site import Part, Site
from probes.browser.settings import BrowserSettings
from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.resolve import literal_address
from probes.simulated import SimulatedNetwork

MOST_CONNECTIONS = 6
"""To one host, as browsers do (Chromium's default for HTTP/1.1)."""
_HEAD_BYTES = 320
_NAME = "simulated"


@dataclass(slots=True)
class Loading:
    """One loading of a site; `components` are complete as far as time allowed."""

    network: SimulatedNetwork
    page: PageAddress
    stream: Random
    patience_ms: float
    components: list[Component] = field(default_factory=list)
    view: PageView = field(default_factory=lambda: PageView("", "", 0.0))
    failure: Failure | None = None
    spent_ms: float = 0.0
    user_agent: str | None = None
    page_index: int = 0
    began_ms: float = 0.0
    _free_ms: dict[str, list[float]] = field(default_factory=dict)

    def load(self, site: Site, settings: BrowserSettings) -> None:
        """Load the document, then its parts, then say when what was seen."""
        self.user_agent = settings.user_agent
        document = self._fetch(site, site.document, self.began_ms)
        if document.duration_ms is None:
            self.failure = Failure(FailureKind.TIMEOUT, self._unreached(document), self._late)
            return
        parsed_ms = self.began_ms + document.duration_ms + 2 + self.stream.random() * 20
        for part in site.parts[: settings.most_requests - 1]:
            self._part(site, part, parsed_ms, settings.block)
        self._watch(site, parsed_ms)

    @property
    def _late(self) -> str:
        return f"The page was not loaded within {(self.patience_ms - self.began_ms) / 1000:g} s."

    def _unreached(self, component: Component) -> str:
        phases = component.phases
        if phases.connect_ms is None and phases.send_ms is None:
            return "connect"
        return "receive" if phases.wait_ms is not None else "wait"

    def _part(self, site: Site, part: Part, asked_ms: float, block: Iterable[str]) -> None:
        if any(fnmatchcase(part.url, pattern) for pattern in block):
            words = "The block list names this URL (ERR_BLOCKED_BY_CLIENT, inspector)."
            failure = Failure(FailureKind.NOT_ALLOWED, "connect", words)
            blocked = Component(
                part.url, "GET", part.type, self.page_index, asked_ms, 0.0, Phases(0.0)
            )
            self.components.append(replace(blocked, failure=failure))
            return
        self._fetch(site, part, asked_ms)

    def _fetch(self, site: Site, part: Part, asked_ms: float) -> Component:
        host = host_of(part.url)
        free = self._free_ms.setdefault(host, [])
        fresh = len(free) < MOST_CONNECTIONS and not any(end <= asked_ms for end in free)
        begins_ms = asked_ms if fresh else max(asked_ms, min(free))
        journey = Journey(self.network, self.page.host, self.stream, self.patience_ms, begins_ms)
        phases = self._phases(site, part, journey, fresh=fresh, first=not free)
        done = phases.receive_ms is not None
        phases = replace(phases, blocked_ms=begins_ms - asked_ms)
        if not fresh:
            free.remove(min(free))
        free.append(journey.spent_ms)
        self.spent_ms = max(self.spent_ms, journey.spent_ms)
        component = self._component(part, asked_ms, phases, done=done)
        self.components.append(component)
        return component

    def _phases(
        self, site: Site, part: Part, journey: Journey, *, fresh: bool, first: bool
    ) -> Phases:
        """Go from phase to phase until one does not end in time.

        Names are answered by a resolver nearby, whatever becomes of the path to the host.
        """
        secure = part.url.startswith("https:")
        named = literal_address(host_of(part.url)) is None
        lookup_ms = 0.5 - math.log(1 - self.stream.random()) * 8
        think_ms = 5 - math.log(1 - self.stream.random()) * 25
        steps = {
            "dns_ms": (lambda: journey.wait_ms(lookup_ms)) if first and named else None,
            "connect_ms": journey.exchange_ms if fresh else None,
            "tls_ms": (lambda: journey.exchange_ms(2.0)) if fresh and secure else None,
            "send_ms": lambda: journey.wait_ms(0.1),
            "wait_ms": lambda: journey.exchange_ms(think_ms),
            "receive_ms": lambda: journey.wait_ms(part.size / site.bytes_per_ms),
        }
        taken: dict[str, float] = {}
        for name, step in steps.items():
            if step is None:
                continue
            time_ms = step()
            if time_ms is None:
                break
            taken[name] = time_ms
        return Phases(**taken)

    def _component(self, part: Part, asked_ms: float, phases: Phases, *, done: bool) -> Component:
        known = Component(
            part.url,
            "GET",
            part.type,
            self.page_index,
            asked_ms,
            phases.total_ms if done else None,
            phases,
        )
        if phases.wait_ms is None:
            late = Failure(FailureKind.TIMEOUT, self._unreached(known), self._late)
            return replace(known, failure=late)
        return self._answered(part, known, done=done)

    def _answered(self, part: Part, known: Component, *, done: bool) -> Component:
        status = 404 if part.missing else 200
        words = f"The server answered with status {status}."
        failure = Failure(FailureKind.STATUS, "wait", words) if part.missing else None
        if not done:
            failure = Failure(FailureKind.TIMEOUT, "receive", self._late)
        headers = (("content-type", part.mime), ("server", _NAME))
        return replace(
            known,
            status=status,
            status_text="Not Found" if part.missing else "OK",
            protocol="h2" if part.url.startswith("https:") else "http/1.1",
            mime=part.mime,
            address=str(self.network.address(self.page.host)),
            wire_bytes=_HEAD_BYTES + part.size if done else 0,
            body_bytes=part.size if done else 0,
            request_headers=(("user-agent", self.user_agent or _NAME),),
            response_headers=headers,
            failure=failure,
        )

    def _watch(self, site: Site, parsed_ms: float) -> None:
        """Say when the page was painted, parsed and loaded."""
        document = self.components[0]
        phases = document.phases
        response_ms = self.began_ms + phases.total_ms - (phases.receive_ms or 0.0)
        view = PageView(self.page.url, site.title, self.began_ms, response_ms)
        styled_ms = self._ended_ms(("stylesheet",), parsed_ms)
        scripted_ms = self._ended_ms(("stylesheet", "script"), parsed_ms)
        all_ms = self._ended_ms(None, parsed_ms)
        if styled_ms is not None:
            view = replace(view, first_contentful_paint_ms=styled_ms + 8)
        if scripted_ms is not None:
            view = replace(view, dom_content_loaded_ms=scripted_ms + 10)
        if all_ms is not None and view.dom_content_loaded_ms is not None:
            view = replace(view, load_ms=max(all_ms + 12, view.dom_content_loaded_ms + 1))
        self.view = view
        if view.load_ms is None:
            self.spent_ms = self.patience_ms
            self.failure = Failure(FailureKind.TIMEOUT, "load", self._late)

    def _ended_ms(self, types: tuple[str, ...] | None, least_ms: float) -> float | None:
        """Return when the last of these was there; None if one never was."""
        ends = [least_ms]
        for part in self.components[1:]:
            if types is not None and part.type not in types:
                continue
            if part.duration_ms is None:
                return None
            ends.append(part.started_ms + part.duration_ms)
        return max(ends)
