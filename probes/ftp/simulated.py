"""The same conversation over an imagined path: round trips counted, nothing sent."""

import math
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from probes.failure import Failure, FailureKind
from probes.ftp.plan import FtpPlan, FtpRequest, FtpSecurity, PassiveMode
from probes.ftp.result import FtpResult
from probes.journey import Journey
from probes.resolve import check_name, literal_address
from probes.simulated import SimulatedNetwork

SEGMENT_BYTES = 1448
FIRST_WINDOW_SEGMENTS = 10
LINE_RATE_BITS_PER_MS = 100_000


class Step(NamedTuple):
    """One round trip: the phase it belongs to, and the reply that ends it, if one does."""

    phase: str
    reply: str = ""
    think_ms: float = 0.1


async def simulate(plan: FtpPlan, network: SimulatedNetwork) -> FtpResult:
    """Let the phases follow from the path to the host; the same seed gives the same result."""
    host = plan.location.host
    check_name(host)
    stream = network.turn("ftp", plan.target)
    dns_ms = 0.0 if literal_address(host) else 1 + 9 * stream.random()
    journey = Journey(network, host, stream, plan.timeout_s * 1000)
    lines = list(_lines(network.stream("ftp listing", plan.target)))
    size = _size(plan, network.stream("ftp file", plan.target), lines)
    call = Call(plan, journey, size)
    failure = call.run(stream)
    await network.clock.sleep((dns_ms + journey.spent_ms) / 1000)
    moved = "transfer" in call.phases_ms
    return FtpResult(
        target=plan.target,
        address=str(network.address(host)),
        port=plan.location.port,
        request=plan.request,
        dns_ms=dns_ms,
        connect_ms=call.phases_ms.get("connect"),
        negotiation_ms=call.phases_ms.get("negotiation"),
        tls_ms=call.tls_ms,
        wait_ms=call.phases_ms.get("wait"),
        transfer_ms=call.phases_ms.get("transfer"),
        wire_bytes=size if moved else 0,
        limited=moved and size == plan.download_limit_bytes,
        tls_version=None if call.tls_ms is None else "TLSv1.3",
        reply_code=call.reply_code,
        replies=tuple(call.replies),
        listing=tuple(lines) if moved and plan.request is FtpRequest.LIST else (),
        failure=failure,
    )


class Call:
    """Walks through the steps until they or the patience end."""

    def __init__(self, plan: FtpPlan, journey: Journey, size: int) -> None:
        self.plan, self.journey, self.size = plan, journey, size
        self.replies: list[str] = []
        self.phases_ms: dict[str, float] = {}
        self.tls_ms: float | None = None

    @property
    def reply_code(self) -> int | None:
        """Code of the last reply."""
        return int(self.replies[-1][:3]) if self.replies else None

    def run(self, stream: Random) -> Failure | None:
        """Go on until something ends it, and tell what, unless that is the end itself."""
        spent_ms: defaultdict[str, float] = defaultdict(float)
        for step in (*self._opening(), *self._closing(stream)):
            # A phase is a figure once the next one begins.
            self.phases_ms |= {k: v for k, v in spent_ms.items() if k != step.phase}
            if (took_ms := self.journey.exchange_ms(step.think_ms)) is None:
                return _late(step.phase, self.plan.timeout_s)
            self._note(step, took_ms)
            spent_ms[step.phase] += took_ms
        self.phases_ms |= spent_ms
        return self._move()

    def _note(self, step: Step, took_ms: float) -> None:
        if step.reply == "TLS":
            self.tls_ms = took_ms
        elif step.reply:
            self.replies.append(step.reply)

    def _opening(self) -> Iterator[Step]:
        yield Step("connect")
        yield Step("negotiation", "220 Service ready.")
        if self.plan.security is not FtpSecurity.PLAIN:
            yield Step("negotiation", "234 Proceed with TLS.")
            yield Step("negotiation", "TLS", 2.0)
            yield Step("negotiation", "200 PBSZ set to 0.")
            yield Step("negotiation", "200 PROT now Private.")
        yield Step("negotiation", "331 Password required.")
        yield Step("negotiation", "230 Logged in.", 5.0)
        if self.plan.location.directory:
            yield Step("negotiation", "250 Directory changed.")
        yield Step("negotiation", "200 Type set.")

    def _closing(self, stream: Random) -> Iterator[Step]:
        port = 49_152 + int(stream.random() * 16_384)
        epsv = self.plan.passive is not PassiveMode.PASV
        passive = f"229 Entering extended passive mode (|||{port}|)."
        host = str(self.journey.network.address(self.journey.host)).replace(".", ",")
        octets = f"{host},{port >> 8},{port & 255}"
        yield Step("negotiation", passive if epsv else f"227 Entering passive mode ({octets}).")
        yield Step("negotiation")  # the handshake of the data connection
        yield Step("wait", "150 Opening data connection.", 1.0 + 4.0 * stream.random())
        if self.plan.security is not FtpSecurity.PLAIN:
            yield Step("wait", think_ms=2.0)

    def _move(self) -> Failure | None:
        """Let the bytes pass: what the line takes, and a round trip for each further window."""
        windows = math.log2(self.size / SEGMENT_BYTES / FIRST_WINDOW_SEGMENTS + 1)
        took_ms = max(0, self.size - SEGMENT_BYTES) * 8 / LINE_RATE_BITS_PER_MS
        upload = self.plan.request is FtpRequest.UPLOAD
        steps = [self.journey.exchange_ms() for _ in range(int(windows) + upload)]
        steps.append(self.journey.wait_ms(took_ms))
        if None in steps:
            return _late("transfer", self.plan.timeout_s)
        self.phases_ms["transfer"] = sum(step or 0.0 for step in steps)
        self.replies.append("226 Transfer complete.")
        wanted = self.plan.desired_reply_code
        if wanted in (None, 226):
            return None
        message = f"The server answered '226 Transfer complete.' where {wanted} was desired."
        return Failure(FailureKind.STATUS, "transfer", message)


def _late(phase: str, timeout_s: float) -> Failure:
    return Failure(FailureKind.TIMEOUT, phase, f"It was not over after {timeout_s:g} s.")


def _lines(stream: Random) -> Iterator[str]:
    for number in range(1 + int(stream.random() * 20)):
        size = int(math.exp(stream.random() * 16))
        yield f"-rw-r--r--    1 ftp      ftp      {size:>12} Jan 01 00:00 file-{number:02}.bin"


def _size(plan: FtpPlan, stream: Random, lines: list[str]) -> int:
    """Bytes that move: a made-up file of 1 kB to 10 MB, the listing, or what is uploaded."""
    if plan.request is FtpRequest.UPLOAD:
        return plan.upload_bytes
    whole = int(10 ** (3 + 4 * stream.random()))
    if plan.request is FtpRequest.LIST:
        whole = sum(len(line) + 2 for line in lines)
    return min(whole, plan.download_limit_bytes or whole)
