"""Trials: every run finds the same world, and what is put around the stand-in is met."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wrapped_clients import script

from contract_tests.client.child import NoCommand
from contract_tests.client.ran import Ran
from contract_tests.client.trial import Plan, trials
from contract_tests.listening.ear import App, Message, Receive, Send
from contract_tests.surprise.surprise import Surprise

PLAN = (Surprise("ngrok", "list_application_sessions", "teapot"),)
TEXT = """
    import urllib.request, urllib.error
    request = urllib.request.Request(U + "/app/sessions?limit=1", headers=H)
    try:
        print(urllib.request.urlopen(request).read().decode())
    except urllib.error.HTTPError as error:
        print(error.code)
"""


def bend(app: App, plan: Plan) -> App:
    async def teapot(scope: Message, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return teapot if plan else app


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Ran]:
    """Two plain runs, a surprised one, and a plain one again."""
    file = script(tmp_path_factory.mktemp("trial"), TEXT)
    with trials([sys.executable, str(file)], ["ngrok"], bend) as trial:
        return [trial(plan) for plan in ((), (), PLAN, ())]


def test_plain_runs_see_the_same(runs: list[Ran]) -> None:
    first = runs[0].out.partition('"public_url"')[0]
    assert "app/sessions/as_" in first
    assert [run.out.partition('"public_url"')[0] for run in (runs[1], runs[3])] == [first, first]


def test_a_plan_is_met(runs: list[Ran]) -> None:
    assert runs[2].out == "418\n"


def test_what_was_asked_is_heard(runs: list[Ran]) -> None:
    ((vendor, heard),) = runs[0].heard
    assert vendor == "ngrok"
    assert heard.exchange.request.target == "/app/sessions?limit=1"


def test_every_run_tells_its_own_requests_only(runs: list[Ran]) -> None:
    assert [len(run.heard) for run in runs] == [1, 1, 1, 1]


def test_a_run_that_hangs_is_told() -> None:
    with trials(["sleep", "600"], ["ngrok"], bend, time_limit_s=0.2) as trial:
        assert trial(()).hung


def test_a_command_that_is_not_there_is_told() -> None:
    with trials(["no-such-program"], ["ngrok"], bend) as trial, pytest.raises(NoCommand):
        trial(())


@pytest.mark.slow
def test_runs_at_the_same_time_do_not_meet(tmp_path: Path) -> None:
    file = script(tmp_path, TEXT)
    plans: list[Plan] = [(), PLAN] * 3
    with (
        trials([sys.executable, str(file)], ["ngrok"], bend, jobs=2) as trial,
        ThreadPoolExecutor(2) as pool,
    ):
        found = list(pool.map(trial, plans))
    assert [(run.out == "418\n", len(run.heard)) for run in found] == [(False, 1), (True, 1)] * 3
