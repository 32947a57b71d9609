"""One vendor's contract as Schemathesis sees it, aimed at a target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis import Config

import specs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis.schemas import BaseSchema

    from contract_tests.target import Target

PHASES = ("examples", "coverage", "fuzzing", "stateful")


def aimed(  # noqa: PLR0913  (a run has this many parts)
    contract: specs.Contract,
    target: Target,
    *,
    seed: int,
    max_examples: int,
    phases: tuple[str, ...] = PHASES,
    checks: Mapping[str, Any] | None = None,
) -> BaseSchema:
    """Return `contract` ready to be run against `target`; the same seed sends the same requests.

    `checks` is that table of Schemathesis' own configuration.
    """
    config = Config.from_dict(
        {
            "base-url": target.url + specs.base_path(contract),
            "headers": target.headers(contract),
            "seed": seed,
            "continue-on-failure": True,
            "request-timeout": 20,
            # Nothing is carried over from one run to the next but the seed.
            "cache": {"enabled": False},
            "generation": {"max-examples": max_examples, "database": "none"},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
            "checks": dict(checks or {}),
            # Its own markers would mask session ids, and no finding could be repeated.
            "output": {"sanitization": {"enabled": False}},
        }
    )
    return schemathesis.openapi.from_dict(contract, config=config)
