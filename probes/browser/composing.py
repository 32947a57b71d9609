"""From the browser's events and the guard's passages to components, on one line of time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from probes.browser.address import host_of, port_of
from probes.browser.component import Component, PageView, Phases, Refusal
from probes.browser.entry import Entry
from probes.browser.passage import Passage
from probes.browser.recorder import Recorder
from probes.browser.settings import Pairs
from probes.browser.wire_failures import failure_of_error
from probes.failure import Failure, FailureKind

MOST_HEADERS = 100
LONGEST_VALUE = 2_000

# What Chromium may stamp a little later than the guard, of the same connection.
_SLACK_S = 0.0005
_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})


@dataclass(slots=True)
class Composer:
    """Puts one measurement together.

    The page's own name is resolved before the browser is sent to it, in `lookup_s` seconds;
    these are put in front of everything else, as if the browser had waited for them. Times
    count from there: from that much before `origin_s`, the beginning of the first document's
    own time, or before the first request where that is not known.
    """

    recorder: Recorder
    passages: list[Passage]
    lookup_s: float
    origin_s: float | None = None
    zero_s: float = 0.0
    components: tuple[Component, ...] = ()
    """Every request of the pages in the order in which they were made."""
    shown: Component | None = None
    """The request that got the last document of the tab."""
    _used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find the beginning, and tell everything from there."""
        entries = self.recorder.entries
        first_s = entries[0].issued_s if entries else 0.0
        self.zero_s = (self.origin_s or first_s) - self.lookup_s
        told = [(entry, self._component(entry, first=not i)) for i, entry in enumerate(entries)]
        self.components = tuple(component for entry, component in told if not entry.is_icon)
        last = self.recorder.documents[-1][1] if self.recorder.documents else None
        self.shown = next((component for entry, component in told if entry is last), None)

    def since_ms(self, moment_s: float) -> float:
        """Count from the beginning, before which nothing is but by rounding."""
        return max(0.0, (moment_s - self.zero_s) * 1000)

    @property
    def began_at(self) -> datetime:
        """Return the moment that times count from, by the clock on the wall."""
        first = next(iter(self.recorder.entries), None)
        wall_s = self.recorder.began_wall_s
        if first is None or wall_s is None:
            return datetime.now(UTC)
        return datetime.fromtimestamp(wall_s - (first.issued_s - self.zero_s), UTC)

    def views(self, last_title: str = "") -> tuple[PageView, ...]:
        """Return every page that was shown; only the title of the last can be known."""
        views = [self._view(loader, entry) for loader, entry in self.recorder.documents]
        return (*views[:-1], *(replace(view, title=last_title) for view in views[-1:]))

    def refusals(self) -> tuple[Refusal, ...]:
        """Return the connections that were not let through, each host and port once."""
        refused = {
            (passage.host, passage.port): Refusal(
                passage.host, passage.port, passage.failure, passage.named
            )
            for passage in self.passages
            if passage.failure and passage.failure.kind is FailureKind.NOT_ALLOWED
        }
        return tuple(refused.values())

    def _view(self, loader: str, entry: Entry) -> PageView:
        if entry.error_text is not None:
            # What was painted and loaded then is the browser's own page about the error.
            return PageView(entry.url, "", self.since_ms(entry.issued_s))
        response_s = entry.moment_s("receiveHeadersStart")
        painted_s = self.recorder.moment_s(loader, "firstContentfulPaint")
        parsed_s = self.recorder.moment_s(loader, "DOMContentLoaded")
        loaded_s = self.recorder.moment_s(loader, "load")
        moments = [self._known_ms(s) for s in (response_s, painted_s, parsed_s, loaded_s)]
        return PageView(entry.url, "", self.since_ms(entry.issued_s), *moments)

    def _known_ms(self, moment_s: float | None) -> float | None:
        return None if moment_s is None else self.since_ms(moment_s)

    def _component(self, entry: Entry, *, first: bool) -> Component:
        passage = self._passage(entry)
        started_s = self.zero_s if first else _issued_s(entry)
        lookup_s = self.lookup_s if first else 0.0
        response = entry.response
        return Component(
            url=entry.url,
            method=entry.method,
            type=entry.type.lower(),
            page=entry.page,
            started_ms=self.since_ms(started_s),
            duration_ms=_took_ms(entry, started_s),
            phases=_phases(entry, passage, started_s, lookup_s),
            status=response.get("status"),
            status_text=str(response.get("statusText", "")),
            protocol=response.get("protocol"),
            mime=str(response.get("mimeType", "")),
            address=self._address(entry, passage),
            wire_bytes=entry.wire_bytes,
            body_bytes=entry.body_bytes,
            from_cache=entry.from_memory or bool(response.get("fromDiskCache")),
            redirect_url=entry.redirect_url,
            request_headers=_bounded(self.recorder.sent_headers(entry)),
            response_headers=_bounded(self.recorder.got_headers(entry)),
            failure=self._failure(entry),
        )

    def _passage(self, entry: Entry) -> Passage | None:
        """Find the connection that was made for this request, if one was."""
        done_s = entry.moment_s("sslStart") or entry.moment_s("connectEnd")
        if done_s is None or (entry.moment_s("connectStart") is None):
            return None
        fitting = [
            (passage.connected_s, index)
            for index, passage in enumerate(self._to(entry))
            if index not in self._used
            and passage.connected_s is not None
            and passage.connected_s <= done_s + _SLACK_S
        ]
        if not fitting:
            return None
        _, index = max(fitting)
        self._used.add(index)
        return self.passages[index]

    def _to(self, entry: Entry) -> list[Passage]:
        where = (host_of(entry.url), port_of(entry.url))
        nobody = Passage("", 0, 0.0)
        return [p if (p.host, p.port) == where else nobody for p in self.passages]

    def _address(self, entry: Entry, passage: Passage | None) -> str | None:
        if passage is not None:
            return passage.address
        if not entry.response or entry.from_memory:
            return None
        known = [p.address for p in self._to(entry) if p.address and p.connected_s]
        return known[0] if known else None

    def _failure(self, entry: Entry) -> Failure | None:
        # That is how Chromium calls a status of 400 and more without a body.
        if entry.error_text is not None and "HTTP_RESPONSE_CODE" not in entry.error_text:
            return self._refusal(entry) or failure_of_error(
                entry.error_text, self._phase(entry), entry.blocked_reason
            )
        status = entry.response.get("status", 0)
        if status >= 400 or entry.error_text is not None:
            words = f"The server answered with status {status}."
            return Failure(FailureKind.STATUS, "wait", words)
        return None

    def _phase(self, entry: Entry) -> str:
        """Tell how far a failed request had come."""
        error = entry.error_text or ""
        if "INVALID_AUTH" in error:
            return "wait"
        if entry.response:
            return "receive"
        if "CERT" in error or "SSL" in error:
            return "tls"
        if "REDIRECT" in error:
            return "redirect"
        return "wait" if any(passage.connected_s for passage in self._to(entry)) else "connect"

    def _refusal(self, entry: Entry) -> Failure | None:
        """Return what the guard said, where the browser only knows that the guard said no."""
        if entry.response or not entry.error_text:
            return None
        if not any(word in entry.error_text for word in ("SOCKS", "PROXY", "TUNNEL")):
            return None
        said = [passage.failure for passage in self._to(entry) if passage.failure]
        return said[-1] if said else None


