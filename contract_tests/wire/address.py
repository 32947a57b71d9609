"""The address under test: what is wrong with it, where it leads, and whether that is here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from contract_tests.wire.pinned import Resolve, is_loopback, resolve

_PORTS = {"http": 80, "https": 443}


# Stands for the address of a name that nobody could resolve: it leads nowhere.
UNRESOLVED = "::"


class BadAddress(Exception):
    """A URL cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the paths of a contract begin (`url`, no slash at its end), and the host's address.

    `pinned` is the one numeric address that is connected to.
    """

    url: str
    pinned: str

    @property
    def is_here(self) -> bool:
        """Whether it is this machine: the user's own server."""
        return is_loopback(self.pinned)


def address_of(text: str, base_path: str = "", resolver: Resolve = resolve) -> Address:
    """Read a URL, with or without the contract's base path; BadAddress if it cannot be used.

    The host is resolved here, once. A name counts as loopback if all its addresses are.
    """
    parts = _parts(text)
    path = parts.path.rstrip("/")
    if base_path and path.endswith(base_path):
        path = path.removesuffix(base_path)
    port = parts.port or _PORTS[parts.scheme]
    try:
        found = resolver(str(parts.hostname), port)
    except (OSError, UnicodeError) as error:
        raise BadAddress(f"{parts.hostname} cannot be resolved: {error}") from None
    if not found:
        raise BadAddress(f"{parts.hostname} has no address")
    # One address elsewhere is enough to be careful.
    pinned = next((each for each in found if not is_loopback(each)), found[0])
    return Address(f"{parts.scheme}://{parts.netloc}{path}", pinned)


def lenient(resolver: Resolve) -> Resolve:
    """Let a name that cannot be resolved lead nowhere: for plans, which send nothing."""

    def resolved(host: str, port: int) -> list[str]:
        try:
            return resolver(host, port) or [UNRESOLVED]
        except (OSError, UnicodeError):
            return [UNRESOLVED]

    return resolved


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise BadAddress(f"{text}: {error}") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise BadAddress("a URL may not hold a credential: name it by a variable of the shell")
    if not valid:
        raise BadAddress(f"{text} is no http or https URL")
    if parts.query or parts.fragment:
        raise BadAddress(f"{text}: a base URL has no query and no fragment")
    return parts
