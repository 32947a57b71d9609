"""A question over UDP: one socket for it alone, and the kernel's own times."""

import asyncio
import socket
import time
from dataclasses import dataclass, field

from dns.message import Message

from probes import timestamps
from probes.connection import failure_of
from probes.dns.question import read_answer
from probes.dns.reply import Reply, Server, unanswered
from probes.errors import PacketError
from probes.failure import Failure, FailureKind
from probes.targets import family_of

_LONGEST = 65_535


class Stamping:
    """Keeps the kernel stamping packets for as long as the network lives.

    It takes a moment to begin with that after the first socket asks for it, and stops after the
    last; a socket made for one question would come too early and go too soon.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        timestamps.enable(self._socket)
        timestamps.wait_for_stamping()

    def close(self) -> None:
        """Give the descriptor back."""
        self._socket.close()


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, its size, and the time since its question."""

    message: Message
    size: int
    elapsed_ms: float
    kernel_stamped: bool


@dataclass(slots=True)
class Ear:
    """Sends one question from a connected socket and listens for what answers it.

    Only the server itself can reach a connected socket; what comes from there and answers
    something else is noted as a stray, and listening goes on (RFC 5452, 9.1).
    """

    sock: socket.socket
    query: Message
    answer: asyncio.Future[Heard]
    strays: list[str] = field(default_factory=list)
    sent_wall_ns: int = 0
    sent_steady_ns: int = 0
    departed_ns: int | None = None

    def send(self) -> int:
        """Send the question; return its size."""
        wire = self.query.to_wire()
        self.sent_wall_ns, self.sent_steady_ns = time.time_ns(), time.monotonic_ns()
        self.sock.send(wire)
        return len(wire)

    def hear(self) -> None:
        """Take what has come."""
        try:
            while not self.answer.done():
                wire, ancillary, *_ = self.sock.recvmsg(_LONGEST, timestamps.ANCILLARY_BYTES)
                self._take(wire, timestamps.stamp_ns(ancillary), time.monotonic_ns())
        except BlockingIOError:
            self._note_departure()
        except OSError as error:
            self.answer.set_exception(error)

    def _take(self, wire: bytes, arrived_ns: int | None, steady_ns: int) -> None:
        try:
            message = read_answer(wire, self.query)
        except PacketError as error:
            self.strays.append(str(error))
            return
        self._note_departure()
        stamped_ns = self._between_stamps_ns(arrived_ns, steady_ns - self.sent_steady_ns)
        elapsed_ns = steady_ns - self.sent_steady_ns if stamped_ns is None else stamped_ns
        heard = Heard(message, len(wire), elapsed_ns / 1e6, stamped_ns is not None)
        self.answer.set_result(heard)

    def _between_stamps_ns(self, arrived_ns: int | None, outside_ns: int) -> int | None:
        """Time between the kernel's stamps, unless the wall clock was set between them.

        The stamps lie within the time that the program itself saw pass.
        """
        if arrived_ns is None:
            return None
        departed_ns = self.sent_wall_ns if self.departed_ns is None else self.departed_ns
        between_ns = arrived_ns - departed_ns
        # A clock that is being slewed may run half a thousandth apart from the steady one.
        return between_ns if 0 <= between_ns <= outside_ns * 1.001 + 1_000 else None

    def _note_departure(self) -> None:
        try:
            _, ancillary, *_ = self.sock.recvmsg(
                0, timestamps.ANCILLARY_BYTES, socket.MSG_ERRQUEUE
            )
        except OSError:
            return
        if timestamps.departure_number(ancillary) == 0:
            self.departed_ns = timestamps.stamp_ns(ancillary)


async def ask_udp(server: Server, query: Message, timeout_s: float) -> Reply:
    """Ask once; what goes wrong on the wire is in the reply."""
    loop = asyncio.get_running_loop()
    with socket.socket(family_of(server.address), socket.SOCK_DGRAM) as sock:
        ear = Ear(sock, query, loop.create_future())
        try:
            sock.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            timestamps.enable(sock)
            sock.connect((str(server.address), server.port))
            size = ear.send()
            loop.add_reader(sock, ear.hear)
            async with asyncio.timeout(timeout_s):
                heard = await ear.answer
        except TimeoutError:
            return Reply(failure=_silence(ear, timeout_s))
        except OSError as error:
            return Reply(failure=_refusal(error))
        finally:
            loop.remove_reader(sock)
    return Reply(
        heard.message,
        resolution_ms=heard.elapsed_ms,
        kernel_stamped=heard.kernel_stamped,
        query_bytes=size,
        answer_bytes=heard.size,
    )


def _silence(ear: Ear, timeout_s: float) -> Failure:
    if not ear.strays:
        return unanswered(timeout_s)
    came = f"{len(ear.strays)} datagrams came, but none was the answer; the first was"
    return Failure(FailureKind.PROTOCOL, "resolution", f"{came} {ear.strays[0]}.")


def _refusal(error: OSError) -> Failure:
    if isinstance(error, ConnectionRefusedError):
        message = "No name server listens there: ICMP said that the port is unreachable."
        return Failure(FailureKind.REFUSED, "resolution", message)
    return failure_of(error, "resolution")
