"""A user's project with the plugin: what passes, what fails, and how it is worded."""

from __future__ import annotations

import json

import pytest
from plugin_runs import Run, run

CLIENT = """
def sessions(client, url, headers, **query):
    told = {**headers, "Ngrok-Version": "2"}
    return client.get(f"{url}/app/sessions", params=query, headers=told)

def misspelt(client, url, headers):
    return client.get(f"{url}/app/session", headers={**headers, "Ngrok-Version": "2"})
"""
TESTS = """
import asyncio, os, unittest
import httpx, pytest, requests
from client import misspelt, sessions

def test_conforms(mock_api, contract):
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        assert sessions(session, url, headers, limit=1).status_code == 200
    (one,) = mock_api.requests.of("list_application_sessions")
    assert (one.method, one.path, one.query, one.status) == (
        "GET", "/app/sessions", {"limit": ["1"]}, 200
    )
    assert one.caller.startswith("client.py:4 in sessions")
    assert mock_api.key("ngrok") not in str(one.headers)

def test_breaks(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

def test_breaks_and_fails(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    assert 1 == 2, "its own reason"

def test_gives_up(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    pytest.fail("its own words")

def test_skips(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    pytest.skip("not now")

@pytest.mark.xfail
def test_is_expected_to_break(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

def test_unjudged(mock_api):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

def test_allowed(mock_api, contract):
    contract.allow("operation_exists")
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    assert contract.findings == ()

def test_allows_no_such_rule(contract):
    with pytest.raises(ValueError, match="operation_exists"):
        contract.allow("operation_exits")

def test_findings(mock_api, contract):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    assert [one.rule for one in contract.findings] == ["operation_exists"]
    contract.allow("operation_*")

@pytest.fixture
def late(mock_api):
    yield
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

def test_breaks_late(contract, late):
    pass

@pytest.mark.contract(vendor="ngrok")
def test_marked(mock_api):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url(), mock_api.headers())

@pytest.mark.contract(vendor="ngrok", allow=["operation_exists"])
def test_marked_allows(mock_api):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url(), mock_api.headers())

@pytest.mark.contract(vendor=["wisphub", "pingplotter"])
def test_marked_for_others(mock_api):
    with mock_api.session() as session:
        misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

@pytest.mark.contract
class TestMarkedClass:
    def test_in_class(self, mock_api):
        with mock_api.session() as session:
            misspelt(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

@pytest.mark.contract(vendor="ngrok")
class TestOld(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _given(self, mock_api):
        self.api = mock_api

    def test_unittest_breaks(self):
        with self.api.session() as session:
            misspelt(session, self.api.local_url(), self.api.headers())

    def test_unittest_conforms(self):
        with self.api.session() as session:
            sessions(session, self.api.local_url(), self.api.headers())

@pytest.mark.anyio
async def test_async_breaks(mock_api, contract):
    async with httpx.AsyncClient(transport=mock_api.httpx_transport()) as client:
        await misspelt(client, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

@pytest.fixture
def anyio_backend():
    return "asyncio"

def test_over_a_port(mock_api, contract, monkeypatch):
    mock_api.set_environment(monkeypatch, "ngrok")
    key, url = os.environ["NGROK_API_KEY"], os.environ["NGROK_API_BASE_URL"]
    assert (key, url) == (mock_api.key("ngrok"), mock_api.url("ngrok"))
    told = {"Authorization": f"Bearer {key}"}
    assert sessions(requests, url, told).status_code == 200
    mock_api.wait_for("list_application_sessions")

def test_waits_in_vain(mock_api):
    with pytest.raises(AssertionError, match="list_application_users was to be called 1 times"):
        mock_api.wait_for("list_application_users", timeout_s=0.01)

def test_worlds_are_apart(mock_api, request):
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        shown = sessions(session, url, headers).json()["application_sessions"]
        for one in shown:
            told = {**headers, "Ngrok-Version": "2"}
            assert session.delete(f"{url}/app/sessions/{one['id']}", headers=told).ok
        assert not sessions(session, url, headers).json()["application_sessions"]

@pytest.mark.parametrize("again", [1, 2])
def test_world_is_full(mock_api, again):
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        assert sessions(session, url, headers).json()["application_sessions"]

def test_faults(mock_api, faults, contract):
    faults.add(operation="list_application_sessions", status=429, retry_after_s=1, times=1)
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        refused = sessions(session, url, headers)
        assert refused.status_code == 429
        assert refused.headers["Retry-After"] == "1"
        assert refused.json()["error_code"] == "ERR_NGROK_226"

def test_retry_after_is_waited_for(mock_api, faults, contract, clock):
    faults.add(operation="list_application_sessions", status=429, retry_after_s=5, times=1)
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        sessions(session, url, headers)
        clock.advance(5)
        assert sessions(session, url, headers).ok

def test_retry_after_is_ignored(mock_api, faults, contract):
    faults.add(operation="list_application_sessions", status=429, retry_after_s=5, times=1)
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        sessions(session, url, headers)
        assert sessions(session, url, headers).ok

def test_faults_are_gone(mock_api):
    with mock_api.session() as session:
        url, headers = mock_api.local_url("ngrok"), mock_api.headers("ngrok")
        assert sessions(session, url, headers).status_code == 200

def test_clock(clock):
    clock.freeze()
    before = clock.now
    assert clock.now == before
    clock.advance(3600)
    assert (clock.now - before).total_seconds() == 3600

def test_which_vendor(mock_api):
    with pytest.raises(KeyError, match="which vendor"):
        mock_api.url()
    with pytest.raises(KeyError, match="ngork is not served"):
        mock_api.url("ngork")
"""
ENDS = {
    "test_conforms": "passed",
    "test_breaks": "failure",
    "test_breaks_and_fails": "failure",
    "test_gives_up": "failure",
    "test_skips": "skipped",
    "test_is_expected_to_break": "skipped",
    "test_unjudged": "passed",
    "test_allowed": "passed",
    "test_allows_no_such_rule": "passed",
    "test_findings": "passed",
    "test_breaks_late": "error",
    "test_marked": "failure",
    "test_marked_allows": "passed",
    "test_marked_for_others": "passed",
    "test_in_class": "failure",
    "test_unittest_breaks": "failure",
    "test_unittest_conforms": "passed",
    "test_async_breaks": "failure",
    "test_over_a_port": "passed",
    "test_waits_in_vain": "passed",
    "test_worlds_are_apart": "passed",
    "test_world_is_full[1]": "passed",
    "test_world_is_full[2]": "passed",
    "test_faults": "passed",
    "test_retry_after_is_waited_for": "passed",
    "test_retry_after_is_ignored": "failure",
    "test_faults_are_gone": "passed",
    "test_clock": "passed",
    "test_which_vendor": "passed",
}
pytestmark = pytest.mark.slow
FILES = {"client.py": CLIENT, "test_it.py": TESTS}
REPORT = ("--contract-report", "json=out.json")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("alone")
    found = run(folder, *REPORT, files=FILES)
    found.texts["report"] = (folder / "out.json").read_text()
    return found


