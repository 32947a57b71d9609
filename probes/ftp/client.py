"""aioftp's client, held to pinned addresses, bounded replies and one clock."""

import re
import ssl
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from time import perf_counter
from typing import Literal, NoReturn, cast

import aioftp

from probes.connection import Stopped, connected, handshake_s, misled
from probes.failure import Failure, FailureKind
from probes.ftp.plan import PassiveMode
from probes.ftp.streams import (
    BLOCK_BYTES,
    LONGEST_LINE,
    StampedReader,
    encrypt,
    hang_up,
    streams_over,
)
from probes.gate import Gate
from probes.resolve import PinnedTarget

MOST_LINES = 200
LONGEST_SHOWN = 500

_REPLY = re.compile(r"[1-6][0-9][0-9](?:[ -].*)?", re.DOTALL)
_PASSIVE = {
    PassiveMode.AUTO: ("epsv", "pasv"),
    PassiveMode.EPSV: ("epsv",),
    PassiveMode.PASV: ("pasv",),
}


@dataclass(slots=True)
class Marks:
    """How far the conversation came: moments in seconds of `perf_counter`, and the last reply."""

    phase: str = "connect"
    moments: dict[str, float] = field(default_factory=dict)
    reply_code: int | None = None
    replies: list[str] = field(default_factory=list)

    def reach(self, moment: str, at_s: float | None = None) -> None:
        """Note that this was reached, now or at the given second."""
        self.moments[moment] = perf_counter() if at_s is None else at_s

    def between_ms(self, first: str, second: str) -> float | None:
        """Milliseconds from one moment to another; None if either was not reached."""
        if first not in self.moments or second not in self.moments:
            return None
        return (self.moments[second] - self.moments[first]) * 1000

    def stop(self, kind: FailureKind, message: str) -> NoReturn:
        """End the measurement in the phase that is being timed."""
        raise Stopped(Failure(kind, self.phase, message))


class PinnedClient(aioftp.Client):  # type: ignore[misc,unused-ignore]
    """Reaches the address that was admitted, and where that leads only if the gate lets it."""

    def __init__(
        self, passive: PassiveMode, pinned: PinnedTarget, gate: Gate, stop_at: int | None
    ) -> None:
        commands = _PASSIVE[passive]
        super().__init__(passive_commands=commands, trust_server_pasv_ipv4_address=True)
        self.marks = Marks()
        self._pinned, self._gate, self._stop_at = pinned, gate, stop_at
        self.tls_version: str | None = None
        self._tls: ssl.SSLContext | None = None
        self._control: tuple[StampedReader, StreamWriter] | None = None
        self._data: StreamWriter | None = None
        self._consumed = 0

    async def _open_connection(self, host: str, port: int) -> tuple[StreamReader, StreamWriter]:
        """Connect where the gate allows; aioftp calls this for both of its connections."""
        if self._control:
            return await self._open_data(host, port)
        began_s = perf_counter()
        opened = await connected(self._pinned.address, port)
        took_s = handshake_s(opened, perf_counter() - began_s)
        self.marks.reach("connecting", began_s)
        self.marks.reach("connected", began_s + took_s)
        self.marks.phase = "negotiation"
        self._control = await streams_over(opened, LONGEST_LINE)
        return self._control

    async def _open_data(self, host: str, port: int) -> tuple[StampedReader, StreamWriter]:
        address = self._pinned.address
        if host != self.server_host:
            # PASV names a host of the server's own choosing (the bounce of RFC 2577, section 3).
            if failure := misled(self._gate, address, host, self.marks.phase):
                raise Stopped(failure)
            address = self._gate.check(host)
        if not 0 < port < 65_536:
            self.marks.stop(FailureKind.PROTOCOL, f"The server named port {port} for the data.")
        opened = await connected(address, port)
        reader, self._data = await streams_over(opened, BLOCK_BYTES, self._stop_at)
        return reader, self._data

    async def open_data(self, kind: Literal["A", "I"]) -> tuple[StampedReader, StreamWriter]:
        """Set the type and connect to the port that the server names."""
        try:
            reader, writer = await self.get_passive_connection(kind)
        except (ValueError, LookupError):
            said = self.marks.replies[-1][:80]
            self.marks.stop(FailureKind.PROTOCOL, f"The server named no data port: {said!r}.")
        return cast("StampedReader", reader), writer

    async def encrypt_control(self, context: ssl.SSLContext) -> None:
        """Change to TLS as RFC 4217 says, and have the data encrypted as well."""
        await self.command("AUTH TLS", "234")
        reader, writer = self._streams()
        # What was sent in the clear behind the reply would be taken for what came in TLS.
        if reader.fed != self._consumed:
            self.marks.stop(FailureKind.PROTOCOL, "The server sent on in the clear after AUTH.")
        self.marks.reach("tls began")
        await encrypt(writer, context, self._pinned.name)
        self.marks.reach("tls ended")
        self._tls, self.tls_version = context, writer.get_extra_info("ssl_object").version()
        await self.command("PBSZ 0", "200")
        await self.command("PROT P", "200")

    async def encrypt_data(self, writer: StreamWriter) -> None:
        """Do the same on the data connection, resuming the session as many servers demand."""
        if self._tls is None:
            return
        _, control = self._streams()
        session = control.get_extra_info("ssl_object").session
        # asyncio takes no session; aioftp's stand-in for a context hands it on.
        bound = aioftp.SSLSessionBoundContext(ssl.PROTOCOL_TLS_CLIENT, self._tls, session)
        await encrypt(writer, bound, self._pinned.name)

    async def parse_line(self) -> tuple[aioftp.Code, str]:
        """Read one line; encodings are the server's affair, length and number are ours."""
        try:
            line = await self.stream.readline()
        except ValueError:
            self.marks.stop(FailureKind.PROTOCOL, "The server sent an endless line.")
        if not line.endswith(b"\n"):
            raise ConnectionResetError
        if len(self.marks.replies) >= MOST_LINES:
            self.marks.stop(FailureKind.PROTOCOL, f"The server sent over {MOST_LINES} lines.")
        self._consumed += len(line)
        text = line.decode("utf-8", "replace").rstrip()
        self.marks.replies.append(text[:LONGEST_SHOWN])
        return aioftp.Code(text[:3]), text[3:]

    async def parse_response(self) -> tuple[aioftp.Code, list[str]]:
        """Read a reply: one line, or all until its code comes again with a blank (RFC 959)."""
        code, rest = await self.parse_line()
        if not _REPLY.fullmatch(code + rest):
            shown = (code + rest)[:80]
            self.marks.stop(FailureKind.PROTOCOL, f"The server sent no FTP reply: {shown!r}.")
        lines, more = [rest], rest.startswith("-")
        while more:
            following, rest = await self.parse_line()
            lines.append(rest if following == code else following + rest)
            more = following != code or rest[:1] not in ("", " ")
        self.marks.reply_code = int(code)
        return code, lines

    async def leave(self) -> None:
        """Say QUIT without waiting for the answer, and hang up."""
        writer = self._control[1] if self._control else None
        if writer and not writer.is_closing():
            writer.write(b"QUIT\r\n")
        await hang_up(self._data, writer)

    def _streams(self) -> tuple[StampedReader, StreamWriter]:
        if self._control is None:
            raise ConnectionResetError
        return self._control
