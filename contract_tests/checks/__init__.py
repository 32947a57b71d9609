"""The rules that servers are held to, one a file."""

from __future__ import annotations

from contract_tests.checks import deleted_is_gone
from contract_tests.checks.rule import Rule

RULES: tuple[Rule, ...] = (deleted_is_gone.RULE,)