def test_each_test_ends_as_it_should(alone: Run) -> None:
    assert alone.ends == ENDS, alone.output


def test_a_failure_names_rule_line_and_a_masked_curl_line(alone: Run) -> None:
    text = alone.texts["test_breaks"]
    assert "breach  operation_exists  GET /app/session" in text
    assert "/app/sessions or /app/sessions/{id}" in text
    assert "at client.py:7 in misspelt" in text
    assert "Bearer $NGROK_API_KEY" in text


def test_the_line_of_a_coroutine_is_found(alone: Run) -> None:
    assert "in test_async_breaks" in alone.texts["test_async_breaks"]


def test_a_test_that_fails_by_itself_shows_the_findings_beside_its_own_reason(alone: Run) -> None:
    text = alone.texts["test_breaks_and_fails"]
    assert "its own reason" in text
    assert "operation_exists" in alone.output.partition("test_breaks_and_fails")[2]


def test_ignored_retry_after_is_a_finding(alone: Run) -> None:
    assert "retry_after_is_honoured" in alone.texts["test_retry_after_is_ignored"]


def test_the_summary_counts(alone: Run) -> None:
    (line,) = [each for each in alone.output.splitlines() if each.startswith("contract: ")]
    assert "2 findings" in line
    assert "of 5 operations" in line


def test_the_report_is_about_the_whole_run(alone: Run) -> None:
    report = json.loads(alone.texts["report"])
    assert {entry["rule"] for entry in report["entries"]} == {
        "operation_exists",
        "retry_after_is_honoured",
    }


def test_no_key_is_shown_anywhere(alone: Run) -> None:
    assert "mock_" not in alone.texts["report"]
    assert "Bearer mock_" not in alone.output


def test_workers_see_the_same_and_tell_it_together(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("workers")
    chosen = "test_conforms or test_breaks_and_fails or test_retry or test_world_is_full"
    found = run(folder, "-n", "2", "-k", chosen, *REPORT, files=FILES)
    assert found.ends == {name: ENDS[name] for name in found.ends}, found.output
    assert len(found.ends) == 7
    assert json.loads((folder / "out.json").read_text())["requests"] == 9
    assert "contract: 9 requests, 1 of 5 operations, 2 findings" in found.output
