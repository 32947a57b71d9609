"""Who a ThousandEyes token names."""

from __future__ import annotations

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import Unauthorized, shown


def authenticate(credential: Credential | None, accounts: Accounts, clock: Clock) -> Account:
    """Return the account of a token, whoever's e-mail address stands before it."""
    del clock
    if credential is None:
        raise Unauthorized(
            "Credentials are missing: send Authorization with Basic (e-mail and token) or Bearer"
        )
    if credential.scheme == "unknown":
        raise Unauthorized(
            "The Authorization header cannot be read: expected Basic with e-mail:token in base64, "
            f"or Bearer with a token, received {shown(credential.secret)}"
        )
    account = accounts.find("thousandeyes", credential.secret)
    if account is None:
        raise Unauthorized("The credentials are wrong: no user has this token")
    return account
