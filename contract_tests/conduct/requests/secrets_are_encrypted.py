"""A client sends its credential over an encrypted connection only."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding

_LOCAL = (".localhost", ".local", ".internal", ".test", ".invalid", ".example", ".lan")


def _check(asked: Asked) -> Iterator[Finding]:
    # What is heard on a connection came to this machine, whatever Host it named.
    if not asked.heard.recorded or not asked.secret.singles:
        return
    try:
        parts = urlsplit(asked.heard.exchange.url)
        host = parts.hostname or ""
    except ValueError:
        return
    if parts.scheme == "http" and not _is_near(host):
        yield asked.finding(
            "secrets_are_encrypted",
            "A credential is sent without encryption.",
            received=f"http://{host}",
            expected=f"https://{host}",
            place="scheme",
            source="RFC 6750, 5.3",
        )


def _is_near(host: str) -> bool:
    """Say whether a host is this machine, or a name that only a private network has."""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL)
    return address.is_loopback


RULE = RequestRule(
    name="secrets_are_encrypted",
    sentence="A credential is sent over TLS, unless it stays on this machine.",
    check=_check,
    source="RFC 6750, 5.3",
)
