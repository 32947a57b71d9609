"""An address that is resolved once: every connection goes there, whatever a name says later."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest

from contract_tests.wire.bounded import Bounded

Resolve = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system's resolver orders them; OSError if none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_loopback(address: str) -> bool:
    """Say whether an address stays on this machine."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)


class Pinned(Bounded):
    """Connects to one address; names in TLS and in `Host` stay those of the URL."""

    def __init__(self, address: str, **options: Any) -> None:
        """Pin to a numeric address."""
        self._address = address
        super().__init__(**options)

    def build_connection_pool_key_attributes(
        self,
        request: PreparedRequest,
        verify: bool | str,  # noqa: FBT001  (the library's signature)
        cert: Any = None,
    ) -> Any:
        """Return what a connection is made of: here the address in place of the name."""
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        name = urlsplit(str(request.url)).hostname
        names: dict[str, Any] = {}
        if host["scheme"] == "https":
            names = {"server_hostname": name, "assert_hostname": name}
        return {**host, "host": self._address}, {**pool, **names}
