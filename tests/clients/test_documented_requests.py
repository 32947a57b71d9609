"""Requests that the vendors' own pages show are not accused, but where the pages are at fault."""

from __future__ import annotations

import queue
import subprocess
from pathlib import Path

import pytest
import requests
import yaml

import specs
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Grade
from contract_tests.listening.ear import Ear
from contract_tests.roles.read import roles_of
from contract_tests.target import stand_in

DOCUMENTED = yaml.safe_load(Path(__file__).with_name("documented.yaml").read_text("utf-8"))
CASES = [
    pytest.param(vendor, case, id=f"{vendor}-{case['source']}")
    for vendor, cases in DOCUMENTED.items()
    for case in cases
]
SHOWN_BY = {
    "ngrok": {"session": ("/app/sessions", "application_sessions", "id")},
    "thousandeyes": {
        "agent": ("/agents", "agents", "agentId"),
        "test": ("/tests", "test", "testId"),
    },
    "wisphub": {},
    "pingplotter": {
        "agent": ("/agents", None, "UniqueId"),
        "session": ("/sessions", None, "SessionId"),
    },
}


class Place:
    """A stand-in that is listened to, and what a reader puts into a documented request."""

    def __init__(self, served, heard):
        self._served, self._heard = served, heard
        self._known = {}

    def ask(self, vendor, arguments):
        """Send one request with curl, and return it as it was heard."""
        if vendor not in self._known:
            self._known[vendor] = self._values(vendor)
        known = self._known[vendor]
        filled = [_filled(one, known) for one in arguments]
        subprocess.run(["curl", "-sS", "-g", *filled], check=True, capture_output=True, timeout=30)
        return self._next()

    def _next(self):
        # The answer is at the client before it has been heard to its end.
        return self._heard.get(timeout=10)

    def _values(self, vendor):
        contract = specs.load(vendor)
        target = self._served.target(vendor, f"reader-{vendor}")
        url = target.url + specs.base_path(contract)
        headers = {"Ngrok-Version": "2", **target.headers(contract)}
        if vendor == "thousandeyes":
            headers = {"Authorization": f"Bearer {target.key}"}
        known = {"url": url, "key": target.key}
        for name, (path, inside, field) in SHOWN_BY[vendor].items():
            rows = requests.get(url + path, headers=headers, timeout=10).json()
            self._next()
            rows = rows[inside] if inside else rows
            known[name] = str(rows[0][field])
        return known


def _filled(text, known):
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


@pytest.fixture(scope="module")
def place():
    heard = queue.Queue()

    def hear(vendor, one):
        if vendor in DOCUMENTED:
            heard.put(one)

    with stand_in(wrap=lambda app: Ear(app, hear)) as served:
        yield Place(served, heard)


@pytest.mark.parametrize(("vendor", "case"), CASES)
def test_a_documented_request_is_no_breach_but_where_its_page_is_at_fault(place, vendor, case):
    conduct = Conduct(specs.load(vendor), roles_of(vendor), vendor=vendor)
    conduct.hear(place.ask(vendor, case["arguments"]))
    found = [one for one in conduct.outcome().findings if one.grade is Grade.BREACH]
    assert {one.rule for one in found} == set(case.get("gap", {})), found
