"""A socket whose departures the kernel stamps, each recognised by the number it was sent as."""

import socket

from probes import timestamps
from probes.socket_address import Sockaddr

MOST_DEPARTURES = 65_536


class StampedSocket:
    """Sends packets under tokens; the kernel tells by a count of its own which of them left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._stamps_departures = timestamps.enable(sock)
        self._tokens: dict[int | None, int] = {}
        self._count = 0

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, packet: bytes, where: Sockaddr, token: int) -> None:
        """Send, and remember under which number the departure of this token will be stamped."""
        try:
            self._sock.sendto(packet, where)
        except OSError:
            self._forget_departures()
            raise
        if self._stamps_departures:
            self._remember(token)

    def departed(self, ancillary: timestamps.Ancillary) -> tuple[int, int] | None:
        """Token and wall-clock nanoseconds of the departure that a message is about, if any."""
        token = self.claim(timestamps.departure_number(ancillary))
        stamp = timestamps.stamp_ns(ancillary)
        return None if token is None or stamp is None else (token, stamp)

    def claim(self, number: int | None) -> int | None:
        """Return the token that was sent as this number of the kernel's count, once."""
        return self._tokens.pop(number, None)

    def _remember(self, token: int) -> None:
        self._tokens[self._count] = token
        self._count = (self._count + 1) & 0xFFFF_FFFF
        if len(self._tokens) > MOST_DEPARTURES:
            # Some drivers never stamp; what they owe must not pile up.
            del self._tokens[next(iter(self._tokens))]

    def _forget_departures(self) -> None:
        if self._stamps_departures:
            timestamps.restart_count(self._sock)
            self._tokens.clear()
            self._count = 0
