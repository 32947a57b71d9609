"""What a run has created and not yet removed: the only things it may touch on a live server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ledger:
    """Ids by resource, in the order of their creation."""

    _created: dict[tuple[str, str], None] = field(default_factory=dict)

    def created(self, resource: str, item_id: object) -> None:
        """Remember a new one."""
        self._created[(resource, str(item_id))] = None

    def removed(self, resource: str, item_id: object) -> None:
        """Forget one that is gone."""
        self._created.pop((resource, str(item_id)), None)

    def owns(self, resource: str, item_id: object) -> bool:
        """Say whether this run made it."""
        return (resource, str(item_id)) in self._created

    def left(self) -> Iterator[tuple[str, str]]:
        """Yield what is still to be removed, the newest first."""
        yield from reversed(list(self._created))
