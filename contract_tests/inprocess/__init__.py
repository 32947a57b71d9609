"""A stand-in in this process, that clients reach without a port; nothing of pytest is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract_tests.inprocess.mock_api import MockApi
    from contract_tests.inprocess.serving import serve

__all__ = ["MockApi", "serve"]
_WHERE = {"MockApi": "mock_api", "serve": "serving"}


def __getattr__(name: str) -> Any:
    """Load what is asked for, and nothing else: a stand-in takes a second."""
    from importlib import import_module  # noqa: PLC0415

    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
