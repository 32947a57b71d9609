"""Request headers that the settings add: to all requests, or to those of one host."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from probes.browser.address import PageAddress, host_of, plain_host
from probes.browser.entry import Event
from probes.browser.settings import BrowserSettings


async def send_headers(cdp: CDPSession, settings: BrowserSettings, page: PageAddress) -> None:
    """Have the browser add them; requests to hosts without headers of their own stay untouched."""
    if settings.headers:
        await cdp.send("Network.setExtraHTTPHeaders", {"headers": dict(settings.headers)})
    by_host: dict[str, dict[str, str]] = {}
    own = [(page.host, name, value) for name, value in settings.page_headers]
    for host, name, value in (*own, *settings.host_headers):
        by_host.setdefault(plain_host(host), {})[name] = value
    if by_host:
        await _amend(cdp, by_host)


async def _amend(cdp: CDPSession, by_host: dict[str, dict[str, str]]) -> None:
    # A request that waits here is held up for some milliseconds: only hosts concerned do.
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def paused(event: Event) -> None:
        extra = by_host.get(host_of(event["request"]["url"]), {})
        task = loop.create_task(_continue(cdp, event, extra))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    cdp.on("Fetch.requestPaused", paused)
    await cdp.send("Fetch.enable", {"patterns": [{"urlPattern": p} for p in _patterns(by_host)]})


def _patterns(hosts: Iterable[str]) -> Iterator[str]:
    # A login in the page's URL stays in the URLs of all that it names by relative ones.
    for host in hosts:
        for login in ("", "*@"):
            yield f"*://{login}{host}/*"
            yield f"*://{login}{host}:*/*"


async def _continue(cdp: CDPSession, event: Event, extra: dict[str, str]) -> None:
    taken = {name.lower() for name in extra}
    sent = event["request"]["headers"].items()
    headers = [
        {"name": name, "value": value}
        for name, value in (*((n, v) for n, v in sent if n.lower() not in taken), *extra.items())
    ]
    order = {"requestId": event["requestId"], "headers": headers}
    with suppress(PlaywrightError):
        await cdp.send("Fetch.continueRequest", order)
