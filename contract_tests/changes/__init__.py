"""What changed between two versions of a contract, and what of it breaks clients."""

from contract_tests.changes.change import Change, Effect
from contract_tests.changes.contracts import changes

__all__ = ["Change", "Effect", "changes"]
