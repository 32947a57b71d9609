"""What a page says to its console, bounded."""

from __future__ import annotations

from collections.abc import Callable

from probes.browser.entry import Event

MOST_WORDS = 100
LONGEST_WORD = 500


class Words:
    """Errors of the console, exceptions that nobody caught, and the browser's own complaints."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def listeners(self) -> dict[str, Callable[[Event], None]]:
        """Return what hears which of Chromium's events."""
        return {
            "Log.entryAdded": self._logged,
            "Runtime.exceptionThrown": self._threw,
            "Runtime.consoleAPICalled": self._called,
        }

    def _logged(self, event: Event) -> None:
        entry = event.get("entry", {})
        if entry.get("level") in ("error", "warning"):
            self._note(f"{entry['level']}: {entry.get('text', '')}")

    def _threw(self, event: Event) -> None:
        detail = event.get("exceptionDetails", {})
        words = detail.get("exception", {}).get("description") or detail.get("text", "")
        self._note(f"exception: {words}")

    def _called(self, event: Event) -> None:
        if event.get("type") in ("error", "assert"):
            words = (str(item.get("value", item.get("description"))) for item in event["args"])
            self._note(f"error: {' '.join(words)}")

    def _note(self, words: str) -> None:
        if len(self.said) < MOST_WORDS:
            self.said.append(words[:LONGEST_WORD])
