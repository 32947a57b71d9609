"""A contract as Schemathesis sees it: aimed at the server of a world, and sent by our channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import schemathesis
from schemathesis import Config
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport import BaseTransport

import specs
from contract_tests.wire.credential import Credential
from contract_tests.world.world import World

PHASES = ("examples", "coverage", "fuzzing", "stateful")

# What an answer says is judged by Words, for these requests as for all others, and by more of
# SOURCES.md; an `Allow` header has a rule of its own; a missing header is forbidden data too.
_OFF = (
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "allow_header_conformance",
    "missing_required_header",
)
# Which refusal it is, is Words' business too.
_REFUSED = {"expected-statuses": ["3xx", "4xx", "5xx"]}
_CHECKS: dict[str, Any] = {
    **{name: {"enabled": False} for name in _OFF},
    "negative_data_rejection": _REFUSED,
}


def aimed(
    world: World, channel: BaseTransport[Any], phases: Iterable[str], examples: int
) -> OpenApiSchema:
    """Return the world's contract, to be run in `phases`, its requests sent by `channel`.

    The same seed of the world sends the same requests. `examples` are those of each operation, in
    fuzzing and in stateful testing.
    """
    chosen = frozenset(phases)
    config = Config.from_dict(
        {
            "base-url": world.wire.url + specs.base_path(world.contract),
            **_shown(world.credential),
            "operations": list(_operations(world)),
            "seed": world.seed,
            "continue-on-failure": True,
            # Another host would be sent what this one was meant to get.
            "max-redirects": 0,
            "request-timeout": world.wire.allowance.limits.timeout_s,
            # Nothing is carried over from one run to the next but the seed.
            "cache": {"enabled": False},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {name: {"enabled": name in chosen} for name in PHASES},
            "checks": _CHECKS,
            # Its own markers would mask session ids, and no finding could be repeated.
            "output": {"sanitization": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(dict(world.contract), config=config)
    schema.__class__ = _sent_by(channel)
    return schema


def _operations(world: World) -> Iterator[dict[str, Any]]:
    """Yield what differs for single operations: another credential, or none to be had."""
    ring = world.ring
    if ring is None:
        return
    for name in world.operations:
        if name in ring.wanting:
            yield {"include-operation-id": name, "enabled": False}
        elif name in ring.each:
            yield {"include-operation-id": name, **_shown(ring.each[name])}


def _shown(credential: Credential) -> dict[str, Any]:
    query = {f"query.{name}": value for name, value in credential.query}
    return {"headers": dict(credential.headers), "parameters": query}


def _sent_by(channel: BaseTransport[Any]) -> type[OpenApiSchema]:
    """Return the class of schemas whose cases, and their copies, are sent by `channel`."""

    class Aimed(OpenApiSchema):
        @property
        def transport(self) -> BaseTransport[Any]:
            return channel

    return Aimed
