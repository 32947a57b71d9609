"""Bearer tokens: JWTs that name an account, good for an hour of the stand-in's clock."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import jwt

from mockserver.core.accounts import Account, Accounts
from mockserver.core.clock import Clock

if TYPE_CHECKING:
    from jwt.types import Options

LIFETIME_S = 3600
_ALGORITHM = "HS256"
# PyJWT would hold times against the machine's clock; ours may be moved by hand.
_UNTIMED: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def issue(account: Account, clock: Clock) -> str:
    """Return a token for `account`."""
    claims = {"sub": account.name, "exp": clock.now_ms() // 1000 + LIFETIME_S}
    return jwt.encode(claims, _signing_key(account), algorithm=_ALGORITHM)


def owner(token: str, accounts: Accounts, clock: Clock) -> Account | None:
    """Return the account that a valid token names, or None."""
    try:
        account = _claimed(token, accounts)
        if account is None:
            return None
        key = _signing_key(account)
        claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options=_UNTIMED)
    except (jwt.InvalidTokenError, RecursionError):  # some versions let deep JSON through
        return None
    return account if _in_time(claims, clock) else None


def _claimed(token: str, accounts: Accounts) -> Account | None:
    # Each account signs with a key of its own, so its name is read before it can be trusted.
    name = jwt.decode(token, options={"verify_signature": False}).get("sub")
    account = accounts.named(name) if isinstance(name, str) else None
    # A state file may bring accounts of a server that did not serve this vendor.
    return account if account and "wisphub" in account.keys else None


def _in_time(claims: dict[str, Any], clock: Clock) -> bool:
    expiry = claims.get("exp")
    return isinstance(expiry, int) and clock.now_ms() < expiry * 1000


def _signing_key(account: Account) -> bytes:
    return hashlib.sha256(b"jwt " + account.keys["wisphub"].encode()).digest()
