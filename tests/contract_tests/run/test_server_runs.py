"""`contract-tests server`, run as a person would, against a stand-in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

import specs
from contract_tests.cli import main
from contract_tests.target import StandIn, Target, stand_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house() -> Iterator[StandIn]:
    with stand_in(vendor=("ngrok", "pingplotter", "thousandeyes")) as running:
        yield running


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def command(*arguments: str, **environment: str) -> Result:
        given = {"XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1", "GITHUB_ACTIONS": ""}
        given["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        return CliRunner(env={**given, **environment}).invoke(main, arguments)

    return command


def server(target: Target, *arguments: str) -> tuple[str, ...]:
    return ("server", target.vendor, "--url", target.url, *arguments)


def test_a_server_that_keeps_its_contract_conforms(house: StandIn, run: Any) -> None:
    target = house.target("ngrok", "conforms")
    done = run(*server(target, "--rule", "ids_agree", "--seed", "7"), NGROK_API_KEY=target.key)
    assert done.exit_code == 0, done.output
    assert "repeat with --seed 7" in done.output
    assert target.key not in done.output


def test_the_public_key_of_the_stand_in_is_tried_where_none_is_given(
    house: StandIn, run: Any
) -> None:
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", "--rule", "ids_agree")
    assert done.exit_code == 0, done.output
    assert "the stand-in's public one" in done.output


@pytest.mark.parametrize("path", ["/thousandeyes", "/thousandeyes/", "/thousandeyes/v6"])
def test_the_base_path_may_be_named_or_not(house: StandIn, run: Any, path: str) -> None:
    url = f"{house.url}{path}"
    done = run("server", "thousandeyes", "--url", url, "--rule", "order_is_kept", "--dry-run")
    assert f"target     {house.url}/thousandeyes (this machine)" in done.output


def test_a_wrong_key_is_said_so_with_its_variable(house: StandIn, run: Any) -> None:
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", NGROK_API_KEY="wrong_key")
    assert done.exit_code == 2
    assert "every request was refused with 401" in done.output
    assert "$NGROK_API_KEY" in done.output


def test_a_wrong_address_is_said_so(house: StandIn, run: Any) -> None:
    done = run("server", "ngrok", "--url", f"{house.url}/nothing-here")
    assert done.exit_code == 2
    assert "nothing of the contract is at" in done.output


def test_limits_cut_a_run_off_and_it_still_reports(
    house: StandIn, run: Any, tmp_path: Path
) -> None:
    path = tmp_path / "run.json"
    report = ("--max-requests", "100", "--report", f"json={path}")
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", *report)
    assert done.exit_code == 2, done.output
    assert "the limit of 100 requests was reached" in done.output
    assert "Less than half of the rules" in done.output
    assert json.loads(path.read_text())


def test_a_run_that_tried_nothing_is_no_success(house: StandIn, run: Any) -> None:
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", "--max-requests", "1")
    assert done.exit_code == 2
    assert "nothing was tried: the limit of 1 requests" in done.stderr


def test_a_report_that_cannot_be_written_is_no_success(
    house: StandIn, run: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    report = ("--rule", "ids_agree", "--report", f"text={tmp_path}/file/run.txt")
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", *report)
    assert done.exit_code == 2
    assert "the report text" in done.stderr


def test_generated_requests_leave_no_folder_behind(
    house: StandIn, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    target = house.target("ngrok", "folder")
    rules = ("--rule", "coverage", "--max-requests", "60")
    run(*server(target, *rules), NGROK_API_KEY=target.key)
    assert not (tmp_path / ".hypothesis").exists()


def test_what_odd_bodies_made_is_removed(house: StandIn, run: Any) -> None:
    target = house.target("pingplotter", "odd")
    before = len(_agents(target))
    rule = ("--rule", "odd_bodies_are_survived")
    done = run(*server(target, *rule), PINGPLOTTER_API_KEY=target.key)
    assert "is still there" not in done.output
    assert len(_agents(target)) == before


def test_only_reading_leaves_writing_rules_out_with_a_reason(house: StandIn, run: Any) -> None:
    rules = ("--rule", "deleted_is_gone", "--rule", "ids_agree", "--mode", "read-only")
    done = run("server", "ngrok", "--url", f"{house.url}/ngrok", *rules)
    assert done.exit_code == 0, done.output
    assert "this run only reads" in done.output


def test_an_agent_that_was_made_is_removed_at_the_end(
    house: StandIn, run: Any, tmp_path: Path
) -> None:
    target = house.target("pingplotter", "tidy")
    rules = ("--rule", "created_is_readable", "--rule", "update_is_visible")
    done = run(*server(target, *rules), PINGPLOTTER_API_KEY=target.key)
    assert done.exit_code == 0, done.output
    assert "ct-" not in json.dumps(_agents(target))
    assert not list(tmp_path.rglob("*.jsonl"))


def _agents(target: Target) -> Any:
    headers = {"X-API-KEY": target.key}
    return requests.get(f"{target.url}/agents", headers=headers, timeout=10).json()


def test_a_baseline_accepts_what_is_known_and_tells_what_vanished(
    house: StandIn, run: Any, tmp_path: Path
) -> None:
    known = tmp_path / "known.json"
    rules = ("--rule", "ids_agree", "--baseline", str(known))
    accepted = {"id": "a | b | c", "rule": "a", "first_seen": "2026-01-01"}
    known.write_text(json.dumps({"version": 1, "accepted": [accepted]}))
    arguments = ("server", "ngrok", "--url", f"{house.url}/ngrok")
    in_part = run(*arguments, *rules)
    assert (in_part.exit_code, "Only a whole run can tell" in in_part.output) == (0, True)


def test_a_file_of_ones_own_is_a_contract_too(house: StandIn, run: Any) -> None:
    target = house.target("ngrok", "by-file")
    arguments = ("--spec", str(specs.path_of("ngrok")), "--url", target.url, "--rule", "ids_agree")
    done = run("server", *arguments, CONTRACT_TESTS_APIKEY=target.key)
    assert done.exit_code == 0, done.output
    refused = run("server", *arguments)
    assert (refused.exit_code, "$CONTRACT_TESTS_APIKEY" in refused.output) == (2, True)
