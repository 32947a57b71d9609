"""Who an ngrok API key names, and what the API says to anything that is not one."""

from __future__ import annotations

import re

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import Unauthorized, shown

# Two parts joined by an underscore, as in the texts of ERR_NGROK_207 and 208.
_KEY = re.compile(r"[A-Za-z0-9]+_[A-Za-z0-9_]+")


def authenticate(credential: Credential | None, accounts: Accounts, clock: Clock) -> Account:
    """Return the account of an API key; Unauthorized with ngrok's own code."""
    del clock
    if credential is None:
        raise Unauthorized("The API needs an Authorization header.", code="200")
    if credential.scheme == "unknown":
        raise Unauthorized(
            "The Authorization header must hold Bearer and an API key; "
            f"it could not be parsed: {shown(credential.secret)}",
            code="201",
        )
    account = accounts.find("ngrok", credential.secret)
    if account is None:
        raise _refusal(credential.secret)
    return account


def _refusal(secret: str) -> Unauthorized:
    if secret.startswith("ak_"):
        message = f"{shown(secret)} is the ID of an API key, not the key itself."
        return Unauthorized(message, code="208")
    if _KEY.fullmatch(secret):
        message = f"The credential is well formed but invalid: {shown(secret)}."
        return Unauthorized(message, code="203")
    message = f"This does not look like a credential: {shown(secret)}."
    return Unauthorized(message, code="202")
