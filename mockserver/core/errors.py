"""What can go wrong for a client, by its RFC 9110 name; each vendor words it in its own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a request breaks the contract.

    `where` is `query`, `path`, `header` or `body`; `name` the parameter or the dotted path of the
    field (empty: the whole body); `rule` the JSON Schema keyword, or `required`, `unknown`,
    `repeated`, `syntax`.
    """

    where: str
    name: str
    rule: str
    expected: str
    received: object = None

    def sentence(self) -> str:
        """Say what was expected and what came, naming the field."""
        place = f"{self.where} {self.name}".strip() if self.where != "body" else self.name
        subject = cut(place, 120) or "the request body"
        if self.rule == "required":
            return f"{subject} is required: expected {self.expected}"
        return f"{subject} is invalid: expected {self.expected}, received {shown(self.received)}"


def shown(value: object) -> str:
    """Show a received value briefly: long ones are cut, so that an error is never a mirror."""
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'an array'} of {len(value)}"
    return cut(_text(value))


def cut(text: str, length: int = _SHOWN) -> str:
    """Cut what a client sent to a length that is good in a sentence."""
    return text if len(text) <= length else f"{text[:length]}…"


def _text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else repr(value)


class ApiError(Exception):
    """Something that ends a request; `code` is the vendor's own number for it, if any."""

    status: ClassVar[int] = 500
    reason: ClassVar[str] = "Internal Server Error"

    def __init__(
        self,
        message: str = "",
        *,
        code: str = "",
        violations: Sequence[Violation] = (),
        headers: Mapping[str, str] | None = None,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Keep what the vendor needs to word it: a message, violations, headers, extra facts."""
        super().__init__(message or self.reason)
        self.message = message or self.reason
        self.code = code
        self.violations = tuple(violations)
        self.headers = dict(headers or {})
        self.facts = dict(facts or {})


class BadRequest(ApiError):
    """The request breaks the contract."""

    status, reason = 400, "Bad Request"


class Unauthorized(ApiError):
    """No credential, or one that names no account."""

    status, reason = 401, "Unauthorized"


class Forbidden(ApiError):
    """A good credential that may not do this."""

    status, reason = 403, "Forbidden"


class NotFound(ApiError):
    """No such operation, or no such resource."""

    status, reason = 404, "Not Found"


class MethodNotAllowed(ApiError):
    """The path exists, the method does not; `Allow` is in the headers."""

    status, reason = 405, "Method Not Allowed"


class NotAcceptable(ApiError):
    """The client asks for a format that is not served."""

    status, reason = 406, "Not Acceptable"


class RequestTimeout(ApiError):
    """The body was not sent in time."""

    status, reason = 408, "Request Timeout"


class Conflict(ApiError):
    """The state of the resource forbids it."""

    status, reason = 409, "Conflict"


class ContentTooLarge(ApiError):
    """The body is longer than the stand-in reads."""

    status, reason = 413, "Content Too Large"


class UnsupportedMediaType(ApiError):
    """The body is not of a media type that the operation takes."""

    status, reason = 415, "Unsupported Media Type"


class TooManyRequests(ApiError):
    """The rate limit is used up; `facts` hold limit, remaining, retry_after_s, cost."""

    status, reason = 429, "Too Many Requests"


class InternalServerError(ApiError):
    """A fault of the stand-in itself."""


class InsufficientStorage(ApiError):
    """A documented limit of the stand-in is reached: nothing was stored."""

    status, reason = 507, "Insufficient Storage"


class BadGateway(ApiError):
    """What stands behind the vendor's door gave no good answer; only as a fault on purpose."""

    status, reason = 502, "Bad Gateway"


class ServiceUnavailable(ApiError):
    """The vendor is overloaded or under repair; only as a fault on purpose."""

    status, reason = 503, "Service Unavailable"


class GatewayTimeout(ApiError):
    """What stands behind the vendor's door did not answer; only as a fault on purpose."""

    status, reason = 504, "Gateway Timeout"


ERRORS: Mapping[int, type[ApiError]] = {
    kind.status: kind
    for kind in (
        BadRequest,
        Unauthorized,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        NotAcceptable,
        RequestTimeout,
        Conflict,
        ContentTooLarge,
        UnsupportedMediaType,
        TooManyRequests,
        InternalServerError,
        BadGateway,
        ServiceUnavailable,
        GatewayTimeout,
        InsufficientStorage,
    )
}
