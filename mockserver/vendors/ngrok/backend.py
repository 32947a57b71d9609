"""What one ngrok account remembers."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.errors import NotFound
from mockserver.core.store import Document, Kind
from mockserver.vendors.ngrok.endpoints import endpoint_of_agent
from mockserver.vendors.ngrok.model import ENDPOINT, EXPIRY, LIFETIME_MS, SESSION


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first; `next_before` is where the next one begins."""

    items: list[Document]
    next_before: str | None


@dataclass(slots=True)
class NgrokBackend(Backend):
    """Sessions and users: both are listed, read and, sessions, deleted; sessions expire."""

    async def page(self, kind: Kind, before: str | None, limit: int) -> Page:
        """Return at most `limit` documents with ids below `before`, newest first."""
        await self._forget_expired()
        # One more than asked for tells whether there is a next page.
        found = await self.documents.find(
            kind.name, before=before or None, newest_first=True, limit=limit + 1
        )
        items = found[:limit]
        return Page(items, items[-1]["id"] if len(found) > limit else None)

    async def read(self, kind: Kind, id_: str) -> Document:
        """Return a document; NotFound if there is none."""
        await self._forget_expired()
        document = await self.documents.get(kind.name, id_)
        if document is None:
            raise NotFound
        return document

    async def remove(self, kind: Kind, id_: str) -> None:
        """Delete a document; NotFound if there is none."""
        await self._forget_expired()
        if not await self.documents.delete(kind.name, id_):
            raise NotFound

    async def endpoint(self, name: str) -> Document:
        """Return the endpoint of that name; every name has one."""
        known = await self.documents.get(ENDPOINT.name, name)
        return known or endpoint_of_agent(name, self.randomness)

    async def session_of(self, token: str, endpoint: Document) -> Document | None:
        """Return the session at `endpoint` that a (hashed) token belongs to, or None."""
        await self._forget_expired()
        found = await self.documents.find(SESSION.name, {"token": token}, limit=1)
        here = [s for s in found if s["endpoint_id"] == endpoint["endpoint_id"]]
        return here[0] if here else None

    async def _forget_expired(self) -> None:
        # All live equally long: none expires before the oldest, nor before one made from now on.
        now_ms = self.clock.now_ms()
        known = await self.documents.get(EXPIRY.name, "next")
        if known and now_ms < known["at_ms"]:
            return
        kept_ms = [now_ms + LIFETIME_MS]
        for session in await self.documents.find(SESSION.name):
            if session["expires_ms"] <= now_ms:
                await self.documents.delete(SESSION.name, session["id"])
            else:
                kept_ms.append(session["expires_ms"])
        expiry: Document = {"at_ms": min(kept_ms)}
        if not await self.documents.update(EXPIRY.name, "next", expiry):
            await self.documents.insert(EXPIRY.name, "next", expiry)
