"""The operations of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.control.backend import ControlBackend
from mockserver.core.accounts import Account
from mockserver.core.errors import NotFound

Json = dict[str, Any]


async def get_health(backend: ControlBackend) -> Json:
    """Say that the server answers, and what it serves."""
    house = backend.house
    return {
        "status": "ok",
        "vendors": list(house.vendors),
        "seed": house.worlds.randomness.seed,
        "network": house.network,
        "time_ms": backend.clock.now_ms(),
    }


async def reset(
    backend: ControlBackend, vendor: str | None = None, account: str | None = None
) -> Json:
    """Forget worlds, their jobs and rate limits; they are made anew from the seed at next use."""
    if vendor is not None and vendor not in backend.house.vendors:
        raise NotFound(f"no vendor named {vendor}: there are {', '.join(backend.house.vendors)}")
    if account is not None and backend.accounts.named(account) is None:
        raise NotFound(f"no account named {account}")
    gone = await backend.house.worlds.reset(backend.jobs.transaction, vendor, account)
    for name, limiter in backend.house.limiters.items():
        if vendor in (None, name):
            limiter.forget(account)
    return {"reset": gone}


async def list_accounts(backend: ControlBackend) -> Json:
    """List the accounts with their keys."""
    return {"accounts": [_shown(backend, account) for account in backend.accounts]}


async def get_account(backend: ControlBackend, name: str) -> Json:
    """Return one account with its keys."""
    account = backend.accounts.named(name)
    if account is None:
        raise NotFound(f"no account named {name}")
    return _shown(backend, account)


async def create_account(backend: ControlBackend, body: Mapping[str, Any]) -> Json:
    """Make an account with a key for each vendor."""
    account = backend.accounts.new(body["name"], body.get("key"))
    worlds = backend.house.worlds
    await worlds.remember(backend.jobs.transaction, account)
    backend.jobs.transaction.after_commit(lambda: backend.accounts.add(account))
    return _shown(backend, account)


def _shown(backend: ControlBackend, account: Account) -> Json:
    keys = {v: account.keys[v] for v in backend.house.vendors if v in account.keys}
    return {"name": account.name, "keys": keys}
