"""Schemathesis' own phases as part of a run: its data, our exchanges, our findings."""

from __future__ import annotations

from contract_tests.phases.aim import PHASES
from contract_tests.phases.run import Tally, run

__all__ = ["PHASES", "Tally", "run"]
