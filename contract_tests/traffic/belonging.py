"""Which requests of a recording are one vendor's: by the servers of its contract, or a URL."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import specs

_PORTS = {"http": 80, "https": 443}
_VARIABLE = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Belonging:
    """`bases` are the patterns of base URLs, each with what of it stays in a target."""

    bases: tuple[re.Pattern[str], ...]
    prefix: str = ""

    def target(self, url: str) -> str | None:
        """Return the target of an address below a base URL, or None if it is none."""
        own = _normal(url)
        for base in self.bases:
            if (match := base.match(own)) is not None:
                rest = own[match.end() :]
                return self.prefix + (rest if rest.startswith("/") else f"/{rest}")
        return None


def of_contract(contract: Mapping[str, Any]) -> Belonging:
    """Return what belongs to the servers of a contract; the base path stays in the target."""
    patterns = [_pattern(_normal(url)) for url in _urls(contract)]
    return Belonging(tuple(patterns), specs.base_path(contract))


def of_url(url: str, contract: Mapping[str, Any]) -> Belonging:
    """Return what belongs to a base URL, with or without the contract's base path."""
    base_path, plain = specs.base_path(contract), _normal(url).rstrip("/")
    if base_path and plain.endswith(base_path):
        return Belonging((_pattern(plain),), base_path)
    return Belonging((_pattern(plain),))


def public_urls(contract: Mapping[str, Any]) -> Sequence[str]:
    """Return the servers of a contract without variables, and without their base path."""
    base_path = specs.base_path(contract)
    return [url.removesuffix(base_path) for url in _urls(contract) if "{" not in url]


def _urls(contract: Mapping[str, Any]) -> list[str]:
    urls = [str(server.get("url", "")).rstrip("/") for server in contract.get("servers", ())]
    return [url for url in urls if url.startswith(("http://", "https://"))]


def _pattern(url: str) -> re.Pattern[str]:
    literals = [re.escape(part) for part in _VARIABLE.split(url)[::2]]
    return re.compile("[^./?#]+".join(literals) + "(?=[/?#]|$)")


def _normal(url: str) -> str:
    """Return a URL with its scheme and host in small letters, and without a default port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].lower()
    name, _, port = host.rpartition(":")
    if name and port.isdigit() and int(port) == _PORTS.get(parts.scheme):
        host = name
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path}{query}"
