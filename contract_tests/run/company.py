"""Whether others change things meanwhile: what they do is no breach of the server's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.limits import OutOfLimits
from contract_tests.world.snapshot import Snapshot, taken
from contract_tests.world.world import World

# Rules that compare answers which were given one after the other.
_COMPARING = frozenset(
    {
        "batch_equals_singles",
        "batch_filters_narrow",
        "counts_agree",
        "counts_follow",
        "filters_find_new",
        "filters_match",
        "hidden_are_revealed",
        "hidden_new_are_revealed",
        "next_page_follows",
        "reading_changes_nothing",
        "references_resolve",
    }
)
# Looks in a row, and a rest after each row. The rows are of unlike lengths, so that a server that
# changes something at every so-many-th request does not look like one that changes with time.
_ROWS, _REST_S = (3, 2, 3), 0.3
_MEANWHILE = "Others may have changed things meanwhile."


@dataclass(slots=True)
class Company:
    """Weighs what comparisons have found; `is_busy` is None until it was looked whether it is."""

    world: World
    is_busy: bool | None = field(default=None)

    def weighed(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings; as assumptions where others may have done it.

        That is so on every server that is not ours, and on ours where it was seen.
        """
        for finding in findings:
            is_grave = finding.grade is not Grade.ASSUMPTION
            if is_grave and _compares(finding) and self._others_write():
                message = f"{finding.message} {_MEANWHILE}"
                yield replace(finding, grade=Grade.ASSUMPTION, message=message)
            else:
                yield finding

    def _others_write(self) -> bool:
        if not self.world.permits.existing:
            return True
        if self.is_busy is None:
            try:
                self.is_busy = _changes_with_time(self.world)
            except OutOfLimits:
                return False
        return self.is_busy


def _compares(finding: Finding) -> bool:
    return finding.is_comparison or finding.rule in _COMPARING


def _changes_with_time(world: World) -> bool:
    """Say whether lists change in every rest, and never between two looks without one."""
    rows: list[list[Snapshot]] = []
    for length in _ROWS:
        if rows:
            world.rest(_REST_S)
        rows.append([taken(world) for _ in range(length)])
        # Most servers are told apart here.
        if any(_differ(*pair) for pair in pairwise(rows[-1])):
            return False
        if len(rows) > 1 and not _differ(rows[-2][-1], rows[-1][0]):
            return False
    return True


def _differ(one: Snapshot, other: Snapshot) -> bool:
    return any(True for _ in one.changes(other))
