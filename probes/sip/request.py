"""Requests of the probe, written by sipmessage."""

from dataclasses import dataclass, replace

from sipmessage import URI, CSeq, Parameters, Request, Via

from probes.sip.plan import SipPlan, SipTransport, bracketed
from probes.sip.response import SipResponse

COOKIE = "z9hG4bK"
"""What every branch begins with (RFC 3261, section 8.1.1.7)."""

METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: one Call-ID and one From tag for all requests of a measurement."""

    plan: SipPlan
    call_id: str
    tag: str

    @property
    def record(self) -> str:
        """The address of record, without a port."""
        return f"<sip:{self.plan.user}@{self.plan.host}>"

    def uri(self, *, user: str | None) -> URI:
        """Make a request URI; the port is in it where no domain was given and it is unusual."""
        plan = self.plan
        port = None if plan.domain or plan.proxy or plan.port == 5060 else plan.port
        return URI(scheme="sip", host=plan.host, user=user, port=port)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where requests leave from: the local end of the line that carries them."""

    transport: SipTransport
    host: str
    port: int

    @property
    def place(self) -> str:
        """Host and port as they stand in a URI."""
        return f"{bracketed(self.host)}:{self.port}"

    def via(self, branch: str) -> Via:
        """Make the Via header; `rport` asks for the way back through a NAT (RFC 3581)."""
        parameters = Parameters(branch=branch, rport=None)
        return Via(self.transport.upper(), bracketed(self.host), self.port, parameters)


@dataclass(frozen=True, slots=True)
class Draft:
    """One request to be: what differs from one to the next; `to` as the header stands."""

    method: str
    uri: URI
    cseq: int
    branch: str
    to: str
    routes: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def acknowledging(self, response: SipResponse) -> "Draft":
        """Make the ACK for a response that is no success (section 17.1.1.3)."""
        return replace(self, method="ACK", to=response.to, headers=(), body=b"")

    def cancelling(self) -> "Draft":
        """Make the CANCEL of this INVITE (section 9.1)."""
        return replace(self, method="CANCEL", headers=(), body=b"")


def write_request(draft: Draft, caller: Caller, origin: Origin) -> bytes:
    """Put a request on paper."""
    request = Request(draft.method, draft.uri, draft.body)
    headers = request.headers
    request.via = [origin.via(draft.branch)]
    for route in draft.routes:
        headers.add("Route", route)
    request.max_forwards = 70
    headers.set("From", f"{caller.record};tag={caller.tag}")
    headers.set("To", draft.to)
    request.call_id = caller.call_id
    request.cseq = CSeq(draft.cseq, draft.method)
    for name, value in draft.headers:
        headers.add(name, value)
    request.content_length = len(draft.body)
    return bytes(request)


def usual_headers(method: str, caller: Caller, origin: Origin) -> tuple[tuple[str, str], ...]:
    """Return what a request of this method carries besides what all carry."""
    plan = caller.plan
    contact = f"<sip:{plan.user}@{origin.place};transport={origin.transport}>"
    own = {
        "OPTIONS": (("Contact", contact), ("Accept", "application/sdp")),
        "REGISTER": (("Contact", contact), ("Expires", str(plan.expires_s))),
        "INVITE": (
            ("Contact", contact),
            ("Allow", METHODS),
            ("Content-Type", "application/sdp"),
        ),
    }
    return (*own.get(method, ()), ("User-Agent", "probes"), *plan.headers)


def offer(origin: Origin) -> bytes:
    """Make a session description that asks for a call but for no media (RFC 4566, RFC 3264)."""
    family = "IP6" if ":" in origin.host else "IP4"
    lines = (
        "v=0",
        f"o=- 0 0 IN {family} {origin.host}",
        "s=-",
        f"c=IN {family} {origin.host}",
        "t=0 0",
        "m=audio 9 RTP/AVP 0",
        "a=rtpmap:0 PCMU/8000",
        "a=inactive",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
