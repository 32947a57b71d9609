"""Who writes the reports: name and version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NAME = "contract-tests"


def product_version() -> str:
    """Return the version that is installed, or 0.0.0 where it runs from a checkout."""
    try:
        return version("netmon-in-a-box")
    except PackageNotFoundError:
        return "0.0.0"
