"""The root's name servers as IANA lists them (named.root of October 2026)."""

from dataclasses import dataclass

from probes.resolve import literal_address


@dataclass(frozen=True, slots=True)
class RootServer:
    """Where a walk begins: a name for people, a literal address, a port."""

    name: str
    address: str
    port: int = 53


def read_root(text: str) -> RootServer:
    """Read `ADDRESS`, `ADDRESS#PORT` or either of them behind `NAME=`."""
    name, _, place = text.rpartition("=")
    address, mark, port = place.partition("#")
    number = int(port) if port.isdecimal() else 0
    return RootServer(name or address, address, number if mark else 53)


def is_complete(root: RootServer) -> bool:
    """Tell whether the address is one, and the port too."""
    return literal_address(root.address) is not None and 1 <= root.port <= 65_535


IANA_ROOTS = tuple(
    RootServer(f"{letter}.root-servers.net.", address)
    for letter, address in (
        ("a", "198.41.0.4"),
        ("b", "170.247.170.2"),
        ("c", "192.33.4.12"),
        ("d", "199.7.91.13"),
        ("e", "192.203.230.10"),
        ("f", "192.5.5.241"),
        ("g", "192.112.36.4"),
        ("h", "198.97.190.53"),
        ("i", "192.36.148.17"),
        ("j", "192.58.128.30"),
        ("k", "193.0.14.129"),
        ("l", "199.7.83.42"),
        ("m", "202.12.27.33"),
    )
)
"""IPv4 only: every root server has both, and a path for IPv6 is not everywhere."""
