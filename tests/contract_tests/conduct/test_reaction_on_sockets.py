"""Real clients over real sockets: what is heard of them is what the rules need."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

import specs
from contract_tests.conduct.judge import Conduct
from contract_tests.findings.finding import Grade
from contract_tests.listening.ear import Ear
from contract_tests.roles.read import roles_of
from contract_tests.target import stand_in

VENDOR = "pingplotter"


class Troubled:
    """Answers the first requests for agents by a plan: a status, or how many seconds it takes."""

    def __init__(self, app, plan):
        self._app, self._plan = app, list(plan)

    async def __call__(self, scope, receive, send):
        trouble = (
            self._plan.pop(0) if self._plan and scope.get("path", "").endswith("/agents") else None
        )
        if isinstance(trouble, int):
            headers = [(b"retry-after", b"1")] if trouble == 429 else []
            await send({"type": "http.response.start", "status": trouble, "headers": headers})
            await send({"type": "http.response.body", "body": b"{}"})
            return
        await asyncio.sleep(trouble or 0)
        await self._app(scope, receive, send)


@contextmanager
def judged(*plan):
    """Give a function that sends requests, and what is found in the end."""
    conduct = Conduct(specs.load(VENDOR), roles_of(VENDOR), vendor=VENDOR)

    def hear(vendor, one):
        if vendor == VENDOR:
            conduct.hear(one)

    with stand_in(wrap=lambda app: Ear(Troubled(app, plan), hear)) as server:
        target = server.target(VENDOR, "somebody")
        session = requests.Session()
        session.headers["X-API-KEY"] = target.key
        yield session, f"{target.url}/agents", conduct
        session.close()


def accused(conduct):
    findings = conduct.outcome().findings
    return {one.rule for one in findings if one.grade is not Grade.ASSUMPTION}


def with_retries(session, **given):
    retry = Retry(total=25, status_forcelist=[429, 500, 502, 503, 504], **given)
    session.mount("http://", HTTPAdapter(max_retries=retry))


def test_a_library_that_waits_as_told_is_not_accused_and_its_pace_is_noted():
    with judged(429) as (session, url, conduct):
        with_retries(session, backoff_factor=0.1)
        assert session.get(url, timeout=10).status_code == 200
    assert accused(conduct) == set()
    (note,) = conduct.outcome().notes
    assert note.startswith("GET /agents: asked 2 times, 1 again after 429 (waited 1.")


def test_a_library_that_is_told_not_to_wait_is():
    with judged(429) as (session, url, conduct):
        with_retries(session, respect_retry_after_header=False)
        session.get(url, timeout=10)
    assert accused(conduct) == {"retry_after_is_honoured"}


def test_a_library_without_a_pause_storms():
    with judged(*[500] * 50) as (session, url, conduct):
        with_retries(session)
        with suppress(requests.RequestException):
            session.get(url, timeout=10)
    assert accused(conduct) == {"retries_are_bounded"}


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_hangs_up_is_heard_to(method):
    with judged(0.6) as (session, url, conduct):
        for _ in range(2):
            with suppress(requests.Timeout):
                session.request(method, url, json={"Name": "A"}, timeout=0.3)
        # The server notices at the end of its work: one more answer is one after that.
        session.get(url, timeout=10)
        while not any(one.given_up for one in conduct.course().heard):
            session.get(f"{url}/customfields", timeout=10)
    found = {"unsafe_requests_are_not_repeated"} if method == "post" else set()
    assert accused(conduct) & {"unsafe_requests_are_not_repeated"} == found


def test_rules_without_anything_to_try_are_told_with_the_reason():
    with judged() as (session, url, conduct):
        session.get(url, timeout=10)
    reasons = conduct.outcome().not_tried
    assert "Retry-After" in reasons["retry_after_is_honoured"]
