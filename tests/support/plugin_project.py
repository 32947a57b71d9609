"""A user's project with the plugin, and how each of its tests ends."""

from __future__ import annotations

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

def test_breaks_late_before_the_judge(late, contract):
    pass

@pytest.mark.contract(vendor="ngrok")
def test_marked_breaks_late(late):
    pass

def test_unjudged_late(late):
    pass

def test_fails_and_breaks_late(late, contract):
    assert 1 == 2

@pytest.fixture
def conforms_late(mock_api):
    yield
    with mock_api.session() as session:
        sessions(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))

def test_conforms_late(conforms_late, contract):
    pass

def test_has_waited_late(mock_api, conforms_late, faults, contract, clock):
    faults.add(operation="list_application_sessions", status=429, retry_after_s=5, times=1)
    with mock_api.session() as session:
        sessions(session, mock_api.local_url("ngrok"), mock_api.headers("ngrok"))
    clock.advance(5)

@pytest.fixture(scope="class")
def kept():
    keep = []
    yield keep
    with keep[0].session() as session:
        misspelt(session, keep[0].local_url("ngrok"), keep[0].headers("ngrok"))

class TestKept:
    def test_breaks_after_its_class(self, kept, mock_api, contract):
        kept.append(mock_api)

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

def test_no_such_operation(faults):
    faults.add(operation="list_application_sesions", status=503)

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
    "test_breaks_late_before_the_judge": "error",
    "test_marked_breaks_late": "error",
    "test_unjudged_late": "passed",
    "test_fails_and_breaks_late": "error",
    "test_conforms_late": "passed",
    "test_has_waited_late": "passed",
    "test_breaks_after_its_class": "error",
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
    "test_no_such_operation": "failure",
    "test_clock": "passed",
    "test_which_vendor": "passed",
}
FILES = {"client.py": CLIENT, "test_it.py": TESTS}
TYPO = """
import pytest

@pytest.mark.contract(vendor="ngork")
def test_typo(mock_api):
    pass
"""
