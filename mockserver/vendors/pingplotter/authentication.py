"""Who a PingPlotter Cloud key names."""

from __future__ import annotations

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import Unauthorized
from mockserver.vendors.pingplotter.spelling import unquoted


def authenticate(credential: Credential | None, accounts: Accounts, clock: Clock) -> Account:
    """Return the account of a key; Unauthorized if there is none."""
    del clock
    if credential is None:
        raise Unauthorized("Missing API key: send it in the header X-API-KEY")
    # The manual's samples put quotation marks around the key.
    account = accounts.find("pingplotter", unquoted(credential.secret))
    if account is None:
        raise Unauthorized("Invalid API key: the key in the header X-API-KEY is unknown")
    return account
