"""A foreign implementation: Prism mocks each contract, and every finding has an explanation."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import specs
from benchmarks import servers
from benchmarks.cases import Request
from contract_tests import phases
from contract_tests.findings.finding import Finding
from contract_tests.findings.grade import Grading
from contract_tests.roles.read import roles_of
from contract_tests.run.inspection import Inspection, plan
from contract_tests.wire.credential import placed
from contract_tests.wire.exchange import Request as WireRequest
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.wire.wire import Wire
from contract_tests.world.world import World

_PRISM = Path(specs.ROOT).parent / "node_modules/.bin/prism"
_TIMEOUT_S = 1.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not _PRISM.exists() and "CI" not in os.environ, reason="npm ci installs Prism"
    ),
]

_STATELESS = "It remembers nothing: what was made, changed or ended is not seen afterwards."
_EXAMPLES = "It answers with the examples of the contract, whatever id or filter was asked for."
_ANY_KEY = "It looks whether there is a credential, never which one."
_OWN_ERRORS = "Its own refusals (401, 404, 405, 415, 422) are problem+json of its own wording."
_CRASHES = "An id with bytes that are no UTF-8 ends its process: nothing is answered from then on."
_HANGS = "It never answers a request whose body is JSON that is cut off."
_LENIENT = "Its validator takes what the schema forbids, or refuses what it allows."

# Everything that the inspector finds, by rule: why a server that is right about words is wrong.
EXPLAINED: Mapping[str, str] = {
    "actions_change_their_target": _STATELESS,
    "counts_follow": _STATELESS,
    "created_is_readable": _STATELESS,
    "created_together": _STATELESS,
    "deleted_is_gone": _STATELESS,
    "deletions_are_dated": _STATELESS,
    "hidden_new_are_revealed": _STATELESS,
    "needs_are_met": _STATELESS,
    "update_is_visible": _STATELESS,
    "use_after_free": _STATELESS,
    "batch_equals_singles": _EXAMPLES,
    "batch_filters_narrow": _EXAMPLES,
    "counts_agree": _EXAMPLES,
    "errors_are_worded": "Ids of operations are those of the examples, the same in every answer.",
    "filters_match": _EXAMPLES,
    "ids_agree": _EXAMPLES,
    "jobs_end": _EXAMPLES,
    "moments_are_told": _EXAMPLES,
    "parts_belong": _EXAMPLES,
    "limits_count_down": "Limits and the moment of their reset are those of the examples.",
    "next_page_follows": "Addresses in answers are those of the vendor, as in the examples.",
    "pages_are_complete": _EXAMPLES,
    "references_resolve": _EXAMPLES,
    "times_move_forward": _EXAMPLES,
    "unknown_changes_nothing": _EXAMPLES,
    "unknown_is_not_found": _EXAMPLES,
    "ignored_auth": _ANY_KEY,
    "strangers_are_refused": _ANY_KEY,
    "methods_are_documented": "It sends 405 without the field `Allow`.",
    "status_is_documented": _OWN_ERRORS,
    "media_type_is_documented": _OWN_ERRORS,
    "body_fits_schema": _OWN_ERRORS,
    "negative_data_rejection": _LENIENT,
    "positive_data_acceptance": _LENIENT,
    "answers_in_time": f"{_HANGS} {_CRASHES}",
    "odd_bodies_are_survived": f"{_HANGS} {_CRASHES}",
    "odd_ids_are_survived": _CRASHES,
    "odd_addresses_are_survived": _CRASHES,
}

# What Prism answers once it is up.
_FIRST = {
    "ngrok": "/app/sessions",
    "pingplotter": "/agents",
    "thousandeyes": "/status",
    "wisphub": "/api/v1/ping/7c9e6679-7425-40de-944b-e07fc1f90ae7/",
}


@contextmanager
def _mocked(vendor: str) -> Iterator[World]:
    contract: dict[str, Any] = specs.load(vendor)
    scheme = contract["components"]["securitySchemes"][next(iter(contract["security"][0]))]
    key = placed(scheme, "PRISM_KEY", "any-key-will-do")
    first = Request(_FIRST[vendor], {**dict(key.headers), "Ngrok-Version": "2"})
    server = servers.start(servers.PRISM, vendor, first, dict(os.environ))
    # It serves the paths of the contract without that of the vendor's address.
    aimed = {**contract, "servers": [{"url": server.url}]}
    wire = Wire(server.url, Allowance(Limits(timeout_s=_TIMEOUT_S)), secrets=(key,))
    try:
        yield World(aimed, roles_of(vendor), wire, key, seed=1)
    finally:
        server.stop()


def _try_rules(inspection: Inspection, world: World, vendor: str) -> None:
    inspection.run(plan(world))


def _try_phases(inspection: Inspection, world: World, vendor: str) -> None:
    run = partial(phases.run, world, examples=2, vendor=vendor, seconds=4.0)
    inspection.generate("phases", run)


def _found(vendor: str, what: Callable[[Inspection, World, str], None]) -> list[Finding]:
    with _mocked(vendor) as world:
        inspection = Inspection(world, Grading(vendor, world.contract).graded)
        what(inspection, world, vendor)
        outcome = inspection.done()
    assert not outcome.errors, outcome.errors[0].trace
    return outcome.findings


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_finding_of_a_rule_is_explained(vendor: str) -> None:
    found = _found(vendor, _try_rules)
    assert {finding.rule for finding in found} <= EXPLAINED.keys()


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_finding_of_the_phases_is_explained(vendor: str) -> None:
    found = _found(vendor, _try_phases)
    assert {finding.rule for finding in found} <= EXPLAINED.keys()


def test_the_process_ends_at_an_id_that_is_no_utf_8() -> None:
    with _mocked("ngrok") as world:
        headers = {"Ngrok-Version": "2"}
        for target in ("/app/sessions/%FF", "/app/sessions"):
            answer = world.send(WireRequest("GET", target, tuple(headers.items())))
            assert answer.response is None
