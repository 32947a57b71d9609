"""The door for browsers: an ASGI request → a visit, a page → its answer."""

from __future__ import annotations

import logging
import re
from html import escape
from typing import TYPE_CHECKING

from mockserver.asgi.visit import address, cookies, form, target
from mockserver.core.accounts import DEFAULT_ACCOUNT
from mockserver.core.errors import ApiError, InternalServerError, NotFound
from mockserver.core.site import Page, Site, Visit

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mockserver.core.store import Store
    from mockserver.core.worlds import Worlds

_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# Nothing of a page may be loaded from, sent to, framed by or kept for another place.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
)
_log = logging.getLogger(__name__)


class Door:
    """Serves the site of one vendor at `<name>.<vendor>.localhost`, to whoever comes.

    `<name>.<account>.<vendor>.localhost` leads to the same name in another account's world.
    """

    def __init__(self, vendor: str, site: Site, store: Store, worlds: Worlds) -> None:
        """Let visits of `vendor` be answered by `site`."""
        self.suffix = f".{vendor}.localhost"
        self._vendor = vendor
        self._site = site
        self._store = store
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            page = await self._page(scope, receive)
        except ApiError as error:
            page = _refusal(error)
        except Exception:  # noqa: BLE001  (the last door: logged, and worded like any other)
            _log.exception("%s %s failed", scope["method"], scope["path"])
            page = _refusal(InternalServerError("The stand-in failed; see its log."))
        await _send(scope["method"], page, send)

    async def _page(self, scope: Scope, receive: Receive) -> Page:
        base_url: str = scope["mockserver.base_url"]
        headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]}
        name, account, port = self._place(base_url)
        visit = Visit(
            method="GET" if scope["method"] == "HEAD" else scope["method"],
            name=name,
            base_url=base_url,
            target=target(scope),
            headers=headers,
            cookies=cookies(headers.get("cookie", "")),
            form=await form(scope["method"], base_url, headers, receive),
            ip_address=address(scope),
        )
        api = f"{scope['scheme']}://{self.suffix[1:]}{port}"
        async with self._store.transaction() as transaction:
            backend = await self._worlds.open(transaction, self._vendor, account, api)
            return await self._site.show(backend, visit)

    def _place(self, base_url: str) -> tuple[str, str, str]:
        host, colon, port = base_url.partition("://")[2].partition(":")
        name, dot, account = host.rstrip(".").lower().removesuffix(self.suffix).partition(".")
        if not _NAME.fullmatch(name):
            raise NotFound("A name here is 1 to 63 of a-z, 0-9, '_' and, inside, '-'.")
        return name, self._account(account if dot else DEFAULT_ACCOUNT), colon + port

    def _account(self, name: str) -> str:
        # Browsers write hosts in lower case.
        for account in self._worlds.accounts:
            if account.name.lower() == name:
                return account.name
        raise NotFound(f"There is no account named {name}.")


def _refusal(error: ApiError) -> Page:
    reasons = [violation.sentence() for violation in error.violations]
    said = escape(" ".join([error.message, *reasons]))
    html = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{error.reason}'
        f"</title></head><body><h1>{error.reason}</h1><p>{said}</p></body></html>\n"
    )
    headers = tuple((name.lower(), value) for name, value in error.headers.items())
    return Page(error.status, html, headers)


async def _send(method: str, page: Page, send: Send) -> None:
    body = page.html.encode("utf-8", "replace")
    pairs = [*_HEADERS, *page.headers, ("content-length", str(len(body)))]
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
    await send({"type": "http.response.start", "status": page.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
