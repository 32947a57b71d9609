"""Sessions of visitors: begun by signing in, kept alive by visits, ended by signing out."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from mockserver.core.store import Document
from mockserver.vendors.ngrok.backend import NgrokBackend
from mockserver.vendors.ngrok.model import LIFETIME_MS, SESSION, USER
from mockserver.vendors.ngrok.people import new_id, user_named
from mockserver.vendors.ngrok.user_agents import read_user_agent


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in: the session, and its user as far as there is one."""

    session: Document
    user: Document


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser tells of itself: its User-Agent header and where it connects from."""

    user_agent: str
    ip_address: str


async def sign_in(
    backend: NgrokBackend, endpoint: Document, user: str, browser: Browser
) -> tuple[Visitor, str]:
    """Begin a session at `endpoint`; return it with the token that the browser is to keep.

    `user` is an id, a name or an e-mail address; who is not known yet becomes a user. BadRequest
    if it is none of these.
    """
    found = await user_named(backend, user)
    fresh, now_ms = await backend.fresh("session"), backend.clock.now_ms()
    # With the time: after a reset the numbers begin again, and old cookies are still about.
    token = backend.randomness.token(43, *fresh, now_ms, "token")
    session: Document = {
        "id": new_id("as", int(fresh[1]), now_ms, backend.randomness.bits(*fresh)),
        "browser_session": _browser_session(browser),
        "created_ms": now_ms,
        "last_active_ms": now_ms,
        "expires_ms": now_ms + LIFETIME_MS,
        **endpoint,
        "user_id": found["id"],
        "token": _hashed(token),
    }
    await backend.documents.insert(SESSION.name, session["id"], session)
    found |= {"last_login_ms": now_ms, "last_active_ms": now_ms}
    await backend.documents.update(USER.name, found["id"], found)
    return Visitor(session, found), token


async def visitor(backend: NgrokBackend, endpoint: Document, token: str) -> Visitor | None:
    """Return who holds `token`, active from now on; None for nobody, or no longer."""
    session = await backend.session_of(_hashed(token), endpoint)
    user = session and await backend.documents.get(USER.name, session["user_id"])
    if not session or not user:
        return None
    seen = {"last_active_ms": backend.clock.now_ms()}
    await backend.documents.update(SESSION.name, session["id"], session | seen)
    await backend.documents.update(USER.name, user["id"], user | seen)
    return Visitor(session | seen, user | seen)


async def sign_out(backend: NgrokBackend, endpoint: Document, token: str) -> None:
    """End the session that `token` belongs to, if there is one."""
    session = await backend.session_of(_hashed(token), endpoint)
    if session:
        await backend.documents.delete(SESSION.name, session["id"])


def _browser_session(browser: Browser) -> Document:
    return {
        "user_agent": read_user_agent(browser.user_agent),
        "ip_address": browser.ip_address,
        "location": None,  # visitors come from this machine or near it, which no map tells
    }


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
