"""Which operation a path and method mean: a table made once from the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
Segments = tuple[str, ...]
Pattern = tuple[str | None, ...]  # None stands for a parameter


@dataclass(frozen=True, slots=True)
class Place(Generic[T]):
    """One path of the contract: its parameter names by position, what each method means."""

    parameters: Mapping[int, str]
    methods: dict[str, T] = field(default_factory=dict)

    def allow(self) -> str:
        """Return the value of the Allow header (RFC 9110, section 10.2.1)."""
        names = {*self.methods, "OPTIONS"} | ({"HEAD"} if "GET" in self.methods else set())
        return ", ".join(sorted(names))

    def values(self, segments: Segments) -> dict[str, str]:
        """Return the path parameters that `segments` carry."""
        return {name: segments[position] for position, name in self.parameters.items()}


class RouteTable(Generic[T]):
    """Finds the place of a path; a literal part always wins over a parameter."""

    def __init__(self) -> None:
        """Begin without any path."""
        self._literal: dict[Segments, Place[T]] = {}
        self._templates: dict[int, list[tuple[Pattern, Place[T]]]] = {}

    def add(self, path: str, method: str, target: T) -> None:
        """Let `method` on the OpenAPI path template mean `target`."""
        segments = tuple(path.split("/")[1:])
        place = self._place(segments)
        place.methods[method.upper()] = target

    def find(self, segments: Segments) -> Place[T] | None:
        """Return the place of a decoded path, or None."""
        place = self._literal.get(segments)
        if place is not None:
            return place
        for pattern, candidate in self._templates.get(len(segments), ()):
            if _fits(pattern, segments):
                return candidate
        return None

    def _place(self, segments: Segments) -> Place[T]:
        pattern = tuple(None if part.startswith("{") else part for part in segments)
        names = {i: part[1:-1] for i, part in enumerate(segments) if part.startswith("{")}
        if not names:
            return self._literal.setdefault(segments, Place({}))
        same_length = self._templates.setdefault(len(segments), [])
        for known, place in same_length:
            if known == pattern:
                return place
        new: Place[T] = Place(names)
        same_length.append((pattern, new))
        # Fewer parameters first: /agents/{id}/status before /agents/{id}/{what}.
        same_length.sort(key=lambda row: row[0].count(None))
        return new


def _fits(pattern: Pattern, segments: Segments) -> bool:
    # A parameter takes any part but an empty one.
    return all(
        bool(part) if wanted is None else part == wanted
        for wanted, part in zip(pattern, segments, strict=True)
    )
