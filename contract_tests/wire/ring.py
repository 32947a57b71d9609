"""The credentials of one account: operations of one contract may want different ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contract_tests.wire.credential import Credential


@dataclass(frozen=True, slots=True)
class Ring:
    """`first` is what most operations take; `each`, by operationId, what others want instead.

    `wanting` says of the operations that none of them opens what is missing.
    """

    first: Credential
    each: Mapping[str, Credential] = field(default_factory=dict)
    wanting: Mapping[str, str] = field(default_factory=dict)

    @property
    def all(self) -> tuple[Credential, ...]:
        """Every credential that may be shown, each once."""
        found = dict.fromkeys((self.first, *self.each.values()))
        return tuple(credential for credential in found if credential.singles)

    def of(self, operation_id: str) -> Credential:
        """Return what an operation is shown."""
        return self.each.get(operation_id, self.first)
