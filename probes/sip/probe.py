"""One SIP conversation with a server, every phase timed."""

import asyncio
import secrets
import socket
import ssl
from dataclasses import dataclass, field, replace
from time import perf_counter

from sipmessage import URI

from probes.connection import Stopped, client_context, connected, failure_of, handshake_s, misled
from probes.errors import TargetRefused, TargetUnresolvable
from probes.failure import Failure, FailureKind
from probes.live import LiveNetwork
from probes.resolve import PinnedTarget, literal_address
from probes.sip.assemble import assemble
from probes.sip.keyring import Keyring
from probes.sip.lines import LiveLine, datagram_line, stream_line
from probes.sip.plan import SipPlan, SipTransport
from probes.sip.request import Caller
from probes.sip.result import SipResult
from probes.sip.session import Session


async def sip(plan: SipPlan, network: LiveNetwork) -> SipResult:
    """Resolve and pin the server, converse, and report; ProbeError if that could not begin."""
    switchboard = Switchboard(plan, network)
    if plan.transport is SipTransport.TLS:
        await switchboard.tls()
    began_s = perf_counter()
    pinned = await network.gate.admit(plan.server)
    # An address needs no resolving, however long its turn took to come.
    dns_s = 0.0 if literal_address(plan.server) else perf_counter() - began_s
    switchboard.opening_ms["dns_ms"] = dns_s * 1000
    failure = await switchboard.converse(pinned)
    return assemble(
        plan,
        str(pinned.address),
        switchboard.session,
        opening_ms=switchboard.opening_ms,
        ignored=sum(line.ignored for line in switchboard.lines),
        failure=failure,
    )


def token() -> str:
    """Make what nobody else makes: branches, tags, Call-IDs, client nonces."""
    return secrets.token_hex(12)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line leads."""

    pinned: PinnedTarget
    port: int
    transport: SipTransport


@dataclass(slots=True)
class Switchboard:
    """Opens lines to addresses that the gate admits, and closes them all in the end."""

    plan: SipPlan
    network: LiveNetwork
    phase: str = "connect"
    session: Session | None = None
    opening_ms: dict[str, float] = field(default_factory=dict)
    lines: list[LiveLine] = field(default_factory=list)
    _places: list[Place] = field(default_factory=list)
    _context: ssl.SSLContext | None = None
    _until_s: float = 0.0

    async def tls(self) -> ssl.SSLContext:
        """Make ready for TLS, once."""
        if self._context is None:
            plan = self.plan
            verify, ca_file = plan.verify_certificate, plan.ca_file
            self._context = await client_context(verify=verify, ca_file=ca_file)
        return self._context

    async def converse(self, pinned: PinnedTarget) -> Failure | None:
        """Hold the conversation and return why it ended early, if it did."""
        plan = self.plan
        self._until_s = perf_counter() + plan.timeout_s
        try:
            line = await self._open(Place(pinned, plan.server_port, plan.transport))
            keyring = Keyring(plan, token)
            caller = Caller(plan, token(), token())
            self.session = Session(caller, line, self.dial, keyring, self._until_s)
            await self.session.run()
        except Stopped as stopped:
            # A line that broke does not know in which phase.
            return replace(stopped.failure, phase=stopped.failure.phase or self._phase)
        except (OSError, EOFError) as error:
            return failure_of(error, self._phase)
        finally:
            for line in self.lines:
                line.close()
        return None

    async def dial(self, contact: URI) -> LiveLine:
        """Open a line to a Contact, or give the present one if it leads there."""
        here = self._places[-1]
        transport = _transport(contact, here.transport)
        pinned = await self._admitted(contact.host.strip("[]"), here.pinned)
        place = Place(pinned, contact.port or transport.usual_port, transport)
        if (place.port, place.transport) == (here.port, here.transport) and (
            place.pinned.address == here.pinned.address
        ):
            return self.lines[-1]
        return await self._open(place)

    @property
    def _phase(self) -> str:
        return self.session.phase if self.session else self.phase

    async def _admitted(self, name: str, peer: PinnedTarget) -> PinnedTarget:
        """Pass a name that the server gave through the gate; Stopped where that refuses it."""
        try:
            pinned = await self.network.gate.admit(name)
        except TargetRefused as error:
            raise Stopped(Failure(FailureKind.NOT_ALLOWED, "redirect", str(error))) from None
        except TargetUnresolvable as error:
            raise Stopped(Failure(FailureKind.RESOLVE, "redirect", str(error))) from None
        gate, address = self.network.gate, str(pinned.address)
        if failure := misled(gate, peer.address, address, "redirect"):
            raise Stopped(failure)
        return pinned

    async def _open(self, place: Place) -> LiveLine:
        async with asyncio.timeout(self._until_s - perf_counter()):
            line = await self._connected(place)
        self.lines.append(line)
        self._places.append(place)
        return line

    async def _connected(self, place: Place) -> LiveLine:
        address, port = place.pinned.address, place.port
        if not place.transport.reliable:
            return await datagram_line(address, port)
        began_s = perf_counter()
        opened = await connected(address, port)
        self._note("connect_ms", handshake_s(opened, perf_counter() - began_s))
        if place.transport is SipTransport.TCP:
            return await stream_line(opened, None, place.pinned.name)
        self.phase = "tls"
        context = await self._context_beside(opened)
        began_s = perf_counter()
        line = await stream_line(opened, context, place.pinned.name)
        self._note("tls_ms", perf_counter() - began_s)
        return line

    async def _context_beside(self, opened: socket.socket) -> ssl.SSLContext:
        try:
            return await self.tls()
        except BaseException:
            opened.close()
            raise

    def _note(self, phase: str, took_s: float) -> None:
        # Those of a redirect are a part of its own phase.
        if self.session is None:
            self.opening_ms[phase] = took_s * 1000


def _transport(contact: URI, present: SipTransport) -> SipTransport:
    name = (contact.parameters.get("transport") or "").lower()
    if contact.scheme == "sips":
        name = "tls"
    try:
        return SipTransport(name) if name else present
    except ValueError:
        message = f"The server redirected to the transport {name[:20]!r}, which is not offered."
        raise Stopped(Failure(FailureKind.PROTOCOL, "redirect", message)) from None
