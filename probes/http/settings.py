"""The choices of an HTTP plan, and the rules that its single settings obey."""

from __future__ import annotations

import math
import re
import socket
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from probes.errors import PlanInvalid
from probes.http.location import Url, UrlInvalid, read_url

Pem = bytes | Path
"""PEM text, or the file that holds it."""
Header = tuple[str, str]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_METHOD = re.compile(r"[A-Z][A-Z0-9-]{0,31}")
MOST_BODY_BYTES = 16 << 20


class HttpVersion(StrEnum):
    """What is spoken."""

    AUTO = "auto"
    """HTTP/2 where TLS agrees on it, else HTTP/1.1."""
    HTTP_1_1 = "1.1"
    HTTP_2 = "2"
    """Nothing else: the only offer in TLS, and without TLS by prior knowledge (RFC 9113, 3.3)."""
    HTTP_3 = "3"
    """Nothing else: QUIC from the first packet."""


class HttpAuthentication(StrEnum):
    """How user and password are sent."""

    BASIC = "basic"
    """With the first request (RFC 7617)."""
    DIGEST = "digest"
    """After a challenge, the time of which is part of wait_ms (RFC 7616)."""


class TlsVersion(StrEnum):
    """Protocol versions that the least and the last accepted can be."""

    TLS_1_0 = "1.0"
    TLS_1_1 = "1.1"
    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


class IpVersion(StrEnum):
    """Which addresses of a name are asked for."""

    ANY = "any"
    IPV4 = "4"
    IPV6 = "6"


FAMILIES = MappingProxyType(
    {
        IpVersion.ANY: socket.AF_UNSPEC,
        IpVersion.IPV4: socket.AF_INET,
        IpVersion.IPV6: socket.AF_INET6,
    }
)


def checked_url(text: str) -> Url:
    """Take the target apart."""
    try:
        return read_url(text)
    except UrlInvalid as error:
        raise PlanInvalid(f"The URL {text[:200]!r} cannot be measured: {error}.") from None


def check_choice(name: str, kind: type[StrEnum], value: object) -> None:
    """Refuse what is not of the kind."""
    if not isinstance(value, kind):
        raise PlanInvalid(f"The {name} must be one of {', '.join(kind)}, not {value!r}.")


def check_method(method: str, body: bytes | None) -> None:
    """Refuse what is no method, what makes a tunnel, and a body where none belongs."""
    if not _METHOD.fullmatch(method) or method == "CONNECT":
        raise PlanInvalid(f"The method must be a word such as GET or POST, not {method[:40]!r}.")
    if body is not None and method in ("GET", "HEAD"):
        raise PlanInvalid(f"A body needs a method that carries one, such as POST, not {method}.")
    if body is not None and len(body) > MOST_BODY_BYTES:
        raise PlanInvalid(f"The body may have {MOST_BODY_BYTES} bytes at most, not {len(body)}.")


def check_headers(headers: Iterable[Header]) -> None:
    """Refuse what would not be one header line (RFC 9110, sections 5.1 and 5.5)."""
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise PlanInvalid(f"{name[:40]!r} is no header name.")
        # Printable is more than is usual, and less than what could begin another line.
        check_text(f"value of the header {name}", value.replace("\t", " "))
        if name.lower() in ("content-length", "transfer-encoding"):
            raise PlanInvalid(f"The header {name} follows from the body and cannot be given.")


def check_number(name: str, value: float | None, low: float, high: float) -> None:
    """Refuse what lies outside; None is no limit."""
    if value is not None and not low <= value <= high:
        limit = f"from {low:g} to {high:g}" if high < math.inf else f"{low:g} or more"
        raise PlanInvalid(f"The {name} must be {limit}, not {value}.")


def check_expression(text: str | None) -> None:
    """Refuse what is no regular expression."""
    try:
        re.compile(text or "")
    except re.error as error:
        raise PlanInvalid(f"{text!r} is no regular expression: {error}.") from None


def check_text(name: str, text: str) -> None:
    """Refuse line ends and other control characters."""
    if not text.isprintable():
        raise PlanInvalid(f"The {name} holds control characters.")
