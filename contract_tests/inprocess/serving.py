"""A stand-in for the length of a block: `with serve("ngrok") as api: …`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import specs
from contract_tests.inprocess.house import House
from contract_tests.inprocess.mock_api import MockApi
from contract_tests.inprocess.tenant import Tenant

__tracebackhide__ = True


@contextmanager
def serve(*vendors: str, seed: int = 0, account: str = "client") -> Iterator[MockApi]:
    """Serve vendors (all by default) to a new account; UnknownVendor if there is no such one."""
    names = vendors or specs.vendors()
    for name in names:
        specs.path_of(name)
    with House(names, seed).open() as house:
        tenant = Tenant(house, account)
        try:
            yield MockApi(tenant, names)
        finally:
            tenant.leave()
