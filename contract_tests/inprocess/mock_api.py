"""The vendors as one account of a test, or of a block, sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from contract_tests.inprocess.api import Api, Setting, set_environment
from contract_tests.inprocess.sent import Requests
from contract_tests.inprocess.tenant import Tenant

if TYPE_CHECKING:
    from requests import Session

    from contract_tests.inprocess.httpx_transport import Transport
    from contract_tests.inprocess.requests_adapter import Adapter

__tracebackhide__ = True


class MockApi:
    """A stand-in with an account of its own.

    Where only one vendor is served, or the test's marker names just one, its name may be left out.
    """

    def __init__(self, tenant: Tenant, vendors: Sequence[str]) -> None:
        """Speak for `tenant`; `vendors` are those that the test is about."""
        self.tenant = tenant
        self._vendors = tuple(vendors)

    @property
    def account(self) -> str:
        """The name of the account."""
        return self.tenant.account

    def at(self, vendor: str = "") -> Api:
        """Return one vendor's address, key and ways as one object; KeyError if not served."""
        if vendor or len(self._vendors) == 1:
            return self.tenant.at(vendor or self._vendors[0])
        raise KeyError(f"which vendor? There are {', '.join(self._vendors)}")

    def url(self, vendor: str = "") -> str:
        """Return a vendor's base URL on a port of loopback, with no slash at the end."""
        return self.at(vendor).url

    def local_url(self, vendor: str = "") -> str:
        """Return a vendor's base URL for the transports of this process: it has no port."""
        return self.at(vendor).local_url

    def key(self, vendor: str = "") -> str:
        """Return the account's key at a vendor."""
        return self.at(vendor).key

    def headers(self, vendor: str = "") -> dict[str, str]:
        """Return the headers that show the key."""
        return self.at(vendor).headers

    def environment(self, *vendors: str) -> dict[str, str | None]:
        """Return the variables that clients read, of all vendors of the test by default.

        They are those that `contract-tests client` sets; None is one to be taken away.
        """
        found: dict[str, str | None] = {}
        for vendor in vendors or self._vendors:
            found |= self.at(vendor).environment
        return found

    def set_environment(self, monkeypatch: Setting, *vendors: str) -> None:
        """Set those variables until the test is over."""
        set_environment(self.environment(*vendors), monkeypatch)

    @property
    def requests(self) -> Requests:
        """What was heard so far, masked: `mock_api.requests.of("list_agents")`."""
        return self.tenant.requests

    def wait_for(self, operation: str, count: int = 1, timeout_s: float = 5.0) -> Requests:
        """Return once an operation was called so often; an AssertionError after `timeout_s`."""
        return self.tenant.wait_for(operation, count, timeout_s)

    def httpx_transport(self) -> Transport:
        """Return a transport for `httpx.Client` and `httpx.AsyncClient`: no port is needed."""
        from contract_tests.inprocess.httpx_transport import Transport  # noqa: PLC0415

        return Transport(self.tenant.house)

    def requests_adapter(self) -> Adapter:
        """Return an adapter for a session of requests: no port is needed."""
        from contract_tests.inprocess.requests_adapter import Adapter  # noqa: PLC0415

        return Adapter(self.tenant.house)

    def session(self) -> Session:
        """Return a session of requests that reaches nothing but the stand-in."""
        from contract_tests.inprocess.requests_adapter import session  # noqa: PLC0415

        return session(self.tenant.house)
