"""One request as Chromium tells of it, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Event = dict[str, Any]


@dataclass(slots=True)
class Entry:
    """Collects the events of one request or one hop of a redirect; seconds are monotonic."""

    identity: str
    hop: int
    url: str
    method: str
    type: str
    page: int
    issued_s: float
    issue_known: bool = True
    """Whether the browser told when it asked; else `issued_s` is when this process heard of it."""
    asker: str = ""
    """Who asked: parser, script, other (the browser itself) …"""
    request_headers: dict[str, str] = field(default_factory=dict)
    response: Event = field(default_factory=dict)
    finished_s: float | None = None
    wire_bytes: int = 0
    body_bytes: int = 0
    error_text: str | None = None
    blocked_reason: str = ""
    redirect_url: str | None = None
    from_memory: bool = False
    aside: bool = False
    """Whether its end is not waited for."""

    @property
    def pending(self) -> bool:
        """Whether it is still under way; what stays open by its nature does not count."""
        open_by_nature = self.type in ("WebSocket", "EventSource")
        return self.finished_s is None and not open_by_nature and not self.aside

    @property
    def is_icon(self) -> bool:
        """Whether the browser wants it for itself: a picture for the tab, no part of the page."""
        return self.asker == "other" and self.type == "Other"

    @property
    def timing(self) -> Event:
        """Chromium's ResourceTiming; empty where there is none, as for the memory cache."""
        timing: Event = self.response.get("timing") or {}
        return timing

    def moment_s(self, name: str) -> float | None:
        """When something happened, of the names that ResourceTiming has; None where it did not."""
        offset_ms = self.timing.get(name, -1)
        return None if offset_ms < 0 else self.timing["requestTime"] + offset_ms / 1000

    def answer(self, response: Event) -> None:
        """Note the head of the response."""
        self.response = response
        self.wire_bytes = int(response.get("encodedDataLength", 0))

    def finish(self, moment_s: float, wire_bytes: float | None = None) -> None:
        """Note the end."""
        self.finished_s = moment_s
        if wire_bytes is not None:
            self.wire_bytes = max(0, int(wire_bytes))
