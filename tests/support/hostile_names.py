"""Targets as an attacker would spell them, and a resolver on the attacker's side."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

CLOSED = "192.0.2.77"
CLOSED_V6 = "2001:db8::77"

SPELLINGS = (
    CLOSED,
    str(int(ipaddress.ip_address(CLOSED))),
    hex(int(ipaddress.ip_address(CLOSED))),
    "0300.0.02.0115",
    "192.0.589",
    "192.589",
    "①⑨②.⓪.②.⑦⑦",
    f"::ffff:{CLOSED}",
    "::ffff:c000:24d",
    f"64:ff9b::{CLOSED}",
    "2002:c000:24d::1",
    f"::{CLOSED}",
    CLOSED_V6,
    "0.0.0.0",
    "0",
    "::",
    "169.254.169.254",
    "fe80::1%lo",
    "224.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "first.closed.example",
    "second.closed.example",
    "localhost.closed.example",
    "127.0.0.1.closed.example",
    "127.0.0.1\n192.0.2.77",
    "127.0.0.1\0.closed.example",
    "127.0.0.1 192.0.2.77",
    "127.0.0.1@192.0.2.77",
    "127.0.0.1#@192.0.2.77",
    "[::ffff:192.0.2.77]",
    "-oProxyCommand=x",
    "",
    ".",
    "a" * 300,
    "xn--0",
    "..",
)


async def hostile_lookup(name: str, family: socket.AddressFamily) -> Sequence[str]:
    """Read odd spellings as the system does; lead every name to what is closed."""
    try:
        rows = socket.getaddrinfo(
            name, None, family, socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )
    except OSError:
        closed = {"second.closed.example": [CLOSED_V6, "127.0.0.1"]}
        return closed.get(name, [CLOSED, "127.0.0.1"])
    return [str(row[4][0]) for row in rows]


class TurnCoat:
    """A resolver that says loopback first and something closed ever after."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, name: str, family: socket.AddressFamily) -> Sequence[str]:
        del name, family
        self.asked += 1
        return ["127.0.0.1"] if self.asked == 1 else [CLOSED]