def _phases(entry: Entry, passage: Passage | None, started_s: float, lookup_s: float) -> Phases:
    dns_s = passage.resolving_took_s(started_s) if passage else None
    if lookup_s:
        dns_s = lookup_s
    parts = (
        dns_s,
        passage.connecting_took_s(started_s) if passage else None,
        _between(entry, "sslStart", "sslEnd"),
        _between(entry, "sendStart", "sendEnd"),
        _between(entry, "sendEnd", "receiveHeadersStart"),
        _receiving_s(entry),
    )
    values = [None if part is None else max(0.0, part * 1000) for part in parts]
    took_ms = _took_ms(entry, started_s)
    if took_ms is None:
        return Phases(None, *values)
    return Phases(max(0.0, took_ms - sum(value or 0.0 for value in values)), *values)


def _issued_s(entry: Entry) -> float:
    """Return when it was asked for; what was only heard of was asked for before its end."""
    late = not entry.issue_known and entry.finished_s is not None
    return min(entry.issued_s, entry.finished_s or 0.0) if late else entry.issued_s


def _took_ms(entry: Entry, started_s: float) -> float | None:
    """Return how long it took; None where it has no end, or no known beginning."""
    if entry.finished_s is None or not entry.issue_known:
        return None
    return max(0.0, (entry.finished_s - started_s) * 1000)


def _between(entry: Entry, first: str, last: str) -> float | None:
    begin_s, end_s = entry.moment_s(first), entry.moment_s(last)
    return None if begin_s is None or end_s is None else end_s - begin_s


def _receiving_s(entry: Entry) -> float | None:
    begin_s = entry.moment_s("receiveHeadersStart")
    if begin_s is None or entry.finished_s is None:
        return None
    return entry.finished_s - begin_s


def _bounded(headers: dict[str, str]) -> Pairs:
    pairs = [(name, str(value)[:LONGEST_VALUE]) for name, value in headers.items()]
    hidden = [(name, "…" if name.lower() in _SECRETS else value) for name, value in pairs]
    return tuple(hidden[:MOST_HEADERS])
