"""UDP sessions at the responder: each a socket and a thread, for one caller and a limited time.

Rows of the reports, times in ns of the responder's wall clock:
voice and record: number (RTP's sequence), arrival, traffic class; one row an arrival.
reflect: number, arrival, traffic class, departure of the answer (0 if it could not be sent).
udp_sink: a row a second, see `tally.Second`; udp_source: one row of packets sent, and of those
the kernel did not take.

A session sends nothing before a greeting with its token has come from the address at the other
end of the control connection; its answers are as long as what they answer, and only a source
sends more than it gets, to an address that is proven by then, and no more than was granted.
"""

from __future__ import annotations

import hmac
import socket
import time
from contextlib import suppress
from threading import Event

from probes.errors import PacketError
from probes.responder.datagrams import Arrival, DatagramSocket, Where
from probes.responder.messages import Kind, Request
from probes.responder.packets import Greeting, decode_numbered, encode_numbered
from probes.responder.rtp import RtpHeader
from probes.responder.tally import Tally
from probes.responder.threads import send_on_time

MOST_COPIES = 2
GRACE_S = 30.0
_UNCOUNTED = frozenset({Kind.UDP_SINK, Kind.UDP_SOURCE})


class UdpSession:
    """What `serve` gathers in its thread, and `rows` hands out once `complete` or at any time."""

    def __init__(self, request: Request, token: bytes, here: str, peer: str) -> None:
        family = socket.AF_INET6 if ":" in here else socket.AF_INET
        self._sock = DatagramSocket(
            here, family, request.dscp, departures=request.kind not in _UNCOUNTED
        )
        self._request, self._token, self._peer = request, token, peer
        self._caller: Where | None = None
        self._listed: list[list[int]] = []
        self._numbers: set[int] = set()
        self._tally = Tally(request.packets if request.kind is Kind.UDP_SINK else 0)
        self._until = time.monotonic() + request.duration_ms / 1000 + GRACE_S

    @property
    def port(self) -> int:
        """Where the caller is to send."""
        return self._sock.port

    @property
    def complete(self) -> bool:
        """Whether every packet has come at least once."""
        came = self._tally.distinct if self._request.kind is Kind.UDP_SINK else len(self._numbers)
        return came >= self._request.packets

    def rows(self) -> list[list[int]]:
        """Return the report."""
        if self._request.kind is Kind.UDP_SINK:
            return self._tally.rows(self._sock.overflowed)
        return list(self._listed)

    def serve(self, stop: Event) -> None:
        """Read until told to stop, or until the session is long over."""
        try:
            while not stop.is_set() and time.monotonic() < self._until:
                arrival = self._sock.receive()
                if arrival is not None and arrival.sender[0] == self._peer:
                    self._take(arrival)
                self._note_departures()
        finally:
            self._sock.close()

    def pour(self, stop: Event) -> None:
        """Send what was granted to the caller, evenly; the row says how many went out."""
        sent = [0, 0]

        def send(number: int) -> None:
            packet = encode_numbered(self._token, number, time.time_ns(), self._request.size_bytes)
            sent[not self._sends(packet, number)] += 1

        if self._caller is not None:
            send_on_time(self._request.packets, self._request.interval_ns, send, stop)
        self._listed = [sent]

    def _take(self, arrival: Arrival) -> None:
        with suppress(PacketError):
            greeting = Greeting.decode(arrival.packet)
            if hmac.compare_digest(greeting.token, self._token):
                self._greet(greeting, arrival)
            return
        if arrival.sender == self._caller and self._request.kind is not Kind.UDP_SOURCE:
            with suppress(PacketError):
                self._note(arrival)

    def _greet(self, greeting: Greeting, arrival: Arrival) -> None:
        self._caller = self._caller or arrival.sender
        answer = Greeting(greeting.token, greeting.number, arrival.stamp_ns, time.time_ns())
        if arrival.sender == self._caller:
            self._sends(answer.encode(), -1)

    def _note(self, arrival: Arrival) -> None:
        if self._request.kind is Kind.VOICE:
            header = RtpHeader.decode(arrival.packet)
            if header.source == int.from_bytes(self._token[:4]):
                self._list(header.sequence, arrival)
            return
        number, sent_ns = decode_numbered(self._token, arrival.packet)
        if self._request.kind is Kind.UDP_SINK:
            self._tally.note_packet(number, len(arrival.packet), sent_ns, arrival.stamp_ns)
        elif self._list(number, arrival) and self._request.kind is Kind.REFLECT:
            self._reflect(number, len(arrival.packet))

    def _list(self, number: int, arrival: Arrival) -> bool:
        """Note an arrival, unless it cannot be or there are far too many copies."""
        known = number < self._request.packets
        if not known or len(self._listed) >= MOST_COPIES * self._request.packets:
            return False
        self._numbers.add(number)
        departure = [0] if self._request.kind is Kind.REFLECT else []
        self._listed.append([number, arrival.stamp_ns, arrival.traffic_class, *departure])
        return True

    def _reflect(self, number: int, size: int) -> None:
        count = len(self._listed) - 1
        self._sends(encode_numbered(self._token, number, count, size), count)

    def _sends(self, packet: bytes, key: int) -> bool:
        if self._caller is None:
            return False
        try:
            before_ns = self._sock.send(packet, self._caller, key)
        except OSError:
            return False
        if self._request.kind is Kind.REFLECT and key >= 0:
            self._listed[key][3] = before_ns
        return True

    def _note_departures(self) -> None:
        for key, stamp_ns in self._sock.departures():
            if self._request.kind is Kind.REFLECT and key >= 0:
                self._listed[key][3] = stamp_ns
