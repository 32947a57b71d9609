"""One vendor's API at a stand-in in this process: addresses, a key, and ways without a port."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import specs
from contract_tests.client.surroundings import Given, told
from contract_tests.inprocess.house import HOST, House
from contract_tests.run.keys import with_key

if TYPE_CHECKING:
    import requests

    from contract_tests.inprocess.httpx_transport import Transport
    from contract_tests.inprocess.requests_adapter import Adapter

__tracebackhide__ = True


class Setting(Protocol):
    """What sets variables of the environment for the length of a test: pytest's MonkeyPatch."""

    def setenv(self, name: str, value: str) -> None:
        """Set a variable."""

    def delenv(self, name: str, raising: bool = True) -> None:  # noqa: FBT001, FBT002
        """Take a variable away."""


@dataclass(frozen=True, slots=True)
class Api:
    """What a client has to be told of one vendor."""

    vendor: str
    house: House = field(repr=False)
    key: str = field(repr=False)

    @property
    def url(self) -> str:
        """The vendor's base URL on a port of loopback, with no slash at the end."""
        return f"{self.house.url}/{self.vendor}{self._base_path}"

    @property
    def local_url(self) -> str:
        """The vendor's base URL for the transports of this process: it has no port."""
        return f"http://{HOST}/{self.vendor}{self._base_path}"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that show the key."""
        shown = with_key(specs.load(self.vendor), "KEY", self.key)
        return dict(shown.headers) if shown else {}

    @property
    def environment(self) -> dict[str, str | None]:
        """Variables that clients of this vendor read; None is one to be taken away."""
        return told({self.vendor: Given(self.url, self.key)})

    def set_environment(self, setting: Setting) -> None:
        """Set those variables by pytest's `monkeypatch`."""
        set_environment(self.environment, setting)

    def httpx_transport(self) -> Transport:
        """Return a transport for `httpx.Client` and `httpx.AsyncClient`; ImportError without."""
        from contract_tests.inprocess.httpx_transport import Transport  # noqa: PLC0415

        return Transport(self.house)

    def requests_adapter(self) -> Adapter:
        """Return an adapter to be mounted in a session of requests."""
        from contract_tests.inprocess.requests_adapter import Adapter  # noqa: PLC0415

        return Adapter(self.house)

    def session(self) -> requests.Session:
        """Return a session of requests that reaches nothing but the stand-in."""
        from contract_tests.inprocess.requests_adapter import session  # noqa: PLC0415

        return session(self.house)

    @property
    def _base_path(self) -> str:
        return specs.base_path(specs.load(self.vendor))


def set_environment(variables: dict[str, str | None], setting: Setting) -> None:
    """Set variables, or take them away where they are None."""
    for name, value in variables.items():
        if value is None:
            setting.delenv(name, raising=False)
        else:
            setting.setenv(name, value)
