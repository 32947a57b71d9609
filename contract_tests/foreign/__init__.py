"""Contracts that are not ours: any OpenAPI document, brought into the form that the rules read."""

from contract_tests.foreign.contract import load
from contract_tests.foreign.documents import BadContract

__all__ = ["BadContract", "load"]
