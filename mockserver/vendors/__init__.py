"""The rooms: one folder a vendor, all furnished alike; found by their names."""

from __future__ import annotations

from importlib import import_module

import specs
from mockserver.core.vendor import Vendor


def load(names: tuple[str, ...] = ()) -> tuple[Vendor, ...]:
    """Return the vendors of those names, or all that have a contract; specs.UnknownVendor."""
    for name in names:
        specs.path_of(name)
    wanted = dict.fromkeys(names) or specs.vendors()
    return tuple(import_module(f"mockserver.vendors.{name}").vendor for name in wanted)
