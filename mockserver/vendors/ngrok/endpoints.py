"""The published applications of an account: those of its story, and any other name."""

from __future__ import annotations

import random

from mockserver.core.randomness import Randomness, ksuid
from mockserver.core.store import Document
from mockserver.vendors.ngrok.model import EPOCH_MS


def endpoint(name: str, chance: random.Random, *, on_edge: bool = False) -> Document:
    """Return the endpoint `name`; without an edge it was started by an agent."""
    return {
        "public_url": f"https://{name}.example.com",
        "endpoint_id": _id("ep", chance),
        "edge_id": _id("edghts", chance) if on_edge else None,
        "route_id": _id("edghtsrt", chance) if on_edge else None,
    }


def endpoint_of_agent(name: str, randomness: Randomness) -> Document:
    """Return the endpoint that an agent of this account starts under `name`: always the same."""
    return endpoint(name, randomness.stream("endpoint", name))


def _id(prefix: str, chance: random.Random) -> str:
    return f"{prefix}_{ksuid(EPOCH_MS, chance)}"
