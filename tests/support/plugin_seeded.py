"""A user's project with an ini file, and clients that are given answers nobody expects."""

from __future__ import annotations

ODD = """
import pytest, requests
from hypothesis import given, settings
from contract_tests.fixtures.surprising import catalogue
from contract_tests.generate import answers_of

def sessions(client, url, headers):
    found, told = [], {**headers, "Ngrok-Version": "2"}
    url = f"{url}/app/sessions"
    while url:
        answer = client.get(url, headers=told)
        answer.raise_for_status()
        found += answer.json()["application_sessions"]
        url = answer.json().get("next_page_uri")
    return found

ANSWERS = answers_of("ngrok", "list_application_sessions", 200)

@settings(max_examples=10, deadline=None, derandomize=True, database=None)
@given(answer=ANSWERS)
def test_robust(surprising_api, answer):
    with surprising_api(answer) as api, api.session() as session:
        sessions(session, api.local_url, api.headers)

@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(answer=ANSWERS)
def test_fragile(surprising_api, answer):
    with surprising_api(answer) as api, api.session() as session:
        for one in sessions(session, api.local_url, api.headers):
            one["browser_session"]["location"]["country_code"].lower()

@settings(max_examples=10, deadline=None, derandomize=True, database=None)
@given(answer=answers_of("ngrok", "get_application_user", 200))
def test_odd_over_a_port(surprising_api, answer):
    with surprising_api(answer) as api:
        told = {**api.headers, "Ngrok-Version": "2"}
        shown = requests.get(f"{api.url}/app/users/au_1", headers=told)
        assert shown.json().keys() == answer.json().keys()
        assert requests.get(f"{api.url}/app/users", headers=told).ok

NULLS = [s for s in catalogue("ngrok", "list_application_sessions") if s.kind == "null"]

@pytest.mark.parametrize("surprise", NULLS[:2], ids=lambda one: one.id)
def test_catalogue(surprising_api, surprise):
    with surprising_api(surprise) as api, api.session() as session:
        sessions(session, api.local_url, api.headers)

def test_nobodys(surprising_api):
    from contract_tests.generate import Answer
    with pytest.raises(ValueError, match="give vendor= and operation="):
        surprising_api(Answer(200))
"""
SEEDED = {
    "pytest.ini": "[pytest]\ncontract_seed = 7\ncontract_vendor = ngrok wisphub\n"
    "contract_fail_on = breach\n",
    "test_odd.py": ODD,
    "test_seeded.py": """
    import pytest

    def test_ini(mock_api, contract):
        assert set(mock_api.tenant.keys) == {"ngrok", "wisphub"}
        assert mock_api.tenant.house.resident.app.settings.seed == 7
        assert contract.fail_on == "breach"

    @pytest.mark.contract(vendor="pingplotter")
    def test_not_served(mock_api):
        pass
    """,
}
