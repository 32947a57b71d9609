"""How a client behaves: what it asks, one request at a time, and how it takes the answers."""

from __future__ import annotations

from contract_tests.conduct.reactions import COURSE_RULES
from contract_tests.conduct.requests import REQUEST_RULES

__all__ = ("COURSE_RULES", "REQUEST_RULES")
