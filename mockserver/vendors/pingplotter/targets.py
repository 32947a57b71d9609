"""What a session traces: a target with an alias, its address, and how filters find it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from mockserver.core.addresses import documentation_address
from mockserver.core.local_names import may_exist
from mockserver.core.randomness import Randomness
from mockserver.core.store import Document


@dataclass(frozen=True, slots=True)
class Target:
    """An address, host name or URL, and the alias under which people know it."""

    text: str
    alias: str = ""

    @property
    def description(self) -> str:
        """Return what the target is shown as."""
        return self.alias or self.text

    @property
    def host(self) -> str:
        """Return the host name or address inside the target."""
        if "://" not in self.text:
            return self.text
        try:
            return urlsplit(self.text).hostname or ""
        except ValueError:  # brackets that hold no IPv6 address
            return ""

    @property
    def literal(self) -> str:
        """Return the address that the target itself is, or nothing."""
        return as_address(self.host)

    def resolve(self, randomness: Randomness) -> str:
        """Return the target's address: made up for a name, and always the same for that name."""
        name = self.host.rstrip(".").lower()
        if self.literal or not name:
            return self.literal
        if name == "localhost" or name.endswith(".localhost"):
            return "127.0.0.1"
        if not may_exist(name):
            return ""
        return documentation_address(randomness.stream("address of", name))


def parse_target(text: str) -> Target:
    """Read `192.0.2.1 Router` as the target 192.0.2.1 with the alias Router."""
    target, _, alias = text.strip(" ").partition(" ")
    return Target(target, alias.strip(" "))


def as_address(text: str) -> str:
    """Return an address in its shortest form, or nothing if `text` is not one."""
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class TargetFilter:
    """Which sessions are meant; what is empty does not narrow, the rest must all fit."""

    name: str
    address: str

    @staticmethod
    def of(name: str | None, address: str | None) -> TargetFilter:
        """Read the filters of a request."""
        address = address or ""
        return TargetFilter((name or "").casefold(), as_address(address) or address)

    def fits(self, session: Document) -> bool:
        """Say whether `session` is meant."""
        if self.address and self.address != session["IpAddress"]:
            return False
        names = (session["target"].casefold(), session["Description"].casefold())
        return not self.name or self.name in names
