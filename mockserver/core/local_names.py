"""Names that this machine knows by itself: a simulation asks no name server about the others."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence

from probes.errors import TargetRefused

_LOOPBACK = {socket.AF_INET: ("127.0.0.1",), socket.AF_INET6: ("::1",)}
_EITHER = ("127.0.0.1", "::1")
# RFC 1123, section 2.1, and underscores and letters of other scripts besides.
_NAME = re.compile(r"(?:\w(?:[\w-]{0,61}\w)?)(?:\.\w(?:[\w-]{0,61}\w)?)*")


async def local_names(name: str, family: socket.AddressFamily) -> Sequence[str]:
    """Return the loopback addresses of localhost, or an oddly spelt address's own.

    OSError for what cannot exist. TargetRefused for any other name, as even the question would
    leave this machine.
    """
    plain = name.rstrip(".").lower()
    if plain == "localhost" or plain.endswith(".localhost"):
        return _LOOPBACK.get(family, _EITHER)
    if addresses := _spelt_addresses(name, family):
        return addresses
    if not may_exist(plain):
        raise OSError("no such name can exist")
    rule = "is a name, and a simulation looks no names up"
    raise TargetRefused(name[:80], rule, "RANGE --network live")


def may_exist(name: str) -> bool:
    """Whether a name could lead to a host: neither below `.invalid` (RFC 6761) nor misshapen."""
    plain = name.rstrip(".").lower()
    if plain == "invalid" or plain.endswith(".invalid"):
        return False
    # A last label of digits only would be an address, were it one.
    return bool(_NAME.fullmatch(plain)) and not plain.rpartition(".")[2].isdigit()


def _spelt_addresses(name: str, family: socket.AddressFamily) -> Sequence[str]:
    try:
        rows = socket.getaddrinfo(name, None, family, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return ()
    return [str(row[4][0]) for row in rows]
