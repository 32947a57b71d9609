"""The accounts: a key names one, and each is a world of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mockserver.core.credentials import digest
from mockserver.core.errors import BadRequest, Conflict, InsufficientStorage
from mockserver.core.randomness import Randomness

DEFAULT_ACCOUNT = "default"
SANDBOX_ACCOUNT = "sandbox"
LIMIT = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody with a key for each vendor, by the vendor's name."""

    name: str
    keys: Mapping[str, str]


class Accounts:
    """Finds the account that a key of a vendor names."""

    def __init__(
        self, defaults: Mapping[str, str], randomness: Randomness, vendors: Iterable[str] = ()
    ) -> None:
        """Begin with the default account, whose keys are `defaults` by vendor.

        New accounts have keys for `vendors` too: those that are served another time.
        """
        self._vendors = tuple(sorted({*defaults, *vendors}))
        self._randomness = randomness.child("accounts")
        self._by_name: dict[str, Account] = {}
        self._by_key: dict[tuple[str, bytes], Account] = {}
        self.add(Account(DEFAULT_ACCOUNT, dict(defaults)))

    def __iter__(self) -> Iterator[Account]:
        """Iterate over the accounts in order of creation."""
        return iter(tuple(self._by_name.values()))

    def named(self, name: str) -> Account | None:
        """Return the account of that name, or None."""
        return self._by_name.get(name)

    def find(self, vendor: str, key: str) -> Account | None:
        """Return the account that `key` names at `vendor`, or None."""
        return self._by_key.get((vendor, digest(key)))

    def new(self, name: str, key: str | None = None) -> Account:
        """Make an account, not yet added; its keys come from the seed, or are all `key`.

        BadRequest if the name cannot be one, Conflict if it or a key is taken,
        InsufficientStorage past the limit of accounts.
        """
        if not _NAME.fullmatch(name):
            message = "name must be 1 to 64 of letters, digits, '_', '.', '-', not first a sign"
            raise BadRequest(f"{message}; received {name[:80]!r}")
        if name in self._by_name:
            raise Conflict(f"the account {name} exists already")
        if len(self._by_name) >= LIMIT:
            raise InsufficientStorage(f"{LIMIT} accounts is the limit: start another server")
        keys = {vendor: key or self._fresh_key(vendor, name) for vendor in self._vendors}
        taken = [v for v, secret in keys.items() if self.find(v, secret)]
        if taken:
            raise Conflict(f"that key names another account at {', '.join(taken)}")
        return Account(name, keys)

    def add(self, account: Account) -> None:
        """Let the keys of `account` name it."""
        self._by_name[account.name] = account
        for vendor, key in account.keys.items():
            self._by_key[vendor, digest(key)] = account

    def remove(self, name: str) -> None:
        """Let the keys of an account name nobody any more."""
        account = self._by_name.pop(name, None)
        for vendor, key in account.keys.items() if account else ():
            self._by_key.pop((vendor, digest(key)), None)

    def _fresh_key(self, vendor: str, name: str) -> str:
        return f"mock_{self._randomness.token(32, vendor, name)}"
