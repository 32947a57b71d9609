"""Responses as values: read by sipmessage, checked before anything relies on them."""

import re
from dataclasses import dataclass

from sipmessage import URI, Address, Message, Response, Via

from probes.errors import PacketError

MOST_HEADER_BYTES = 16_384
MOST_BODY_BYTES = 65_535
# The patterns of the codec may take quadratic time, so what they get is kept short.
LONGEST_VALUE = 2048
MOST_VALUES = 20

_FOLD = re.compile(rb"\r\n[ \t]+")
_SPACED_NAME = re.compile(rb"(?m)^([A-Za-z0-9\-.!%*_+`'~]+)[ \t]+:")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS_LINE = re.compile(rb"SIP/2\.0 [1-6][0-9][0-9] ")
_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class SipResponse:
    """What the probe needs of a response; `to` and `record_routes` are kept as they came."""

    code: int
    reason: str
    branch: str
    cseq: int
    method: str
    to: str
    contacts: tuple[URI, ...] = ()
    """The most wanted first."""
    challenges: tuple[tuple[str, str], ...] = ()
    """(header of the answer, challenge), in the order of the server's preference."""
    record_routes: tuple[str, ...] = ()
    min_expires: int | None = None
    text: str = ""

    @property
    def final(self) -> bool:
        """Whether nothing follows it in its transaction."""
        return self.code >= 200

    @property
    def success(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.code < 300


def parse_response(data: bytes) -> SipResponse:
    """Read a whole response (RFC 3261, section 7); PacketError for all else, requests too."""
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator or len(head) > MOST_HEADER_BYTES or len(body) > MOST_BODY_BYTES:
        raise PacketError("not a SIP message, or one that is too long")
    if not _STATUS_LINE.match(head):
        raise PacketError(f"not a SIP response: {head[:40]!r}")
    head = _SPACED_NAME.sub(rb"\1:", _FOLD.sub(b" ", head))
    if any(_CONTROLS.search(line) for line in head.split(b"\r\n")):
        raise PacketError("a SIP response with control characters in its head")
    try:
        return _read(Message.parse(head + separator + body), data)
    except (ValueError, TypeError, LookupError) as error:
        # The codec lets parameters called `self` or header lines without a colon through to these.
        raise PacketError(f"a SIP response that cannot be read: {error}") from None


def _read(message: object, data: bytes) -> SipResponse:
    assert isinstance(message, Response)  # noqa: S101 - the status line was looked at
    via = Via.parse_many(_values(message, "Via")[0])[0]
    cseq = message.cseq
    return SipResponse(
        code=message.code,
        reason=message.phrase,
        branch=via.parameters["branch"] or "",
        cseq=cseq.sequence,
        method=cseq.method,
        to=_values(message, "To")[0],
        contacts=_contacts(_values(message, "Contact")),
        challenges=(
            *(("Authorization", text) for text in _values(message, "WWW-Authenticate")),
            *(("Proxy-Authorization", text) for text in _values(message, "Proxy-Authenticate")),
        ),
        record_routes=_values(message, "Record-Route"),
        min_expires=_seconds(_values(message, "Min-Expires")),
        text=data.decode("utf-8", "replace"),
    )


def _values(message: Response, name: str) -> tuple[str, ...]:
    values = message.headers.getlist(name)
    if len(values) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in values):
        raise ValueError(f"too much of {name}")
    return tuple(values)


def _contacts(values: tuple[str, ...]) -> tuple[URI, ...]:
    """Order the URIs by their q (RFC 3261, section 8.1.3.4); those that are none are left out."""
    try:
        found = [address for value in values for address in Address.parse_many(value)]
    except (ValueError, TypeError):
        return ()
    return tuple(address.uri for address in sorted(found, key=_rank))


def _rank(address: Address) -> float:
    text = address.parameters.get("q") or "1"
    return -float(text) if re.fullmatch(r"[01](\.[0-9]{0,3})?", text) else 0.0


def _seconds(values: tuple[str, ...]) -> int | None:
    return int(values[0]) if values and _NUMBER.fullmatch(values[0]) else None
