"""The users of an account: found by what a person types, or made from it."""

from __future__ import annotations

import re

from mockserver.core.errors import BadRequest, Violation
from mockserver.core.randomness import ksuid_of
from mockserver.core.store import Document
from mockserver.vendors.ngrok.backend import NgrokBackend
from mockserver.vendors.ngrok.model import USER

MAX_LENGTH = 100
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# What people sign in with here is not asked for: everybody comes from the same provider.
_PROVIDER = {"name": "Google", "url": "https://accounts.google.com"}


async def user_named(backend: NgrokBackend, text: str) -> Document:
    """Return the user with that id, e-mail or name, a new one if need be; BadRequest."""
    text = " ".join(part for part in _checked(text).split(" ") if part)
    found = await backend.documents.get(USER.name, text) or await _known(backend, text)
    return found or await _new(backend, text)


def new_id(prefix: str, number: int, now_ms: int, bits: int) -> str:
    """Return an id that sorts by its time, and within a second by `number`."""
    return f"{prefix}_{ksuid_of(now_ms, (number % 2**32) << 96 | bits >> 32)}"


def _checked(text: str) -> str:
    if text.strip(" ") and len(text) <= MAX_LENGTH and not _CONTROLS.search(text):
        return text
    expected = f"a name or an e-mail address, 1 to {MAX_LENGTH} characters, none of them a control"
    raise BadRequest(
        "nobody can be signed in", violations=[Violation("body", "user", "text", expected, text)]
    )


async def _known(backend: NgrokBackend, text: str) -> Document | None:
    where = {"email": text.lower()} if _EMAIL.fullmatch(text) else {"username": _username(text)}
    found = await backend.documents.find(USER.name, where, limit=1)
    return found[0] if found else None


async def _new(backend: NgrokBackend, text: str) -> Document:
    name, email = (text.partition("@")[0], text.lower()) if _EMAIL.fullmatch(text) else (text, "")
    fresh = await backend.fresh("user")
    now_ms = backend.clock.now_ms()
    user: Document = {
        "id": new_id("au", int(fresh[1]), now_ms, backend.randomness.bits(*fresh)),
        "identity_provider": dict(_PROVIDER),
        "provider_user_id": str(backend.randomness.stream(*fresh).randrange(10**19, 10**20)),
        "username": _username(name),
        "email": email,
        "name": name.replace(".", " ").title() if email else name,
        "created_ms": now_ms,
        "last_active_ms": now_ms,
        "last_login_ms": now_ms,
    }
    await backend.documents.insert(USER.name, user["id"], user)
    return user


def _username(name: str) -> str:
    return name.lower().replace(" ", ".")
