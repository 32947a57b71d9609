"""What goes wrong on purpose looks the same over a port and within the process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import httpx
import pytest
import requests

import specs
from contract_tests.fixtures.faults import Faults
from contract_tests.inprocess import MockApi, serve
from contract_tests.target import BadFault

OPERATION = "list_application_sessions"
# What a fault looks like to requests and to httpx.
LOOKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "status": ({"status": 503}, "503 with a body", "503 with a body"),
    "too many": ({"status": 429, "retry_after_s": 2}, "429 with a body", "429 with a body"),
    "late": ({"latency_ms": 1}, "200 with a body", "200 with a body"),
    "too late": ({"latency_ms": 60_000}, "ReadTimeout", "ReadTimeout"),
    "empty": ({"empty": True}, "200 without a body", "200 without a body"),
    "truncated": ({"truncate": True}, "200 with no JSON", "200 with no JSON"),
    "garbled": ({"garble": True}, "200 with no JSON", "200 with no JSON"),
    "cut": ({"cut": True}, "ChunkedEncodingError", "RemoteProtocolError"),
    "reset": ({"reset": True}, "ConnectionError", "ReadError"),
    "hanging": ({"hang": True}, "ReadTimeout", "ReadTimeout"),
}

PATHS = {
    "ngrok": "/app/sessions",
    "pingplotter": "/agents",
    "thousandeyes": "/agents.json",
    "wisphub": "/api/v1/ping/7c9e6679-7425-40de-944b-e07fc1f90ae7/",
}


@pytest.fixture(scope="module")
def api() -> Iterator[MockApi]:
    with serve("ngrok") as found:
        yield found


@pytest.fixture(scope="module")
def every() -> Iterator[MockApi]:
    with serve() as found:
        yield found


@pytest.fixture
def faults(api: MockApi) -> Iterator[Faults]:
    found = Faults(api.tenant)
    yield found
    found.clear()


def look(get: Callable[..., Any], api: MockApi, url: str) -> str:
    headers = {**api.headers(), "Ngrok-Version": "2"}
    try:
        answer = get(f"{url}/app/sessions", headers=headers, timeout=0.3)
    except Exception as error:  # noqa: BLE001  (its name is what is compared)
        return type(error).__name__
    if not answer.content:
        return f"{answer.status_code} without a body"
    try:
        answer.json()
    except ValueError:
        return f"{answer.status_code} with no JSON"
    return f"{answer.status_code} with a body"


@pytest.mark.parametrize("name", LOOKS)
def test_requests_sees_it(api: MockApi, faults: Faults, name: str) -> None:
    kinds, expected, _ = LOOKS[name]
    faults.add(operation=OPERATION, **kinds)
    with api.session() as within, requests.Session() as over_port:
        assert look(within.get, api, api.local_url()) == expected
        assert look(over_port.get, api, api.url()) == expected


@pytest.mark.parametrize("name", LOOKS)
def test_httpx_sees_it(api: MockApi, faults: Faults, name: str) -> None:
    kinds, _, expected = LOOKS[name]
    faults.add(operation=OPERATION, **kinds)
    transport = api.httpx_transport()
    with httpx.Client(transport=transport) as within, httpx.Client() as over_port:
        assert look(within.get, api, api.local_url()) == expected
        assert look(over_port.get, api, api.url()) == expected


def test_every_vendor_words_every_error(every: MockApi) -> None:
    api, faults = every, Faults(every.tenant)
    with api.session() as session:
        for vendor, path in PATHS.items():
            url, told = api.local_url(vendor), {**api.headers(vendor), "Ngrok-Version": "2"}
            for status in (400, 429, 500, 502, 503, 504):
                faults.add(status=status, retry_after_s=3)
                answer = session.get(f"{url}{path}", headers=told)
                assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
                assert answer.json()
                faults.clear()
        assert not api.tenant.house.resident.app.breaches


def test_another_account_is_not_met(api: MockApi, faults: Faults) -> None:
    faults.add(status=503)
    with serve("ngrok") as other, other.session() as session:
        assert look(session.get, other, other.local_url()) == "200 with a body"


def test_cleared_all_is_well(api: MockApi, faults: Faults) -> None:
    faults.add(reset=True)
    faults.clear()
    with api.session() as session:
        assert look(session.get, api, api.local_url()) == "200 with a body"


def test_what_there_is_not_is_named(faults: Faults) -> None:
    with pytest.raises(ValueError, match="there are latency_ms, status, empty"):
        faults.add(slow=True)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({"operation": "list_application_sesions"}, "nearest are list_application_sessions"),
        ({"vendor": "ngork"}, "no vendor named 'ngork' is served: there are ngrok"),
        ({"vendor": "wisphub"}, "no vendor named 'wisphub' is served: there are ngrok"),
        ({"operation": "list_agents"}, "no operation named 'list_agents'"),
        ({"operation": "list_agents", "vendor": "ngrok"}, "no operation named 'list_agents'"),
    ],
)
def test_a_fault_that_nobody_can_meet_is_refused(
    faults: Faults, scope: dict[str, str], said: str
) -> None:
    with pytest.raises(BadFault, match=said):
        faults.add(status=503, **cast("Any", scope))


@pytest.mark.parametrize("status", [9999, "503", None])
def test_a_status_that_there_is_not_is_refused(faults: Faults, status: object) -> None:
    with pytest.raises(BadFault, match="status is one of 400"):
        faults.add(status=status)


def test_every_operation_that_is_served_may_go_wrong(every: MockApi) -> None:
    faults = Faults(every.tenant)
    for vendor in specs.vendors():
        for row in specs.operations(vendor):
            faults.add(operation=row.operation_id, status=503)
            faults.add(operation=row.operation_id, vendor=vendor, status=503)
    faults.clear()
