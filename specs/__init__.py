"""The contracts: one OpenAPI document a vendor, and a few lines to reach it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parent
METHODS = ("get", "put", "post", "delete", "patch")

Contract = dict[str, Any]


class UnknownVendor(Exception):
    """No contract of that name; the message lists those that there are."""


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of a contract; `path` includes the path of the vendor's base URL."""

    method: str
    path: str
    operation_id: str
    summary: str


def vendors() -> tuple[str, ...]:
    """Return the names of the vendors that have a contract, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/openapi.yaml")))


def path_of(vendor: str) -> Path:
    """Return the file of a vendor's contract; UnknownVendor if there is none."""
    path = ROOT / vendor / "openapi.yaml"
    if vendor not in vendors():
        raise UnknownVendor(f"no vendor named {vendor!r}: there are {', '.join(vendors())}")
    return path


def load(vendor: str) -> Contract:
    """Return a vendor's contract with every reference resolved; UnknownVendor if there is none."""
    return load_file(path_of(vendor))


def load_file(path: Path) -> Contract:
    """Return the contract at `path` with every reference resolved, across files.

    Resolving takes seconds, so the result is kept in the user's cache directory under a name made
    from the bytes of all the files beside `path`: a changed contract is resolved anew.
    """
    cached = _cache_file(path)
    with suppress(OSError, ValueError):
        contract: Contract = json.loads(cached.read_bytes())
        return contract
    contract = _resolve(path)
    _keep(cached, json.dumps(contract).encode())
    return contract


def operations(vendor: str) -> tuple[OperationRow, ...]:
    """Return a vendor's operations in the order of the document."""
    return tuple(rows(load(vendor)))


def rows(contract: Mapping[str, Any]) -> Iterator[OperationRow]:
    """Yield the operations of a resolved contract."""
    prefix = base_path(contract)
    for path, item in contract["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                yield OperationRow(
                    method.upper(), prefix + path, operation["operationId"], operation["summary"]
                )


def base_path(contract: Mapping[str, Any]) -> str:
    """Return the path of the vendor's base URL, e.g. `/v6`, or nothing."""
    server = (contract.get("servers") or [{"url": ""}])[0]
    url: str = server["url"]
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable["default"]))
    return urlsplit(url).path.rstrip("/")


def _resolve(path: Path) -> Contract:
    from prance import ResolvingParser  # noqa: PLC0415  (half a second, seldom needed)

    parser = ResolvingParser(str(path), backend="openapi-spec-validator", strict=False)
    contract: Contract = json.loads(json.dumps(parser.specification, default=str))
    return contract


def _cache_file(path: Path) -> Path:
    digest = hashlib.sha256()
    for part in sorted(path.parent.rglob("*.yaml")):
        digest.update(part.relative_to(path.parent).as_posix().encode() + b"\0")
        digest.update(part.read_bytes())
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "netmon-in-a-box" / f"{path.parent.name}-{digest.hexdigest()[:32]}.json"


def _keep(target: Path, content: bytes) -> None:
    # Renamed into place, so that two servers starting at once never read half a file.
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
            part.write(content)
        Path(part.name).replace(target)
