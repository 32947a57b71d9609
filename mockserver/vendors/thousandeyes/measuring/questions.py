"""What the `domain` of a DNS test asks for, and what an answer without data comes to in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.vendors.thousandeyes.measuring.task import Task
from probes.dns_trace.root_hints import IANA_ROOTS, RootServer, read_root
from probes.dnssec.plan import IANA_ANCHORS

TRIES = 3
PATIENCE_S = 3.0


def question(settings: Mapping[str, Any], usual_type: str) -> tuple[str, str]:
    """Return name and record type; the type stands behind a blank, or is the usual one."""
    name, _, rdtype = str(settings["domain"]).strip().partition(" ")
    return name, rdtype.strip().upper() or usual_type


def transport(settings: Mapping[str, Any]) -> str:
    """Return what carries the questions, as plans call it."""
    return str(settings.get("dnsTransportProtocol", "UDP")).lower()


def roots(task: Task) -> tuple[RootServer, ...]:
    """Return where walks begin: at the roots that the server was told, else at the public ones."""
    return tuple(read_root(text) for text in task.dns_roots or ()) or IANA_ROOTS


def anchors(task: Task) -> tuple[str, ...]:
    """Return what is believed without proof: what the server was told, else the public keys."""
    return tuple(task.trust_anchors or ()) or IANA_ANCHORS


def complaint(rcode: str | None, rdtype: str, mappings: tuple[str, ...]) -> str:
    """Return what is wrong with an answer; nothing is, if it is one with records."""
    if rcode not in (None, "NOERROR"):
        return f"The server answered {rcode}."
    return "" if mappings else f"The answer holds no {rdtype} records."
