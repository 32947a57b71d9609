"""Names that this machine knows by itself: a simulation asks no name server about the others."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from probes.errors import TargetRefused

_LOOPBACK = {socket.AF_INET: ("127.0.0.1",), socket.AF_INET6: ("::1",)}
_EITHER = ("127.0.0.1", "::1")


async def local_names(name: str, family: socket.AddressFamily) -> Sequence[str]:
    """Return the loopback addresses of localhost, or an oddly spelt address's own.

    OSError for what never exists: below `.invalid` (RFC 6761). TargetRefused for any other name,
    as even the question would leave this machine; the same names lead the same way everywhere.
    """
    plain = name.rstrip(".").lower()
    if plain == "invalid" or plain.endswith(".invalid"):
        raise OSError("no such name can exist")
    if plain == "localhost" or plain.endswith(".localhost"):
        return _LOOPBACK.get(family, _EITHER)
    try:
        rows = socket.getaddrinfo(name, None, family, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        rule = "is a name, and a simulation looks no names up"
        raise TargetRefused(name[:80], rule, "RANGE --network live") from None
    return [str(row[4][0]) for row in rows]
