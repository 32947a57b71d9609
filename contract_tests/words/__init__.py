"""What an answer says, held against the contract: status, media type, headers, body."""

from __future__ import annotations

from contract_tests.words.judge import Words

__all__ = ["Words"]
