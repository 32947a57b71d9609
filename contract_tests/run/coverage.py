"""How much of a contract a run has seen: operations, their documented statuses and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """In how many requests something was left out, given as the contract allows, or otherwise."""

    absent: int = 0
    valid: int = 0
    invalid: int = 0

    @property
    def given(self) -> int:
        """In how many requests it was there at all."""
        return self.valid + self.invalid

    def and_one(self, manner: str) -> Cell:
        """Return this and one request more: `absent`, `valid` or `invalid`."""
        counts = {"absent": self.absent, "valid": self.valid, "invalid": self.invalid}
        return Cell(**{**counts, manner: counts[manner] + 1})


@dataclass(frozen=True, slots=True)
class OperationCoverage:
    """What was seen of one operation.

    `statuses` counts answers by documented status, those never seen too; `undocumented` the
    others, `0` being no answer. `parameters` are named as in SOURCES.md (`?limit`, `{id}`,
    `#Accept`) and `fields` are places in the body (`#/Name`, `*` for any item). `matrix` maps a
    documented status and a parameter to the requests that were answered with it.
    """

    label: str
    operation_id: str
    requests: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    undocumented: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Cell] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    matrix: Mapping[str, Mapping[str, Cell]] = field(default_factory=dict)

    @property
    def unseen(self) -> tuple[str, ...]:
        """What of it was never seen, a few words each."""
        if not self.requests:
            return ("never called",)
        statuses = [f"status {name}" for name, count in self.statuses.items() if not count]
        never = [f"{name} never given" for name, cell in self.parameters.items() if not cell.given]
        fields = [f"{name} never sent" for name, count in self.fields.items() if not count]
        return (*statuses, *never, *fields)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen of a whole contract."""

    operations: tuple[OperationCoverage, ...]

    @property
    def sums(self) -> dict[str, tuple[int, int]]:
        """Map `operations`, `statuses`, `parameters`, `body fields` to seen and documented."""
        return {
            "operations": _seen(operation.requests for operation in self.operations),
            "statuses": _seen(n for o in self.operations for n in o.statuses.values()),
            "parameters": _seen(c.given for o in self.operations for c in o.parameters.values()),
            "body fields": _seen(n for o in self.operations for n in o.fields.values()),
        }

    def __str__(self) -> str:
        """Say it in one line: `operations 22/22, statuses 61/83, parameters 30/31`."""
        return ", ".join(
            f"{name} {seen}/{known}" for name, (seen, known) in self.sums.items() if known
        )


def _seen(counts: Iterator[int]) -> tuple[int, int]:
    listed = list(counts)
    return sum(1 for count in listed if count), len(listed)
