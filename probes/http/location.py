"""URLs of http and https: read strictly, written anew, so that all readers agree on the host."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from probes.resolve import LONGEST_NAME, literal_address

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 8192
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
# What RFC 3986 lets stand in a path or a query, and the % of what is escaped already.
_PATH, _QUERY = "/%:@!$&'()*+,;=-._~", "/%:@!$&'()*+,;=-._~?[]"


class UrlInvalid(ValueError):
    """A URL that cannot be asked for; the message says why and ends without a full stop."""


class SchemeClosed(UrlInvalid):
    """A URL of another scheme than http and https."""


@dataclass(frozen=True, slots=True)
class Url:
    """Where one request goes; `host` is a name in ASCII or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    """Path and query, as they stand in the request."""

    def __str__(self) -> str:
        """Write it, with the port only where it is not the scheme's own."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.authority}{port}{self.path}"

    @property
    def authority(self) -> str:
        """The host as a URL holds it."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must stay the same for credentials to be sent (RFC 6454, section 4)."""
        return self.scheme, self.host, self.port

    @property
    def encrypted(self) -> bool:
        """Whether TLS comes first."""
        return self.scheme == "https"


def read_url(text: str) -> Url:
    """Take a URL apart, or raise UrlInvalid; a fragment is dropped, user and password refused."""
    parts = _split(text)
    if "@" in parts.netloc:
        raise UrlInvalid("it holds credentials, which belong in user and password")
    return _checked(parts)


def read_location(text: str, at: Url) -> Url:
    """Read a Location field of the answer of `at` (RFC 9110, section 10.2.2).

    Whoever redirects does not choose the credentials: those in the URL are dropped.
    """
    if not text:
        raise UrlInvalid("it is empty")
    # Not urljoin where there is a scheme: it takes "http:" for a reference to the page itself.
    parts = _split(text)
    if not parts.scheme:
        parts = _split(urljoin(str(at), text))
    return _checked(parts)


def _split(text: str) -> SplitResult:
    _legible(text)
    try:
        return urlsplit(text)
    except ValueError as error:
        raise UrlInvalid(str(error).lower().rstrip(".")) from None


def _legible(text: str) -> None:
    # Python drops tabs and line ends, others do not: such a text has no one meaning.
    if len(text) > LONGEST_URL:
        raise UrlInvalid(f"it is longer than {LONGEST_URL} characters")
    if any(map(_illegible, text)) or text != text.strip():
        raise UrlInvalid("it holds control characters, backslashes or blanks at its ends")


def _illegible(char: str) -> bool:
    return char < " " or char in "\\\x7f" or "\ud800" <= char <= "\udfff"


def _checked(parts: SplitResult) -> Url:
    if parts.scheme not in PORTS:
        named = f"the scheme {parts.scheme[:20]!r}" if parts.scheme else "no scheme"
        raise SchemeClosed(f"it has {named} where http or https is expected")
    path = quote(parts.path, safe=_PATH) or "/"
    query = f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
    host = _host(parts.hostname or "")
    if ("[" in parts.netloc) != (":" in host):
        raise UrlInvalid("brackets are for IPv6 addresses")
    return Url(parts.scheme, host, _port(parts), path + query)


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise UrlInvalid("its port is not a number from 1 to 65535") from None
    if port == 0:
        raise UrlInvalid("its port is not a number from 1 to 65535")
    return port or PORTS[parts.scheme]


def _host(text: str) -> str:
    if not text:
        raise UrlInvalid("it names no host")
    if address := literal_address(text):
        if "%" in text:
            raise UrlInvalid("an address in a URL has no zone")
        return str(address)
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise UrlInvalid(f"{text[:80]!r} is no host name") from None
    labels = name.removesuffix(".").split(".")
    if len(name) > LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise UrlInvalid(f"{text[:80]!r} is no host name")
    return name
