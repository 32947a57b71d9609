"""What an agent can tell of the machine that it runs on."""

from __future__ import annotations

import platform
import re
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

from probes.targets import Address

_LOCAL = re.compile(r"\|-- (\S+)\n\s+/32 host LOCAL")


def addresses(proc: Path = Path("/proc/net")) -> tuple[str, ...]:
    """Return the machine's addresses that others may reach; 127.0.0.1 where there are none."""
    v4, v6 = sorted(_addresses4(proc / "fib_trie")), sorted(_addresses6(proc / "if_inet6"))
    every: list[Address] = [*dict.fromkeys(v4), *dict.fromkeys(v6)]
    outward = [one for one in every if not (one.is_loopback or one.is_link_local)]
    return tuple(map(str, outward)) or ("127.0.0.1",)


def software() -> str:
    """Return the version of this package."""
    try:
        return version("netmon-in-a-box")
    except PackageNotFoundError:
        return "0"


def system() -> str:
    """Return the operating system in a word, as `Linux`."""
    return platform.system() or "Unknown"


def name() -> str:
    """Return what the machine is called."""
    return platform.node() or "localhost"


def _addresses4(table: Path) -> list[IPv4Address]:
    return [IPv4Address(text) for text in _LOCAL.findall(_text(table))]


def _addresses6(table: Path) -> list[IPv6Address]:
    rows = [line.split() for line in _text(table).splitlines()]
    return [IPv6Address(int(row[0], 16)) for row in rows if row]


def _text(path: Path) -> str:
    # Elsewhere than on Linux there is none, and loopback is all we know of.
    try:
        return path.read_text("ascii")
    except OSError:
        return ""
