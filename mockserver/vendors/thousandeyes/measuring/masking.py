"""Errors may quote what a server said, and servers repeat what they were told: no secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.task import Findings

_TOLD = frozenset({"errorDetails", "errorDetail", "problemDetail"})
_IN_URL = re.compile(r"//[^/@]*:([^/@]+)@")


def masked(findings: Findings, test: Document) -> Findings:
    """Return findings whose errors name no password of the test."""
    secrets = sorted(_secrets(test), key=len, reverse=True)
    if not secrets:
        return findings
    return {
        path: [_masked(entry, secrets) for entry in entries] for path, entries in findings.items()
    }


def _masked(entry: Document, secrets: list[str]) -> Document:
    told = {name: str(entry[name]) for name in _TOLD & entry.keys()}
    for secret in secrets:
        told = {name: text.replace(secret, "***") for name, text in told.items()}
    return {**entry, **told}


def _secrets(test: Document) -> Iterator[str]:
    yield from (
        secret for secret in test["secrets"].values() if isinstance(secret, str) and secret
    )
    yield from _IN_URL.findall(str(test["settings"].get("url", "")))
