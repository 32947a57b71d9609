"""The caretaker's lodge: our own API under /__mock, from a contract like any vendor's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import specs
from mockserver.control import handlers
from mockserver.control.backend import ControlBackend, House
from mockserver.core.accounts import DEFAULT_ACCOUNT, Account, Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import Clock
from mockserver.core.credentials import Credential
from mockserver.core.errors import ApiError, Unauthorized
from mockserver.core.vendor import Situation, Vendor

NAME = "__mock"
_CONTRACT = Path(__file__).parent / "contract" / "openapi.yaml"

__all__ = ["NAME", "House", "control_contract", "control_vendor"]


def control_contract() -> specs.Contract:
    """Return the contract of the control API."""
    return specs.load_file(_CONTRACT)


def control_vendor(house: House) -> Vendor:
    """Return the control API as a vendor, so that it is served by the same application."""
    return Vendor(
        name=NAME,
        title="Control",
        hosts=(),
        default_key="",
        credential="none",
        curl="",
        handlers=handlers,
        backend=partial(ControlBackend, house=house),
        populate=_nothing,
        authenticate=_nobody,
        word_error=_word_error,
        kinds=(),
    )


async def _nothing(backend: Backend) -> None:
    del backend


def _nobody(credential: Credential | None, accounts: Accounts, clock: Clock) -> Account:
    del credential, clock
    account = accounts.named(DEFAULT_ACCOUNT)
    if account is None:
        raise Unauthorized
    return account


def _word_error(error: ApiError, situation: Situation) -> dict[str, object]:
    del situation
    reasons = [violation.sentence() for violation in error.violations]
    return {"error": "; ".join([error.message, *reasons])}
