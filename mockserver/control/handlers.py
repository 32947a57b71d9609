"""The operations of the control API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from mockserver.control import work
from mockserver.control.backend import ControlBackend
from mockserver.core.accounts import DEFAULT_ACCOUNT, Account
from mockserver.core.errors import BadRequest, NotFound
from mockserver.core.site import Arrival, Site

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


async def get_work(backend: ControlBackend) -> Json:
    """Tell what goes on in the background, and what it keeps in memory."""
    worlds = backend.house.worlds
    assert worlds.runner is not None and worlds.schedule is not None  # noqa: S101, PT018
    return {
        "jobs": work.jobs(worlds.runner),
        "rounds": work.rounds(worlds.schedule),
        "samples": work.samples(worlds.schedule),
        "unmeasured": work.unmeasured(worlds.schedule),
    }


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


async def create_visit(backend: ControlBackend, body: Mapping[str, Any]) -> Json:
    """Sign somebody in at a protected endpoint of a vendor, without a browser."""
    vendor, account = body["vendor"], body.get("account", DEFAULT_ACCOUNT)
    site = _site(backend, vendor)
    if backend.accounts.named(account) is None:
        raise NotFound(f"no account named {account}")
    transaction, base_url = backend.jobs.transaction, f"{backend.base_url}/{vendor}"
    world = await backend.house.worlds.open(transaction, vendor, account, base_url)
    arrival = Arrival(
        body["name"],
        body["user"],
        body.get("user_agent", ""),
        body.get("ip_address", "127.0.0.1"),
    )
    return asdict(await site.admit(world, arrival))


def _site(backend: ControlBackend, vendor: str) -> Site:
    vendors = backend.house.vendors
    if vendor not in vendors:
        raise NotFound(f"no vendor named {vendor}: there are {', '.join(vendors)}")
    site = vendors[vendor].site
    if site is None:
        having = ", ".join(name for name, v in vendors.items() if v.site) or "none"
        raise BadRequest(f"{vendor} has no endpoints to visit; vendors that have: {having}")
    return site


def _shown(backend: ControlBackend, account: Account) -> Json:
    keys = {v: account.keys[v] for v in backend.house.vendors if v in account.keys}
    return {"name": account.name, "keys": keys}
