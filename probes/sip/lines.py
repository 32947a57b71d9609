"""Live lines: datagrams or a stream between the probe and one pinned address."""

import asyncio
import socket
import ssl
from abc import abstractmethod
from time import perf_counter
from typing import cast

from probes.connection import Stopped, abort
from probes.errors import PacketError
from probes.failure import Failure, FailureKind
from probes.sip.framing import StreamFramer, cut_datagram
from probes.sip.plan import SipTransport
from probes.sip.request import Origin
from probes.sip.response import SipResponse, parse_response
from probes.targets import Address, family_of

MOST_WAITING = 1000

Arrival = tuple[SipResponse, float]


class LiveLine(asyncio.BaseProtocol):
    """Stamps what arrives with `perf_counter` and keeps it until somebody asks."""

    def __init__(self, transport: SipTransport) -> None:
        self._kind = transport
        self._inbox: asyncio.Queue[Arrival | Exception] = asyncio.Queue(MOST_WAITING)
        self._transport: asyncio.BaseTransport | None = None
        self._closed = False
        self.ignored = 0

    @property
    def origin(self) -> Origin:
        """The local end."""
        assert self._transport  # noqa: S101 - a line is handed out once it is connected
        host, port = self._transport.get_extra_info("sockname")[:2]
        return Origin(self._kind, host.partition("%")[0], port)

    def now_s(self) -> float:
        """Seconds of `perf_counter`."""
        return perf_counter()

    @abstractmethod
    def send(self, message: bytes) -> None:
        """Send one message."""

    async def receive(self, until_s: float) -> Arrival | None:
        """Wait for the next response; None at `until_s`."""
        if self._inbox.empty() and (left_s := until_s - perf_counter()) > 0:
            try:
                item = await asyncio.wait_for(self._inbox.get(), left_s)
            except TimeoutError:
                return None
            return _raised(item)
        return None if self._inbox.empty() else _raised(self._inbox.get_nowait())

    def close(self) -> None:
        """Hang up."""
        self._closed = True
        if self._transport:
            abort(self._transport)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport, unless nobody waits for it any more."""
        self._transport = transport
        if self._closed:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that nothing more will come."""
        if not self._closed:
            self._put(exc or EOFError())

    def _read(self, message: bytes, at_s: float) -> None:
        try:
            self._put((parse_response(message), at_s))
        except PacketError:
            self.ignored += 1

    def _put(self, item: Arrival | Exception) -> None:
        if self._inbox.full():
            self.ignored += 1
        else:
            self._inbox.put_nowait(item)


class DatagramLine(LiveLine, asyncio.DatagramProtocol):
    """A connected UDP socket: the kernel drops what others send to it."""

    def send(self, message: bytes) -> None:
        """Send one datagram."""
        cast("asyncio.DatagramTransport", self._transport).sendto(message)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002
        """Take a datagram; one that is no response is counted and forgotten."""
        now_s = perf_counter()
        try:
            self._read(cut_datagram(data), now_s)
        except PacketError:
            self.ignored += 1

    def error_received(self, exc: Exception) -> None:
        """Pass on what an ICMP error said."""
        self._put(exc)


class StreamLine(LiveLine, asyncio.Protocol):
    """TCP, or TLS over it."""

    def __init__(self, transport: SipTransport) -> None:
        super().__init__(transport)
        self._framer = StreamFramer()

    def send(self, message: bytes) -> None:
        """Send one message."""
        cast("asyncio.Transport", self._transport).write(message)

    def data_received(self, data: bytes) -> None:
        """Take a piece of the stream; one that cannot be cut into messages ends the line."""
        now_s = perf_counter()
        try:
            for message in self._framer.feed(data):
                self._read(message, now_s)
        except PacketError as error:
            failure = Failure(FailureKind.PROTOCOL, "", f"The server sent {error}.")
            self._put(Stopped(failure))
            self.close()


def _raised(item: Arrival | Exception) -> Arrival:
    if isinstance(item, Exception):
        raise item
    return item


async def datagram_line(address: Address, port: int) -> DatagramLine:
    """Open a UDP socket that speaks with this address and port only."""
    loop, line = asyncio.get_running_loop(), DatagramLine(SipTransport.UDP)
    opened = socket.socket(family_of(address), socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        opened.connect((str(address), port))
        await loop.create_datagram_endpoint(lambda: line, sock=opened)
    except BaseException:
        # Not every loop lets go of the socket of an endpoint that it was still making.
        line.close()
        opened.close()
        raise
    return line


async def stream_line(
    opened: socket.socket, context: ssl.SSLContext | None, name: str
) -> StreamLine:
    """Make a line of a connected TCP socket; with a context, in TLS with this name."""
    kind = SipTransport.TLS if context else SipTransport.TCP
    line = StreamLine(kind)
    try:
        await asyncio.get_running_loop().create_connection(
            lambda: line,
            sock=opened,
            ssl=context,
            server_hostname=name if context else None,
        )
    except BaseException:
        line.close()
        opened.close()
        raise
    return line
