"""Which request follows a redirect, and what of the plan it may carry (RFC 9110, section 15.4).

303 makes everything but HEAD a GET; 301 and 302 make a POST a GET, as section 15.4.2 allows and
browsers do; 307 and 308 change nothing. What became a GET has no body and no header about one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from probes.failure import Failure, FailureKind
from probes.http.location import SchemeClosed, Url, UrlInvalid, read_location
from probes.http.plan import HttpPlan
from probes.http.settings import Header, HttpVersion

PHASE = "redirect"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# What would tell another host a secret, or make it answer for a host that it is not.
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
_WITHHELD = _SECRET | {"host"}
STARS = "***"


@dataclass(frozen=True, slots=True)
class Request:
    """One request on the way from the plan's URL to the last."""

    url: Url
    method: str
    body: bytes | None

    def redirected(self, status: int, location: str) -> Request:
        """Return what to ask for next; UrlInvalid where the location leads nowhere."""
        url = read_location(location, self.url)
        if _becomes_get(status, self.method):
            return Request(url, "GET", None)
        return replace(self, url=url)


def following(
    plan: HttpPlan, request: Request, status: int | None, location: str | None, earlier: int
) -> Request | Failure | None:
    """Return what comes after an answer: a request, why none can, or None at the end.

    `earlier` redirects were followed before.
    """
    if location is None or status not in REDIRECTS or not plan.follow_redirects:
        return None
    if earlier >= plan.most_redirects:
        message = f"There are more than {plan.most_redirects} redirects."
        return Failure(FailureKind.PROTOCOL, PHASE, message)
    shown = f"The server redirects to {location[:200]!r}, which cannot be followed"
    try:
        later = request.redirected(status, location)
    except SchemeClosed as error:
        return Failure(FailureKind.NOT_ALLOWED, PHASE, f"{shown}: {error}.")
    except UrlInvalid as error:
        return Failure(FailureKind.PROTOCOL, PHASE, f"{shown}: {error}.")
    if plan.http_version is HttpVersion.HTTP_3 and not later.url.encrypted:
        return Failure(FailureKind.PROTOCOL, PHASE, f"{shown}: HTTP/3 needs https.")
    return later


def first_request(plan: HttpPlan) -> Request:
    """Return the request that the plan describes."""
    return Request(plan.url, plan.method, plan.body)


def at_home(plan: HttpPlan, url: Url) -> bool:
    """Tell whether what is secret may be sent there."""
    return url.origin == plan.url.origin


def headers_for(plan: HttpPlan, request: Request) -> tuple[Header, ...]:
    """Return the headers of the plan that go with this request."""
    about_body = plan.body is not None and request.body is None
    return tuple(
        (name, value)
        for name, value in _addressed(plan, request.url)
        if not (about_body and name.lower().startswith("content-"))
    )


def starred(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Return the headers as they may be shown, without what is secret."""
    return tuple((name, STARS if name.lower() in _SECRET else value) for name, value in headers)


def _addressed(plan: HttpPlan, url: Url) -> Iterator[Header]:
    home = at_home(plan, url)
    for name, value in plan.headers:
        if home or name.lower() not in _WITHHELD:
            yield name, value
    if home:
        yield from plan.root_headers
    for domain, headers in plan.domain_headers.items():
        if domain.lower() == url.host:
            yield from headers


def _becomes_get(status: int, method: str) -> bool:
    return (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST")
