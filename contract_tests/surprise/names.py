"""Other names for ids: given to the client, and understood when it sends them back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit


class Names:
    """Aliases of ids. A standing one takes the place of the id wherever it is shown."""

    def __init__(self) -> None:
        """Begin without any."""
        self._meant: dict[Any, Any] = {}
        self._standing: dict[Any, Any] = {}

    def stand(self, original: Any, alias: Any) -> Any:
        """Show `alias` for `original` from now on; return what is shown."""
        if original in self._meant:  # it is an alias already
            return original
        shown = self._standing.setdefault(original, alias)
        self._meant[shown] = original
        return shown

    def also(self, original: Any, alias: Any) -> Any:
        """Understand `alias` as `original`, which goes on to be shown; return the alias."""
        self._meant[alias] = self._meant.get(original, original)
        return alias

    def meant(self, text: str) -> str:
        """Return what a text of a request means."""
        if text in self._meant:
            return str(self._meant[text])
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 40 else None
        return str(self._meant[number]) if number in self._meant else text

    def path(self, raw: str) -> tuple[str, Mapping[Any, Any]]:
        """Return a percent-encoded path with what is meant, and the aliases that stood in it."""
        used: dict[Any, Any] = {}
        steps = [self._step(step, used) for step in raw.split("/")]
        return "/".join(steps), used

    def query(self, raw: str) -> str:
        """Return a query with what is meant; as it was if nothing is."""
        pairs = parse_qsl(raw, keep_blank_values=True)
        meant = [(name, self.meant(value)) for name, value in pairs]
        return urlencode(meant) if meant != pairs else raw

    def body(self, raw: bytes) -> bytes:
        """Return a body of JSON with what is meant; as it was if nothing is."""
        try:
            value = json.loads(raw) if self._meant and raw else None
        except ValueError:
            return raw
        meant = _replaced(value, self._meant)
        return json.dumps(meant).encode() if meant != value else raw

    def shown(self, value: Any, used: Mapping[Any, Any]) -> Any:
        """Return the value of an answer as it is shown; `used` are aliases that were asked by."""
        shown = {**self._standing, **used}
        return _shown(value, shown) if shown else value

    def _step(self, step: str, used: dict[Any, Any]) -> str:
        text = unquote(step)
        stem, dot, suffix = text.partition(".json")
        for candidate, end in ((text, ""), (stem, dot + suffix)):
            meant = self.meant(candidate)
            if meant != candidate:
                used[meant] = candidate
                return quote(meant + end, safe="")
        return step


def _replaced(value: Any, names: Mapping[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, names) for inner in value]
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return names.get(value, value) if is_one else value


def _shown(value: Any, names: Mapping[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _shown(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shown(inner, names) for inner in value]
    if not isinstance(value, str):
        return value
    if value in names:
        return names[value]
    return _address(value, names) if "://" in value else value


def _address(text: str, names: Mapping[Any, Any]) -> str:
    parts = urlsplit(text)
    path = "/".join(_steps(parts.path.split("/"), names))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    named = [(name, str(names.get(value, value))) for name, value in pairs]
    query = urlencode(named) if named != pairs else parts.query
    return urlunsplit((parts.scheme, parts.netloc, path, query, parts.fragment))


def _steps(steps: Iterable[str], names: Mapping[Any, Any]) -> Iterable[str]:
    for step in steps:
        found = names.get(unquote(step))
        yield quote(str(found), safe="") if found is not None else step
