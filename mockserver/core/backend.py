"""What one account of one vendor remembers, as one request or job sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock
from mockserver.core.following import Following
from mockserver.core.job_queue import JobQueue
from mockserver.core.private_dns import PrivateDns
from mockserver.core.randomness import Randomness
from mockserver.core.store import Documents


@dataclass(slots=True)
class Backend:
    """The world of `account` at one vendor; vendors derive their own with their own verbs.

    `documents` are open inside the running transaction. `base_url` is the address at which the
    client reaches this vendor, without a slash at its end: links in answers begin with it.
    `randomness` belongs to this account; use it with a number from `documents.next(…)` so that
    nothing is drawn twice, also across a restart. `private_dns` is the name system that the
    server was told of, if it was. `origins` are where the results that are shown came from, as
    far as any are: clients are told beside the answer, never in it. `following` says what is to be
    measured again and again, and holds what was.
    """

    account: Account
    documents: Documents
    clock: Clock
    randomness: Randomness
    jobs: JobQueue
    accounts: Accounts
    base_url: str
    private_dns: PrivateDns = field(default_factory=PrivateDns, kw_only=True)
    following: Following = field(kw_only=True)
    origins: set[str] = field(default_factory=set, kw_only=True)

    def shows(self, origins: Iterable[str]) -> None:
        """Note that the answer shows results from `origins`: `live`, `simulated` or both."""
        self.origins.update(origins)

    async def fresh(self, name: str) -> Sequence[str | int]:
        """Return the name of a stream of chance that was never used before in this world."""
        return (name, await self.documents.next(name))
