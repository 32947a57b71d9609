"""One browser for one measurement: started behind its guard, and gone afterwards in any case.

Every measurement has a Chromium process, a profile and a guard of its own, so that no
connection, cache, login or crash of one is seen by another; starting takes about a second and is
not part of what is measured. If this process dies, playwright's driver sees its pipe close and
ends the browser.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from playwright.async_api import BrowserContext, CDPSession, Page, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from probes.browser.address import host_of
from probes.browser.admission import Admission
from probes.browser.errors import BrowserFailed
from probes.browser.extra_headers import send_headers
from probes.browser.flags import flags
from probes.browser.guard import Guard
from probes.browser.profile import fresh_profile
from probes.browser.program import find_browser
from probes.browser.recorder import Recorder
from probes.browser.settings import BrowserSettings
from probes.browser.words import Words
from probes.browser.workers import Workers
from probes.gate import Gate

R = TypeVar("R")

LAUNCH_S = 60.0
CLOSE_S = 10.0

# The first request of a browser starts threads and processes, which is no property of a page.
# This one gets as far as the guard, which refuses it.
_WARMING = {
    "expression": "fetch('http://browser.invalid/').catch(() => 0).then(() => 0)",
    "awaitPromise": True,
}


_EXIT = re.compile(r"exitCode=(\d+)")
_DRIVER = re.compile(r"(- )?(\[pid=\d+\] )?(<|exception while)")


@dataclass(slots=True)
class Session:
    """A browser with one tab, everything that goes on in it being recorded."""

    page: Page
    cdp: CDPSession
    guard: Guard
    recorder: Recorder
    words: Words
    trouble: str | None = None
    """Why what was under way must end: too much of something, or a crash."""

    def end(self, trouble: str) -> None:
        """Note the first trouble, and wake whoever waits."""
        self.trouble = self.trouble or trouble
        self.recorder.wake()


@asynccontextmanager
async def browsing(
    settings: BrowserSettings, gate: Gate, admission: Admission
) -> AsyncIterator[Session]:
    """Start a browser for pages of the admitted host; BrowserMissing or BrowserFailed if not."""
    program = find_browser(settings.program)
    async with AsyncExitStack() as stack:
        try:
            session = await _started(stack, program, settings, gate, admission)
        except (PlaywrightError, OSError) as error:
            raise BrowserFailed(program, _reason(error)) from None
        yield session


async def _started(
    stack: AsyncExitStack,
    program: str,
    settings: BrowserSettings,
    gate: Gate,
    admission: Admission,
) -> Session:
    profile = stack.enter_context(fresh_profile())
    driver = asyncio.ensure_future(async_playwright().start())
    stack.push_async_callback(_stop, driver)
    guard = Guard(gate, admission.pinned, settings.most_bytes)
    port = await _whole(guard.open(), lambda _: guard.close())
    stack.push_async_callback(guard.close)
    playwright = await asyncio.shield(driver)
    arguments = flags(settings, admission.page, port, admission.trusted_key)
    context = await _whole(_launched(playwright, program, profile, arguments, settings), _close)
    stack.push_async_callback(_close, context)
    session = await _session(context, settings, guard)
    await send_headers(session.cdp, settings, admission.page)
    return session


async def _launched(
    playwright: Playwright,
    program: str,
    profile: Path,
    arguments: list[str],
    settings: BrowserSettings,
) -> BrowserContext:
    width, height = settings.viewport
    return await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=program,
        args=arguments,
        headless=True,
        timeout=LAUNCH_S * 1000,
        # Chromium's sandbox does not work for root, and is kept for everybody else.
        chromium_sandbox=os.geteuid() != 0,
        # Ctrl-C is for this process, which then closes the browser itself.
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        user_agent=settings.user_agent,
        viewport={"width": width, "height": height},
        ignore_https_errors=not settings.verify_tls,
        accept_downloads=False,
        # A service worker would ask for things beside the page, unseen by its recorder.
        service_workers="block",
    )


async def _session(context: BrowserContext, settings: BrowserSettings, guard: Guard) -> Session:
    page = context.pages[0] if context.pages else await context.new_page()
    cdp = await context.new_cdp_session(page)
    session = Session(page, cdp, guard, Recorder(settings.most_requests, guard.name), Words())
    _watch(context, session)
    await cdp.send("Runtime.evaluate", _WARMING)
    await _listen(session, settings)
    guard.release()
    return session


def _watch(context: BrowserContext, session: Session) -> None:
    guard, page = session.guard, session.page
    guard.overflow = lambda: session.end("The page is larger than most_bytes allows.")
    guard.ended = lambda: session.end("The browser's guard ended unexpectedly.")
    page.on("crash", lambda _: session.end("The browser's tab crashed."))
    context.on("close", lambda _: session.end("The browser ended unexpectedly."))
    # This tells of workers, whose own events may begin too late to be heard.
    context.on("request", lambda request: guard.name(host_of(request.url)))
    # Windows that a page opens are none of its components; what they ask for is guarded as well.
    page.on("popup", lambda window: asyncio.ensure_future(_shut(window)))


async def _listen(session: Session, settings: BrowserSettings) -> None:
    cdp, recorder = session.cdp, session.recorder
    listeners = recorder.listeners()
    for name, listener in {**listeners, **session.words.listeners()}.items():
        cdp.on(name, listener)
    await Workers(cdp, listeners, recorder.let_go).attach()
    for domain in ("Network", "Page", "Runtime", "Log"):
        await cdp.send(f"{domain}.enable")
    await cdp.send("Page.setLifecycleEventsEnabled", {"enabled": True})
    tree = await cdp.send("Page.getFrameTree")
    recorder.listen_to(str(tree["frameTree"]["frame"]["id"]))
    if settings.block:
        await cdp.send("Network.setBlockedURLs", {"urls": list(settings.block)})


async def _whole(awaitable: Awaitable[R], undo: Callable[[R], Awaitable[None]]) -> R:
    """Await to the end even when cancelled meanwhile, and then undo what came of it."""
    task = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(PlaywrightError, asyncio.CancelledError):
            await undo(await task)
        raise


async def _close(context: BrowserContext) -> None:
    # A browser that hangs is ended by the driver, which does not wait for ever.
    with suppress(PlaywrightError, TimeoutError):
        await asyncio.wait_for(context.close(), CLOSE_S)


async def _stop(driver: asyncio.Future[Playwright]) -> None:
    with suppress(PlaywrightError, OSError):
        await (await driver).stop()


async def _shut(window: Page) -> None:
    with suppress(PlaywrightError):
        await window.close()


def _reason(error: Exception) -> str:
    # The command line and the driver's own traces are for nobody who is not its author.
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    lines = [line for line in lines if not _DRIVER.match(line)]
    if ended := _EXIT.search(str(error)):
        lines.append(f"it ended at once with exit status {ended[1]}")
    telling = [line for line in lines if "sandbox" in line.lower() or "rror" in line]
    return (telling or lines[-1:] or ["no reason given"])[0][:300].rstrip(".")
