"""The URL that a browser is sent to, taken apart once and checked."""

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from probes.errors import PlanInvalid

_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 8_000


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Scheme, host, port and the whole of an http or https URL."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.scheme == "https"

    def with_login(self, username: str, password: str) -> str:
        """Return the URL with credentials, which the browser gives to nobody but its origin."""
        parts = urlsplit(self.url)
        login = f"{quote(username, safe='')}:{quote(password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))


def parse_address(url: str) -> PageAddress:
    """Take an http(s) URL apart, or raise PlanInvalid saying what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise PlanInvalid(f"{url[:200]!r} is no URL: {error}.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise PlanInvalid(f"{url[:200]!r}: expected an http:// or https:// URL with a host.")
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise PlanInvalid(f"{url[:200]!r}: expected a URL without blanks, up to 8000 characters.")
    if parts.username is not None:
        raise PlanInvalid("The URL holds credentials: give them as username and password.")
    port = _PORTS[parts.scheme] if port is None else port
    return PageAddress(parts.scheme, parts.hostname, port, url)


def plain_host(host: str) -> str:
    """Write a host the one way in which hosts are compared."""
    return host.strip("[]").rstrip(".").lower()


def host_of(url: str) -> str:
    """Return the host a request goes to; empty for data: and the like."""
    return _where(url)[0]


def port_of(url: str) -> int:
    """Return the port a request goes to; 0 where there is none."""
    return _where(url)[1]


def without_login(url: str) -> str:
    """Return the URL without credentials and without its fragment."""
    scheme, _, rest = url.partition("#")[0].partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority.rpartition('@')[2]}{slash}{path}"


def _where(url: str) -> tuple[str, int]:
    with suppress(ValueError):
        parts = urlsplit(url)
        usual = {**_PORTS, "ws": 80, "wss": 443}.get(parts.scheme, 0)
        return plain_host(parts.hostname or ""), parts.port or usual
    return "", 0
