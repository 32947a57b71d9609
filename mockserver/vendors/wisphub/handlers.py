"""The operations of WispHub's contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.core.store import Document
from mockserver.vendors.wisphub import serializers, tokens
from mockserver.vendors.wisphub.backend import WisphubBackend


async def create_ping_task(
    backend: WisphubBackend, service_id: int, body: Mapping[str, Any]
) -> Document:
    """Leave a ping of a service's device for later and tell under which id to ask for it."""
    return serializers.ping_created(await backend.start_ping(service_id, body["pings"]))


async def get_ping_result(backend: WisphubBackend, task_id: str) -> Document:
    """Tell how a ping task stands."""
    task = await backend.ping_task(task_id)
    backend.shows(task.get("origins", ()))
    return serializers.ping_result(task)


async def create_token(backend: WisphubBackend, body: Mapping[str, str]) -> Document:
    """Give a token to who knows an account's name and its key."""
    account = backend.log_in(body["username"], body["password"])
    return serializers.token(tokens.issue(account, backend.clock))
