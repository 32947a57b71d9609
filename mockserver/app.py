"""create_app: the one place where everything is put together."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import specs
from mockserver import control
from mockserver import vendors as rooms
from mockserver.asgi.build import build_app
from mockserver.asgi.gateway import Gateway
from mockserver.asgi.site import Door
from mockserver.control import House
from mockserver.core.accounts import SANDBOX_ACCOUNT, Account, Accounts
from mockserver.core.clock import Clock, SystemClock
from mockserver.core.faults import FaultPlan
from mockserver.core.job_queue import JOB
from mockserver.core.jobs import JobRunner
from mockserver.core.networks import ChosenNetworks, Networks, OneNetwork
from mockserver.core.private_dns import PrivateDns, read_private_dns
from mockserver.core.randomness import Randomness
from mockserver.core.rate_limit import Limits, RateLimiter
from mockserver.core.remote import Agency, EngineAgency
from mockserver.core.roll_call import ROLL, RollCall
from mockserver.core.schedule import Schedule
from mockserver.core.sqlite_file import state_path
from mockserver.core.sqlite_store import SqliteStore
from mockserver.core.worlds import ACCOUNT, WORLD_MARK, Worlds
from mockserver.settings import Settings, SettingsError
from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.core.store import Store
    from mockserver.core.vendor import Vendor
    from probes.network import Network

SANDBOX_KEY = "mock_sandbox_key"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Application:
    """A whole stand-in: an ASGI application, and the parts that a test may want to hold.

    `faults` are what goes wrong on purpose. `breaches` are the last answers that broke our own
    contract: there should never be one.
    """

    house: House
    store: Store
    networks: Networks
    runner: JobRunner
    schedule: Schedule
    settings: Settings
    roll_call: RollCall | None = None
    faults: FaultPlan = field(default_factory=FaultPlan)
    breaches: deque[str] = field(default_factory=lambda: deque(maxlen=1000))
    gateway: Gateway = field(init=False)

    def __post_init__(self) -> None:
        """Build the vendors' applications behind the gateway."""
        self.gateway = Gateway(
            self._applications(), self._hosts(), self.start, self.stop, self._doors()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        await self.gateway(scope, receive, send)

    async def start(self) -> None:
        """Open the store, bring back accounts and unfinished jobs."""
        vendors, worlds = self.house.vendors.values(), self.house.worlds
        kinds = [kind for vendor in vendors for kind in vendor.kinds]
        await self.store.open([*kinds, JOB, WORLD_MARK, ACCOUNT, ROLL])
        async with self.store.transaction() as transaction:
            await worlds.claim(transaction)
            await worlds.recall(transaction)
        if self.roll_call:
            await self.roll_call.start()
        await self.runner.start()
        async with self.store.transaction() as transaction:
            await self.house.worlds.resume(transaction)

    async def stop(self) -> None:
        """Stop jobs, close sockets and the store."""
        if self.roll_call:
            await self.roll_call.stop()
        await self.schedule.stop()
        await self.runner.stop()
        await self.networks.close()
        await self.store.close()

    def hear_breach(self, sentence: str) -> None:
        """Take note of an answer that breaks our own contract."""
        _log.error("an answer breaks the contract: %s", sentence)
        self.breaches.append(sentence)

    def _applications(self) -> dict[str, ASGIApp]:
        caretaker = control.control_vendor(self.house)
        self.house.worlds.vendors[caretaker.name] = caretaker
        served = [(vendor, specs.load(vendor.name)) for vendor in self.house.vendors.values()]
        return {
            vendor.name: build_app(
                vendor,
                contract,
                store=self.store,
                worlds=self.house.worlds,
                limiter=self.house.limiters[vendor.name],
                faults=self.faults,
                on_breach=self.hear_breach,
            )
            for vendor, contract in [*served, (caretaker, control.control_contract())]
        }

    def _doors(self) -> dict[str, ASGIApp]:
        doors = (
            Door(vendor.name, vendor.site, self.store, self.house.worlds)
            for vendor in self.house.vendors.values()
            if vendor.site
        )
        return {door.suffix: door for door in doors}

    def _hosts(self) -> dict[str, str]:
        vendors = self.house.vendors.values()
        local = {f"{vendor.name}.localhost": vendor.name for vendor in vendors}
        return local | {host: vendor.name for vendor in vendors for host in vendor.hosts}


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    network: Network | None = None,
    store: Store | None = None,
) -> Application:
    """Return a stand-in that shares nothing with any other; parts may be replaced."""
    settings = settings or Settings()
    clock = clock or SystemClock()
    vendors = {vendor.name: vendor for vendor in rooms.load(settings.vendor)}
    house = _house(settings, vendors, clock)
    store = store or SqliteStore(state_path(settings.state))
    agency = EngineAgency(settings.engine) if settings.engine else None
    networks = OneNetwork(network) if network else _networks(settings, clock, agency)
    types = {(v.name, name): job for v in vendors.values() for name, job in v.jobs.items()}
    runner = house.worlds.runner = JobRunner(store, networks, types, house.worlds.open)
    rounds = {vendor.name: vendor.rounds for vendor in vendors.values() if vendor.rounds}
    schedule = Schedule(clock, networks, rounds, store, house.worlds.open)
    house.worlds.schedule = schedule
    roll_call = RollCall(agency, clock, store, house.worlds) if agency else None
    return Application(house, store, networks, runner, schedule, settings, roll_call)


def _networks(settings: Settings, clock: Clock, agency: Agency | None) -> Networks:
    return ChosenNetworks(settings.network, settings.allow_target, settings.seed, clock, agency)


def _house(settings: Settings, vendors: dict[str, Vendor], clock: Clock) -> House:
    _check_limits(settings, vendors)
    randomness = Randomness(settings.seed)
    keys = {name: vendor.default_key for name, vendor in vendors.items()}
    accounts = Accounts(keys, randomness, specs.vendors())
    accounts.add(accounts.new(SANDBOX_ACCOUNT, SANDBOX_KEY))
    for name, key in settings.account.items():
        accounts.add(accounts.new(name, key))
    caretaker = {control.NAME: RateLimiter((), Limits({}))}
    limits = Limits(settings.rate_limit)
    limiters = {name: RateLimiter(vendor.quotas, limits) for name, vendor in vendors.items()}
    names = _private_dns(settings)
    worlds = Worlds(dict(vendors), accounts, clock, randomness, private_dns=names)
    return House(vendors, worlds, limiters | caretaker, settings.network)


def _private_dns(settings: Settings) -> PrivateDns:
    try:
        return read_private_dns(settings.dns_root, settings.trust_anchor)
    except (OSError, ValueError, PlanInvalid) as error:
        raise SettingsError(f"settings dns_root and trust_anchor: {error}") from error


def _check_limits(settings: Settings, vendors: dict[str, Vendor]) -> None:
    known = {"all"} | {quota.name for vendor in vendors.values() for quota in vendor.quotas}
    unknown = set(settings.rate_limit) - known
    if unknown:
        names = ", ".join(sorted(known))
        raise SettingsError(
            f"setting rate_limit: no limit named {min(unknown)}: there are {names}"
        )


__all__ = ["Account", "Application", "create_app"]
