"""requests without a port: its own connections, over a socket that stays within the process."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Retry
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from contract_tests.inprocess.calling import as_header, caller
from contract_tests.inprocess.house import House
from contract_tests.listening.ear import CALLER


class Adapter(HTTPAdapter):
    """Leads a session to a stand-in in this process: mount it at `http://` and `https://`.

    Hosts are `in-process`, the loopback, and those that vendors' documents name; every other is
    refused as a closed port would be.
    """

    def __init__(self, house: House, max_retries: Retry | int = 0) -> None:
        """Reach `house`; `max_retries` is that of requests."""
        super().__init__(max_retries=max_retries)
        self._house = house
        self._pools: dict[tuple[str, str], HTTPConnectionPool] = {}

    def send(
        self, request: requests.PreparedRequest, *args: Any, **named: Any
    ) -> requests.Response:
        """Send a request."""
        told = request.copy()
        line = caller()
        if line:
            told.headers[CALLER] = as_header(line)
        response = super().send(told, *args, **named)
        response.request = request
        return response

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *_: Any, **__: Any
    ) -> HTTPConnectionPool:
        """Return the connections to the host of a request."""
        parts = urlsplit(str(request.url))
        place = (parts.scheme, parts.hostname or "")
        if place not in self._pools:
            self._pools[place] = _Pool(self._house, *place)
        return self._pools[place]

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        """Return path and query: no proxy stands between."""
        del proxies
        return request.path_url

    def cert_verify(self, *args: Any) -> None:
        """Verify nothing: within a process there is nobody else."""

    def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()
        super().close()


def session(house: House) -> requests.Session:
    """Return a session that reaches `house`, and nothing else."""
    made = requests.Session()
    made.trust_env = False
    adapter = Adapter(house)
    for scheme in ("http://", "https://"):
        made.mount(scheme, adapter)
    return made


class _Connection(HTTPConnection):
    """One connection of urllib3's."""

    house: House
    kind: str

    def _new_conn(self) -> socket.socket:
        try:
            return self.house.connect(self.kind, self.host)
        except OSError as error:
            raise NewConnectionError(self, f"{error}") from error


class _Pool(HTTPConnectionPool):
    """Connections to one host."""

    def __init__(self, house: House, scheme: str, host: str) -> None:
        port = 443 if scheme == "https" else 80
        own = {"house": house, "kind": scheme, "default_port": port}
        self.ConnectionCls = type("Connection", (_Connection,), own)
        super().__init__(host, port=port, maxsize=10)
