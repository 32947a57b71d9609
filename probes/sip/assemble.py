"""From a session, as far as it came, to a result."""

from collections.abc import Mapping

from probes.failure import Failure
from probes.sip.plan import SipMethod, SipPlan
from probes.sip.result import SipResult
from probes.sip.session import Session


def assemble(  # noqa: PLR0913 - what only the network knows, each by its name
    plan: SipPlan,
    address: str,
    session: Session | None,
    *,
    opening_ms: Mapping[str, float],
    ignored: int,
    failure: Failure | None,
) -> SipResult:
    """Put together what is known; `session` is None where no line could be opened."""
    times_ms = session.times_ms if session else {}
    steps = tuple(session.steps) if session else ()
    last = session.last if session else None
    redirects = session.redirects if session else 0
    return SipResult(
        target=plan.target,
        address=address,
        port=plan.server_port,
        transport=plan.transport,
        dns_ms=opening_ms.get("dns_ms"),
        connect_ms=opening_ms.get("connect_ms"),
        tls_ms=opening_ms.get("tls_ms"),
        wait_ms=session.wait_ms if session else None,
        register_ms=times_ms.get(SipMethod.REGISTER),
        options_ms=times_ms.get(SipMethod.OPTIONS),
        invite_ms=times_ms.get(SipMethod.INVITE),
        redirect_ms=session.redirect_s * 1000 if session and redirects else None,
        redirects=redirects,
        retransmissions=sum(step.retransmissions for step in steps),
        ignored=ignored,
        response_code=last.code if last else None,
        response_reason=last.reason if last else None,
        steps=steps,
        failure=failure,
    )
