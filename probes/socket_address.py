"""A pinned address in the form that sockets take, made without asking any name server."""

import socket

from probes.errors import TargetUnresolvable
from probes.resolve import PinnedTarget
from probes.targets import family_of

Sockaddr = tuple[str, int] | tuple[str, int, int, int]


def socket_address(target: PinnedTarget, port: int) -> Sockaddr:
    """Return host, port and, for IPv6, flow label and zone; TargetUnresolvable for no zone."""
    host, family = str(target.address), family_of(target.address)
    try:
        rows = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, _NUMERIC)
    except OSError as error:
        raise TargetUnresolvable(target.name, str(error.strerror).lower()) from None
    where: Sockaddr = rows[0][4]  # type: ignore[assignment]
    return where


_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
