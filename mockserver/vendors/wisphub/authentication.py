"""Who a WispHub bearer token names: the key of an account, or a JWT that was given out for it."""

from __future__ import annotations

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import Unauthorized
from mockserver.vendors.wisphub import tokens


def authenticate(credential: Credential | None, accounts: Accounts, clock: Clock) -> Account:
    """Return the account of a bearer token; Unauthorized."""
    if credential is None or credential.scheme != "bearer":
        raise Unauthorized("Not authenticated")
    by_key = accounts.find("wisphub", credential.secret)
    account = by_key or tokens.owner(credential.secret, accounts, clock)
    if account is None:
        raise Unauthorized("Could not validate credentials.")
    return account
