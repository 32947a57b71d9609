"""Whether a final response is what was wanted."""

import re

from probes.failure import Failure, FailureKind
from probes.sip.plan import SipMethod, SipPlan
from probes.sip.response import SipResponse


def judge(
    plan: SipPlan, method: SipMethod, response: SipResponse, wanted: int | None, *, used: bool
) -> Failure | None:
    """Say what is wrong with a response, if anything; `used`: the password was put to use."""
    phase, said = method.lower(), f"{response.code} {response.reason}"[:200].strip()
    if wanted is not None and response.code != wanted:
        message = f"The server answered {said!r} where {wanted} was desired."
        return Failure(_kind(response, used=used), phase, message)
    if wanted is None and not response.success:
        return Failure(_kind(response, used=used), phase, _sentence(plan, response, said))
    if method is SipMethod.OPTIONS and not re.search(plan.options_regex or "", response.text):
        message = f"The response to OPTIONS does not match {plan.options_regex!r}."
        return Failure(FailureKind.CONTENT, phase, message)
    return None


def _kind(response: SipResponse, *, used: bool) -> FailureKind:
    challenged = response.code in (401, 407) or (response.code == 403 and used)
    return FailureKind.AUTHENTICATION if challenged else FailureKind.STATUS


def _sentence(plan: SipPlan, response: SipResponse, said: str) -> str:
    if response.code in (401, 407) and plan.password is None:
        return f"The server answered {said!r}: give it a user and a password."
    if response.code in (401, 407):
        return f"The server answered {said!r} and takes none of the answers to its challenge."
    return f"The server answered {said!r}."
