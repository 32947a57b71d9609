"""Echo requests over the simulated internet: whole IP packets out, whole IP packets in."""

from random import Random

from probes.errors import PacketError
from probes.internet.datagram import Datagram
from probes.internet.internet import Internet
from probes.ip_packet import ICMP, ICMPV6, IpPacket, IpTemplate
from probes.packet import DEFAULT_PAYLOAD, EchoTemplate, is_reply
from probes.targets import Address, family_of
from probes.transport import seal_icmp6

FIRST_TTL = 64


class EchoCaller:
    """Asks one address, and recognises the answer as the echo engine does."""

    def __init__(self, internet: Internet, destination: Address, stream: Random) -> None:
        source = internet.source(destination)
        protocol = ICMP if destination.version == 4 else ICMPV6
        self._internet = internet
        self._ends = (source, destination)
        self._host = destination.packed
        self._stream = stream
        self._echo = EchoTemplate(family_of(destination), 0, DEFAULT_PAYLOAD)
        self._ip = IpTemplate(IpPacket(source, destination, protocol, FIRST_TTL, 0, b""))

    def rtt_ms(self, seq: int, at_s: float) -> float | None:
        """Send a request at this time; None where no reply to exactly it comes."""
        request = self._echo.request(seq & 0xFFFF, int(self._stream.random() * 2**32))
        if self._ends[0].version == 6:
            request = seal_icmp6(request, *self._ends)
        packet = self._ip.wrap(0, request)
        for answer, delay_ms in self._internet.answer(packet, at_s, self._stream):
            if self._is_reply(answer, request):
                return delay_ms
        return None

    def _is_reply(self, packet: bytes, request: bytes) -> bool:
        try:
            answer = Datagram.read(packet)
        except PacketError:
            return False
        return answer.source == self._host and is_reply(answer.payload, request)
