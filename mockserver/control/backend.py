"""What the control API can reach: the whole house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.rate_limit import RateLimiter
from mockserver.core.vendor import Vendor
from mockserver.core.worlds import Worlds


@dataclass(frozen=True, slots=True)
class House:
    """The parts of a running stand-in that its caretaker looks after."""

    vendors: Mapping[str, Vendor]
    worlds: Worlds
    limiters: Mapping[str, RateLimiter]
    network: str


@dataclass(slots=True, kw_only=True)
class ControlBackend(Backend):
    """A backend that sees every world."""

    house: House
