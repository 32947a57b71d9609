"""Sending the tab to a page and waiting until it is there."""

from __future__ import annotations

import asyncio
import time

from probes.browser.recorder import Recorder
from probes.browser.session import Session


async def navigate(session: Session, url: str) -> str:
    """Send the tab to a page, and return Chromium's error text if that failed at once."""
    answer = await session.cdp.send("Page.navigate", {"url": url})
    return str(answer.get("errorText", ""))


async def loaded(session: Session, quiet_s: float) -> None:
    """Wait until the load event has fired and requests have ceased, or until all is over.

    A page that leads on to another (by a script, by a meta element) is waited for in turn.
    """
    recorder = session.recorder
    while not is_over(session):
        await recorder.until(lambda: is_over(session) or has_loaded(recorder))
        left_s = recorder.last_event_s + quiet_s - time.monotonic()
        if left_s <= 0 and not recorder.pending and has_loaded(recorder):
            return
        if left_s > 0:
            await asyncio.sleep(left_s)
        await recorder.until(lambda: is_over(session) or not recorder.pending)


def has_loaded(recorder: Recorder) -> bool:
    """Tell whether the last document of the tab has had its load event."""
    if not recorder.documents:
        return False
    loader, entry = recorder.documents[-1]
    return entry.error_text is None and recorder.moment_s(loader, "load") is not None


def is_over(session: Session) -> bool:
    """Tell whether nothing is to be hoped for any more."""
    documents = session.recorder.documents
    failed = bool(documents) and documents[-1][1].error_text is not None
    return failed or session.trouble is not None or session.recorder.too_many
