"""Whether an answer is the one that was wanted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from probes.failure import Failure, FailureKind
from probes.http.plan import HttpPlan
from probes.http.result import HttpExchange, HttpResult

KEPT_BODY_BYTES = 1 << 20
SHOWN_BODY_BYTES = 1024
FAIR_STATUSES = range(200, 400)

_CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Content:
    """A decompressed body: its first KEPT_BODY_BYTES, and whether they are all that came."""

    kept: bytes
    content_type: str
    whole: bool = True

    @property
    def sha256(self) -> str | None:
        """The digest, made after the transfer so as not to slow it; None for a longer body."""
        return hashlib.sha256(self.kept).hexdigest() if self.whole else None

    @property
    def text(self) -> str:
        """The kept part by its declared character set, else by UTF-8."""
        declared = _CHARSET.search(self.content_type)
        try:
            return self.kept.decode(declared[1] if declared else "utf-8", "replace")
        except (LookupError, ValueError):
            return self.kept.decode("utf-8", "replace")


def concluded(
    plan: HttpPlan,
    exchanges: tuple[HttpExchange, ...],
    failure: Failure | None,
    content: Content | None,
    *,
    matched: bool | None,
) -> HttpResult:
    """Put the result together; what was not answered as wanted is a failure, too."""
    return HttpResult(
        target=plan.target,
        exchanges=exchanges,
        failure=failure or judged(plan, exchanges[-1].status, matched=matched),
        matched=matched,
        body_sha256=content.sha256 if content else None,
        body_start=content.kept[:SHOWN_BODY_BYTES] if content else b"",
    )


def judged(plan: HttpPlan, status: int | None, *, matched: bool | None) -> Failure | None:
    """Say what is wrong with a complete answer; None where nothing is."""
    if not _wanted(plan, status):
        return Failure(_kind(plan, status), "receive", _unwanted(plan, status))
    if matched is False:
        message = f"The body does not hold what the expression {plan.body_match!r} describes."
        return Failure(FailureKind.CONTENT, "receive", message)
    return None


def matched_in(plan: HttpPlan, content: Content | None) -> bool | None:
    """Look for the plan's expression for as long as it takes; None where there is none."""
    if plan.body_match is None:
        return None
    return re.search(plan.body_match, content.text if content else "") is not None


def _wanted(plan: HttpPlan, status: int | None) -> bool:
    if plan.desired_status is not None:
        return status == plan.desired_status
    return status in FAIR_STATUSES


def _kind(plan: HttpPlan, status: int | None) -> FailureKind:
    refused = status == 401 and plan.user is not None
    return FailureKind.AUTHENTICATION if refused else FailureKind.STATUS


def _unwanted(plan: HttpPlan, status: int | None) -> str:
    wanted = plan.desired_status or "one from 200 to 399"
    return f"The server answered with status {status} where {wanted} was wanted."
