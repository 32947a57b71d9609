"""Addresses that belong to nobody: what seeded worlds are made of."""

from __future__ import annotations

import random

# RFC 5737: for use in documentation, never routed.
DOCUMENTATION = ("192.0.2", "198.51.100", "203.0.113")


def documentation_address(chance: random.Random) -> str:
    """Return an IPv4 address of a documentation range."""
    return f"{chance.choice(DOCUMENTATION)}.{chance.randrange(1, 255)}"


def documentation_address6(chance: random.Random) -> str:
    """Return an IPv6 address of the documentation range (RFC 3849)."""
    return f"2001:db8:{chance.getrandbits(16):x}::{chance.randrange(1, 0xFFFF):x}"


def loopback_address(chance: random.Random) -> str:
    """Return an address of this machine other than 127.0.0.1; Linux answers on all of them."""
    return f"127.{chance.randrange(1, 255)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
