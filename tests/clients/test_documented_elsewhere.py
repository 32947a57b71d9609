"""Operations that vendors document, and our contracts leave out, are no fault of a client."""

from __future__ import annotations

import pytest
from conduct_cases import said

N, T = "ngrok", "thousandeyes"

LEFT_OUT = [
    (N, "DELETE /app/users/au_1"),
    (T, "POST /v6/agents/3/delete"),
    (T, "POST /v6/agents/3/update.json"),
    (T, "GET /v6/net/bgp-metrics/818"),
    (T, "GET /v6/web/page-load/818/3/1533713400"),
]
NOWHERE = [
    (N, "DELETE /app/users"),
    (N, "DELETE /app/users/au_1/more"),
    (N, "PUT /app/users/au_1"),
    (T, "POST /v6/agents/3/remove"),
    (T, "DELETE /v6/agents/3"),
]


def _accused(vendor, line):
    return [one for one in said(vendor, line) if one.startswith("operation_exists")]


@pytest.mark.parametrize(("vendor", "line"), LEFT_OUT)
def test_what_is_documented_elsewhere_is_not_accused(vendor, line):
    assert _accused(vendor, line) == []


@pytest.mark.parametrize(("vendor", "line"), NOWHERE)
def test_what_is_documented_nowhere_is_accused(vendor, line):
    assert _accused(vendor, line)
