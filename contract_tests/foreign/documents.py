"""The files that a foreign contract consists of: each read once, references followed."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from urllib.request import url2pathname

import orjson
import requests
import yaml

from contract_tests.calls import pointer

_LONGEST_CHAIN = 32
_TIMEOUT_S = 20


class BadContract(Exception):
    """A document that cannot be used as a contract; the message says what to do about it."""


class _Loader(yaml.CSafeLoader):
    """YAML as JSON has it: `no` is a text and a date too, as YAML 1.2 and OpenAPI say."""


_Loader.yaml_implicit_resolvers = {
    letter: [(tag, form) for tag, form in kinds if not tag.endswith((":timestamp", ":bool"))]
    for letter, kinds in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    # Statuses are numbers in YAML, and texts in OpenAPI.
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class Documents:
    """One document and those that it refers to, by their addresses."""

    def __init__(self, source: str | Path) -> None:
        """Begin with a path or an address on this machine; BadContract if there is nothing."""
        self.root = _address(str(source))
        self._read: dict[str, Any] = {}

    def read(self, where: str) -> Any:
        """Return the content of a document; BadContract if it cannot be read."""
        if where not in self._read:
            self._read[where] = _parsed(_content(where), where)
        return self._read[where]

    def follow(self, reference: str, base: str) -> tuple[Any, str]:
        """Return what `reference` in the document `base` means, and where that stands."""
        file, _, place = reference.partition("#")
        where = urljoin(base, file) if file else base
        try:
            return pointer.read(self.read(where), unquote(place)), where
        except LookupError:
            raise BadContract(f"{_shown(base)} refers to {reference}: there is none") from None

    def resolved(self, node: Any, base: str) -> tuple[dict[str, Any], str]:
        """Return an object, or what it refers to, and where that stands; {} for anything else."""
        for _ in range(_LONGEST_CHAIN):
            if not isinstance(node, Mapping):
                return {}, base
            if not isinstance(node.get("$ref"), str):
                return dict(node), base
            node, base = self.follow(node["$ref"], base)
        raise BadContract(f"{_shown(base)}: references that lead round in a circle")


def _address(source: str) -> str:
    if re.match(r"https?://", source):
        return source
    return Path(source).resolve().as_uri()


def _content(where: str) -> bytes:
    try:
        if where.startswith("file:"):
            return Path(url2pathname(urlsplit(where).path)).read_bytes()
        if not _is_loopback(where):
            raise BadContract(f"{where} is elsewhere: save it as a file, and give that")
        answer = requests.get(where, timeout=_TIMEOUT_S, allow_redirects=False)
        answer.raise_for_status()
    except (OSError, requests.RequestException) as error:
        raise BadContract(f"{_shown(where)} cannot be read: {error}") from None
    return answer.content


def _parsed(content: bytes, where: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    try:
        # S506: the loader is a safe one.
        return yaml.load(content, Loader=_Loader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, UnicodeError) as error:
        raise BadContract(f"{_shown(where)} is neither JSON nor YAML: {error}") from None


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _shown(where: str) -> str:
    return where.rpartition("/")[2] if where.startswith("file:") else where
