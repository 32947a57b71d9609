"""Opens the world of an account at a vendor, and fills it from the seed at first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from mockserver.core.accounts import Account, Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import Clock
from mockserver.core.following import Following
from mockserver.core.job_queue import JOB, WORLD, JobQueue
from mockserver.core.jobs import JobRunner
from mockserver.core.private_dns import PrivateDns
from mockserver.core.randomness import Randomness
from mockserver.core.schedule import Schedule
from mockserver.core.store import Document, Kind, StoreError, Transaction
from mockserver.core.vendor import Vendor

WORLD_MARK = Kind("world", limit=1)
ACCOUNT = Kind("account", limit=1000)
CONTROL_WORLD = "control"


@dataclass(slots=True)
class Worlds:
    """Every account's memory, by vendor."""

    vendors: dict[str, Vendor]
    accounts: Accounts
    clock: Clock
    randomness: Randomness
    runner: JobRunner | None = None
    schedule: Schedule | None = None
    private_dns: PrivateDns = field(default_factory=PrivateDns)
    _filled: set[str] = field(default_factory=set)

    async def open(
        self, transaction: Transaction, vendor: str, account: str, base_url: str
    ) -> Backend:
        """Return what `account` remembers at `vendor`, as `transaction` sees it."""
        owner = self.accounts.named(account)
        if owner is None or self.runner is None:
            raise LookupError(f"no account named {account}")
        world = f"{vendor}/{account}"
        backend = self.vendors[vendor].backend(
            account=owner,
            documents=transaction.documents(world),
            clock=self.clock,
            randomness=self.randomness.child(vendor, account),
            jobs=JobQueue(transaction, self.runner.begin, vendor, account, base_url),
            accounts=self.accounts,
            base_url=base_url,
            private_dns=self.private_dns,
            following=Following(transaction, self.schedule, vendor, account),
        )
        if world not in self._filled:
            await self._fill(transaction, world, vendor, backend)
        return backend

    async def _fill(
        self, transaction: Transaction, world: str, vendor: str, backend: Backend
    ) -> None:
        if await backend.documents.get(WORLD_MARK.name, "seed") is None:
            await self.vendors[vendor].populate(backend)
            mark: Document = {"seed": self.randomness.seed}
            await backend.documents.insert(WORLD_MARK.name, "seed", mark)
        transaction.after_commit(partial(self._filled.add, world))

    async def reset(
        self, transaction: Transaction, vendor: str | None = None, account: str | None = None
    ) -> list[str]:
        """Forget the worlds of a vendor, of an account, of one at the other, or all of them."""
        gone = [w for w in await transaction.worlds("") if _meant(w, vendor, account)]
        for world in gone:
            await transaction.documents(world).clear()
            transaction.after_commit(partial(self._filled.discard, world))
            if self.schedule is not None:
                transaction.after_commit(partial(self.schedule.forget, world))
        await self._forget_jobs(transaction, vendor, account)
        return gone

    async def _forget_jobs(
        self, transaction: Transaction, vendor: str | None, account: str | None
    ) -> None:
        jobs = transaction.documents(WORLD)
        for job in await jobs.find(JOB.name):
            if _meant(f"{job['vendor']}/{job['account']}", vendor, account):
                await jobs.delete(JOB.name, job["id"])

    async def resume(self, transaction: Transaction) -> None:
        """Follow again what was followed when an earlier run of the server ended."""
        for world in await transaction.worlds(""):
            name, _, account = world.partition("/")
            vendor = self.vendors.get(name)
            # An account may have been given by an option that this run lacks.
            if vendor and vendor.rounds and self.accounts.named(account):
                await vendor.rounds.resume(await self.open(transaction, name, account, ""))

    async def claim(self, transaction: Transaction) -> None:
        """Mark the store with our seed; StoreError if it was made from another one."""
        control = transaction.documents(CONTROL_WORLD)
        mark = await control.get(WORLD_MARK.name, "seed")
        if mark is None:
            await control.insert(WORLD_MARK.name, "seed", {"seed": self.randomness.seed})
        elif mark["seed"] != self.randomness.seed:
            raise StoreError(
                f"the state was made with --seed {mark['seed']}, not {self.randomness.seed}: "
                f"give --seed {mark['seed']}, or another --state file"
            )

    async def remember(self, transaction: Transaction, account: Account) -> None:
        """Store an account, so that its keys hold after a restart."""
        document: Document = {"name": account.name, "keys": dict(account.keys)}
        await transaction.documents(CONTROL_WORLD).insert(ACCOUNT.name, account.name, document)

    async def recall(self, transaction: Transaction) -> None:
        """Bring back the accounts of an earlier run."""
        for row in await transaction.documents(CONTROL_WORLD).find(ACCOUNT.name):
            if self.accounts.named(row["name"]) is None:
                self.accounts.add(Account(row["name"], row["keys"]))


def _meant(world: str, vendor: str | None, account: str | None) -> bool:
    its_vendor, _, its_account = world.partition("/")
    is_vendors = bool(its_account) and not its_vendor.startswith("__")
    return is_vendors and vendor in (None, its_vendor) and account in (None, its_account)
