"""Listening to the workers of a page as well: what they ask for is told to nobody else.

Playwright's sessions do not reach workers, so messages to and from them are wrapped into those
of the tab (DevTools protocol, Target domain, the way without `flatten`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from probes.browser.entry import Event

MOST_WORKERS = 50


class Workers:
    """Lets the listeners of a tab hear the network of its workers, too."""

    def __init__(
        self,
        cdp: CDPSession,
        listeners: Mapping[str, Callable[[Event], None]],
        let_go: Callable[[str], None],
    ) -> None:
        self._cdp = cdp
        self._listeners = listeners
        self._let_go = let_go
        self._identities = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._attached = 0

    async def attach(self) -> None:
        """Listen from now on.

        Playwright lets every worker begin as soon as it can, so the first that one asks for may
        not be heard; the guard sees it in any case.
        """
        self._cdp.on("Target.attachedToTarget", self._greet)
        self._cdp.on("Target.receivedMessageFromTarget", self._hear)
        order = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
        await self._cdp.send("Target.setAutoAttach", order)

    def _greet(self, event: Event) -> None:
        if self._attached >= MOST_WORKERS:
            return
        self._attached += 1
        self._let_go(str(event["targetInfo"]["url"]))
        task = asyncio.ensure_future(self._listen(str(event["sessionId"])))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, session: str) -> None:
        with suppress(PlaywrightError):
            message = json.dumps({"id": next(self._identities), "method": "Network.enable"})
            order = {"sessionId": session, "message": message}
            await self._cdp.send("Target.sendMessageToTarget", order)

    def _hear(self, event: Event) -> None:
        message = json.loads(event["message"])
        listener = self._listeners.get(message.get("method", ""))
        if listener is not None and message["method"].startswith("Network."):
            listener(message["params"])
