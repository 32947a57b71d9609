"""Connexion's view of a contract that is already resolved and known to be sound."""

from __future__ import annotations

import copy
from typing import Any

from connexion.spec import OpenAPISpecification


class ResolvedSpecification(OpenAPISpecification):  # type: ignore[misc]  # untyped base
    """A specification whose references prance has resolved and whose form has been checked.

    Connexion would copy it three times, check it in pure Python and resolve it again: seconds of
    every start, for nothing, since `specs.load` has done so once for each change of a contract.
    """

    def __init__(self, resolved: dict[str, Any]) -> None:
        """Wrap a resolved contract."""
        self._raw_spec = self._spec = copy.copy(resolved)
        self._base_uri = ""
        self._set_defaults(self._spec)
