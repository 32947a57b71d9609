"""Listening to Chromium's developer events: requests of a tab, and moments of its pages."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable

from probes.browser.address import host_of, without_login
from probes.browser.entry import Entry, Event

_NETWORKLESS = ("data:", "blob:", "about:", "chrome", "devtools:")


class Recorder:
    """Keeps what happened in one tab, and wakes whoever waits for something to have happened.

    `named` is told of every host that a request names. After `most_requests` no more are kept.
    """

    def __init__(self, most_requests: int, named: Callable[[str], None]) -> None:
        self.entries: list[Entry] = []
        self.documents: list[tuple[str, Entry]] = []
        """Loader and last hop of each document of the main frame."""
        self.began_wall_s: float | None = None
        self.last_event_s = time.monotonic()
        self.too_many = False
        self._most = most_requests
        self._named = named
        self._live: dict[str, Entry] = {}
        self._sent: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._got: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
        self._hops: defaultdict[str, int] = defaultdict(int)
        self._moments: dict[tuple[str, str], float] = {}
        self._main_frame: str | None = None
        self._changed = asyncio.Event()

    def listeners(self) -> dict[str, Callable[[Event], None]]:
        """Return what hears which of Chromium's events."""
        return {
            "Network.requestWillBeSent": self._requested,
            "Network.responseReceived": self._answered,
            "Network.dataReceived": self._received,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
            "Network.requestServedFromCache": self._cached,
            "Network.requestWillBeSentExtraInfo": self._detailed(self._sent),
            "Network.responseReceivedExtraInfo": self._detailed(self._got),
            "Network.webSocketCreated": self._socket_created,
            "Network.webSocketWillSendHandshakeRequest": self._socket_asked,
            "Network.webSocketHandshakeResponseReceived": self._socket_answered,
            "Network.webSocketFrameError": self._socket_failed,
            "Page.lifecycleEvent": self._lived,
        }

    def listen_to(self, frame: str) -> None:
        """Take documents of this frame for pages."""
        self._main_frame = frame

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds; it is asked again whenever somebody wakes the recorder."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    def wake(self) -> None:
        """Let conditions be asked again."""
        self._changed.set()

    @property
    def pending(self) -> bool:
        """Whether a request is under way."""
        return any(entry.pending for entry in self.entries)

    def moment_s(self, loader: str, name: str) -> float | None:
        """When a document reached one of Chromium's lifecycle moments."""
        return self._moments.get((loader, name))

    def let_go(self, url: str) -> None:
        """Do not wait for the script of a worker: its end may be told to the worker alone."""
        for entry in self.entries:
            entry.aside = entry.aside or entry.url == url
        self.wake()

    def sent_headers(self, entry: Entry) -> dict[str, str]:
        """Return the header of a request as it went out, as far as Chromium told."""
        return {**entry.request_headers, **_nth(self._sent[entry.identity], entry.hop)}

    def got_headers(self, entry: Entry) -> dict[str, str]:
        """Return the header of a response as it came, cookies included."""
        got = _nth(self._got[entry.identity], entry.hop)
        return got or dict(entry.response.get("headers", {}))

    def _requested(self, event: Event) -> None:
        identity, url = str(event["requestId"]), str(event["request"]["url"])
        self._redirected(event, identity, url)
        if url.startswith(_NETWORKLESS):
            return
        if self.began_wall_s is None:
            self.began_wall_s = float(event["wallTime"])
        entry = self._entry(identity, url, str(event.get("type", "Other")))
        entry.method = str(event["request"]["method"])
        entry.issued_s = float(event["timestamp"])
        entry.asker = str(event.get("initiator", {}).get("type", ""))
        entry.request_headers = dict(event["request"].get("headers", {}))
        self._show(event, entry)
        self._keep(entry)

    def _entry(self, identity: str, url: str, kind: str) -> Entry:
        self._named(host_of(url))
        page = max(0, len(self.documents) - 1)
        hop, bare = self._hops[identity], without_login(url)
        return Entry(identity, hop, bare, "GET", kind, page, time.monotonic())

    def _show(self, event: Event, entry: Entry) -> None:
        """Note a new page, or the next hop of a page that redirects."""
        if event.get("type") != "Document" or event.get("frameId") != self._main_frame:
            return
        loader = str(event["loaderId"])
        if self.documents and self.documents[-1][0] == loader:
            self.documents.pop()
        self.documents.append((loader, entry))
        entry.page = len(self.documents) - 1

    def _keep(self, entry: Entry) -> None:
        self._touch()
        if len(self.entries) >= self._most:
            self.too_many = True
            return
        self.entries.append(entry)
        self._live[entry.identity] = entry
        self._hops[entry.identity] += 1

    def _touch(self) -> None:
        self.last_event_s = time.monotonic()
        self.wake()

    def _redirected(self, event: Event, identity: str, url: str) -> None:
        before = self._live.get(identity)
        if before is not None and "redirectResponse" in event:
            before.answer(event["redirectResponse"])
            before.redirect_url = url
            before.finish(float(event["timestamp"]))

    def _of(self, event: Event) -> Entry | None:
        self._touch()
        return self._live.get(str(event["requestId"]))

    def _answered(self, event: Event) -> None:
        if entry := self._of(event):
            entry.answer(event["response"])
            entry.type = str(event.get("type", entry.type))

    def _received(self, event: Event) -> None:
        if entry := self._of(event):
            entry.body_bytes += int(event["dataLength"])

    def _finished(self, event: Event) -> None:
        if entry := self._of(event):
            entry.finish(float(event["timestamp"]), event.get("encodedDataLength"))

    def _failed(self, event: Event) -> None:
        if entry := self._of(event):
            entry.finish(float(event["timestamp"]))
            entry.error_text = str(event.get("errorText", ""))
            entry.blocked_reason = str(event.get("blockedReason") or "")

    def _cached(self, event: Event) -> None:
        if entry := self._of(event):
            entry.from_memory = True

    def _detailed(
        self, details: defaultdict[str, list[dict[str, str]]]
    ) -> Callable[[Event], None]:
        def note(event: Event) -> None:
            # Such an event may come before or after the one it belongs to: they are counted.
            if len(details) < 2 * self._most:
                details[str(event["requestId"])].append(dict(event.get("headers", {})))

        return note

    def _lived(self, event: Event) -> None:
        if event.get("frameId") == self._main_frame:
            moment = (str(event["loaderId"]), str(event["name"]))
            self._moments.setdefault(moment, float(event["timestamp"]))
            self.wake()

    def _socket_created(self, event: Event) -> None:
        entry = self._entry(str(event["requestId"]), str(event["url"]), "WebSocket")
        # The one event without a time of its own; a refused handshake brings no other.
        entry.issue_known = False
        self._keep(entry)

    def _socket_asked(self, event: Event) -> None:
        if entry := self._of(event):
            entry.issued_s, entry.issue_known = float(event["timestamp"]), True
            entry.request_headers = dict(event.get("request", {}).get("headers", {}))

    def _socket_answered(self, event: Event) -> None:
        if entry := self._of(event):
            entry.answer(event["response"])
            entry.finish(float(event["timestamp"]))

    def _socket_failed(self, event: Event) -> None:
        entry = self._of(event)
        if entry and entry.finished_s is None:
            entry.finish(float(event["timestamp"]))
            entry.error_text = str(event.get("errorMessage", ""))


def _nth(details: list[dict[str, str]], index: int) -> dict[str, str]:
    return details[index] if index < len(details) else {}
