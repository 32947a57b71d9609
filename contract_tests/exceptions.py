"""Where Schemathesis' checks are not meant as they are: one argued line each."""

from __future__ import annotations

from typing import Any


def checks(vendor: str) -> dict[str, Any]:
    """Return the changes to Schemathesis' checks for a vendor."""
    del vendor
    return {}


def operations(vendor: str) -> list[dict[str, Any]]:
    """Return the changes for single operations of a vendor."""
    del vendor
    return []
