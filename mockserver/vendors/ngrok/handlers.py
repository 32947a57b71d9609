"""The operations of ngrok's contract."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.ngrok import serializers
from mockserver.vendors.ngrok.backend import NgrokBackend
from mockserver.vendors.ngrok.model import SESSION, USER


async def list_application_sessions(
    backend: NgrokBackend, limit: int, before_id: str | None
) -> Document:
    """List sessions, newest first."""
    page = await backend.page(SESSION, before_id, limit)
    return serializers.sessions(page, backend.base_url, limit)


async def get_application_session(backend: NgrokBackend, id_: str) -> Document:
    """Return one session."""
    return serializers.session(await backend.read(SESSION, id_), backend.base_url)


async def delete_application_session(backend: NgrokBackend, id_: str) -> None:
    """Delete one session; it stays gone."""
    await backend.remove(SESSION, id_)


async def list_application_users(
    backend: NgrokBackend, limit: int, before_id: str | None
) -> Document:
    """List users, newest first."""
    page = await backend.page(USER, before_id, limit)
    return serializers.users(page, backend.base_url, limit)


async def get_application_user(backend: NgrokBackend, id_: str) -> Document:
    """Return one user."""
    return serializers.user(await backend.read(USER, id_), backend.base_url)
