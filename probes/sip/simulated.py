"""A made-up server at the end of an imagined path; the transactions are the real ones."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from sipmessage import URI, AuthChallenge, AuthParameters, Message, Request, Response, Via

from probes.connection import Stopped
from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.resolve import check_name, literal_address
from probes.simulated import SimulatedNetwork
from probes.sip.assemble import assemble
from probes.sip.keyring import Keyring
from probes.sip.plan import SipPlan, SipTransport
from probes.sip.request import METHODS, Caller, Origin
from probes.sip.response import SipResponse, parse_response
from probes.sip.result import SipResult
from probes.sip.session import Session

PROBE = "198.18.0.1"


async def simulate(plan: SipPlan, network: SimulatedNetwork) -> SipResult:
    """Let the times follow from the path to the server; the same seed gives the same result."""
    check_name(plan.server)
    stream = network.turn("sip", plan.server)
    dns_ms = 0.0 if literal_address(plan.server) else 1 + 9 * stream.random()
    journey = Journey(network, plan.server, stream, plan.timeout_s * 1000)
    opening_ms, failure = _opening(plan, journey)
    session = None
    if failure is None:
        line = SimulatedLine(plan, journey, now=journey.spent_ms / 1000)
        session = _session(plan, line, stream)
        failure = await _converse(session)
    ended_s = session.line.now_s() if session else journey.spent_ms / 1000
    await network.clock.sleep(dns_ms / 1000 + ended_s)
    return assemble(
        plan,
        str(network.address(plan.server)),
        session,
        opening_ms={"dns_ms": dns_ms, **opening_ms},
        ignored=0,
        failure=failure,
    )


def _opening(plan: SipPlan, journey: Journey) -> tuple[dict[str, float], Failure | None]:
    """Let the handshakes pass that the transport needs."""
    phases = {SipTransport.UDP: (), SipTransport.TCP: ("connect",)}
    times_ms: dict[str, float] = {}
    for phase in phases.get(plan.transport, ("connect", "tls")):
        took_ms = journey.exchange_ms(2.0 if phase == "tls" else 0.1)
        if took_ms is None:
            message = "The server did not answer in time."
            return times_ms, Failure(FailureKind.TIMEOUT, phase, message)
        times_ms[f"{phase}_ms"] = took_ms
    return times_ms, None


def _session(plan: SipPlan, line: "SimulatedLine", stream: Random) -> Session:
    def token() -> str:
        return f"{int(stream.random() * 2**48):012x}"

    async def nowhere(contact: URI) -> "SimulatedLine":  # noqa: ARG001 - nobody redirects here
        return line

    caller = Caller(plan, token(), token())
    return Session(caller, line, nowhere, Keyring(plan, token), plan.timeout_s)


async def _converse(session: Session) -> Failure | None:
    try:
        await session.run()
    except Stopped as stopped:
        return stopped.failure
    return None


@dataclass(slots=True)
class SimulatedLine:
    """Keeps a time of its own and a server that answers after what the path takes."""

    plan: SipPlan
    journey: Journey
    now: float
    _coming: list[tuple[float, int, SipResponse]] = field(default_factory=list)
    _sent: int = 0

    @property
    def origin(self) -> Origin:
        """An address of the range for laboratories."""
        return Origin(self.plan.transport, PROBE, 40_000)

    def now_s(self) -> float:
        """Seconds since the first packet."""
        return self.now

    def send(self, message: bytes) -> None:
        """Let it reach the server, or be lost."""
        delay_ms, request = self._delay_ms(), _read(message)
        if delay_ms is None or request is None:
            return
        for think_ms, response in self._answers(request):
            self._sent += 1
            at_s = self.now + (delay_ms + think_ms) / 1000
            heapq.heappush(self._coming, (at_s, self._sent, parse_response(bytes(response))))

    async def receive(self, until_s: float) -> tuple[SipResponse, float] | None:
        """Move on to the next response, or to `until_s`."""
        if self._coming and self._coming[0][0] <= until_s:
            at_s, _, response = heapq.heappop(self._coming)
            self.now = max(self.now, at_s)
            return response, self.now
        self.now = max(self.now, until_s)
        return None

    def _delay_ms(self) -> float | None:
        journey = self.journey
        if self.plan.transport is SipTransport.UDP:
            return journey.network.round_trip_ms(journey.host, journey.stream)
        # TCP sends again by itself, for as long as anybody waits.
        left_ms = self.plan.timeout_s * 1000
        return Journey(journey.network, journey.host, journey.stream, left_ms).exchange_ms()

    def _answers(self, request: Request) -> Iterator[tuple[float, Response]]:
        """Answer as a registrar would that knows the user and the password."""
        think_ms = 0.2 + 2 * self.journey.stream.random()
        if request.method == "ACK":
            return
        if self._challenges(request):
            yield think_ms, self._challenge(request)
            return
        if request.method == "INVITE":
            yield think_ms, _response(request, 100, "Trying")
            yield think_ms + 20, _response(request, 180, "Ringing")
            think_ms += 50 + 400 * self.journey.stream.random()
        yield think_ms, _response(request, 200, "OK")

    def _challenges(self, request: Request) -> bool:
        wary = request.method in ("REGISTER", "INVITE") and self.plan.password is not None
        return wary and request.authorization is None

    def _challenge(self, request: Request) -> Response:
        response = _response(request, 401, "Unauthorized")
        nonce = f"{int(self.journey.stream.random() * 2**64):016x}"
        asked = AuthParameters(realm=self.plan.host, nonce=nonce, algorithm="MD5", qop="auth")
        response.www_authenticate = AuthChallenge("Digest", asked)
        return response


def _read(message: bytes) -> Request | None:
    """Read a request as a server does that ignores what it cannot read, such as odd URIs."""
    try:
        request = Message.parse(message)
    except ValueError:
        return None
    return request if isinstance(request, Request) else None


def _response(request: Request, code: int, phrase: str) -> Response:
    response = Response(code, phrase)
    response.via = [_seen(request)]
    for name in ("From", "To", "Call-ID", "CSeq"):
        response.headers.set(name, request.headers[name])
    if code > 100 and ";tag=" not in request.headers["To"]:
        response.headers.set("To", f"{request.headers['To']};tag=simulated")
    if code == 200 and request.method in ("INVITE", "OPTIONS"):
        response.headers.set("Allow", METHODS)
    response.headers.set("Server", "simulated")
    response.content_length = 0
    return response


def _seen(request: Request) -> Via:
    """Return the Via as a server completes it (RFC 3581)."""
    via = request.via[0]
    parameters = via.parameters.replace(rport=str(via.port), received=via.host)
    return replace(via, parameters=parameters)
