"""A TOML table that is read strictly: each key once asked for by name, and no key left over."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from probes.errors import ProbeError
from probes.internet.topology import TopologyInvalid

T = TypeVar("T")
_LARGEST = 1e12
"""Beyond all times and rates; a whole number in TOML may be too long for a float."""

Reader = Callable[[Any], T]
Keys = Mapping[str, tuple[str, Reader[Any]]]
"""Key in the file, field of the record, and how the one becomes the other."""


class Table:
    """One table and where it stands, for errors that say so."""

    def __init__(self, place: str, content: object) -> None:
        if not isinstance(content, dict):
            raise TopologyInvalid(f"{place}: {content!r} is no table")
        self.place = place
        self.content: dict[str, Any] = content
        self._asked: list[str] = []

    def pick(self, keys: Keys) -> dict[str, Any]:
        """Read those keys that are there, into the fields that they fill."""
        self._asked += keys
        found = [(key, *keys[key]) for key in keys if key in self.content]
        return {field: self.read(key, reader) for key, field, reader in found}

    def read(self, key: str, reader: Reader[T]) -> T:
        """Read one key that has to be there."""
        self._asked.append(key)
        if key not in self.content:
            raise TopologyInvalid(f"{self.place}: the key {key} is missing")
        return _placed(f"{self.place}.{key}", lambda: reader(self.content[key]))

    def table(self, key: str) -> "Table":
        """Return an inner table, empty where it is not there."""
        self._asked.append(key)
        return Table(f"{self.place}.{key}", self.content.get(key, {}))

    def tables(self, key: str) -> "dict[str, Table]":
        """Return the tables that an inner table consists of, by name."""
        inner = self.table(key)
        return {name: inner.table(name) for name in inner.content}

    def list_of_tables(self, key: str) -> "list[Table]":
        """Return the tables of a list, in order; none where it is not there."""
        self._asked.append(key)
        entries = self.read(key, sequence(lambda entry: entry)) if key in self.content else ()
        return [
            Table(f"{self.place}.{key}[{place}]", entry) for place, entry in enumerate(entries)
        ]

    def made(self, make: Callable[[], T]) -> T:
        """Make a record of what was read; its complaints name this table."""
        return _placed(self.place, make)

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = [key for key in self.content if key not in self._asked]
        if unknown:
            allowed = ", ".join(sorted(set(self._asked)))
            raise TopologyInvalid(f"{self.place}: unknown key {unknown[0]!r}, allowed: {allowed}")


def _placed(place: str, make: Callable[[], T]) -> T:
    try:
        return make()
    except (ProbeError, ValueError) as error:
        raise TopologyInvalid(f"{place}: {error}") from None


def text(value: object) -> str:
    """Read a string that is not empty."""
    if not isinstance(value, str) or not value:
        raise TopologyInvalid(f"{value!r}: expected text")
    return value


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise TopologyInvalid(f"{value!r}: expected true or false")
    return value


def number(value: object) -> float:
    """Read a number, which neither true nor "5" is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TopologyInvalid(f"{value!r}: expected a number")
    if not -_LARGEST < value < _LARGEST:
        raise TopologyInvalid(f"{value!r}: expected less than {_LARGEST:g}")
    return float(value)


def whole(value: object) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TopologyInvalid(f"{value!r}: expected a whole number")
    return value


def sequence(reader: Reader[T]) -> Reader[tuple[T, ...]]:
    """Read a list of such values."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise TopologyInvalid(f"{value!r}: expected a list")
        return tuple(reader(entry) for entry in value)

    return read


def choice(meanings: Mapping[str, T]) -> Reader[T]:
    """Read one of several words."""

    def read(value: object) -> T:
        if not isinstance(value, str) or value not in meanings:
            raise TopologyInvalid(f"{value!r}: expected one of {', '.join(meanings)}")
        return meanings[value]

    return read
