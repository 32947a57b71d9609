"""How the settings of a page-load or web-transactions test become those of a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.vendors.thousandeyes.measuring.task import Task
from probes.browser.settings import BrowserSettings, Pairs
from probes.errors import PlanInvalid

_VIEWPORT = (1280, 720)


def browser_settings(task: Task, viewport: tuple[int, int] | None = None) -> BrowserSettings:
    """Return what the browser is told; PlanInvalid for what it could not do."""
    settings = task.settings
    headers: Mapping[str, Any] = settings.get("customHeaders") or {}
    return BrowserSettings(
        user_agent=settings.get("userAgent") or None,
        viewport=viewport or _VIEWPORT,
        headers=_pairs(headers.get("all")),
        page_headers=_pairs(headers.get("root")),
        host_headers=tuple(
            (host, name, value)
            for host, fields in (headers.get("domains") or {}).items()
            for name, value in _pairs(fields)
        ),
        http_version=settings.get("httpVersion", 2),
        verify_tls=bool(settings.get("verifyCertificate", 1)),
        **_credentials(task),
    )


def _credentials(task: Task) -> dict[str, Any]:
    scheme = task.settings.get("authType", "NONE")
    if scheme == "NONE":
        return {}
    if scheme != "BASIC":
        raise PlanInvalid(f"authType {scheme} is not measured here: expected NONE or BASIC.")
    return {
        "username": task.settings.get("username", ""),
        "password": task.secrets.get("password", ""),
    }


def _pairs(fields: Mapping[str, Any] | None) -> Pairs:
    return tuple((str(name), str(value)) for name, value in (fields or {}).items())
