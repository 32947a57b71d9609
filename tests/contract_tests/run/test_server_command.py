"""`contract-tests server`, asked as a person would: plans, errors, parts. Nothing is sent."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contract_tests.cli import main


@pytest.fixture
def run(tmp_path: Path) -> Any:
    def command(*arguments: str, **environment: str) -> Result:
        given = {"XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1", "GITHUB_ACTIONS": ""}
        given["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        return CliRunner(env={**given, **environment}).invoke(main, arguments)

    return command


def test_a_dry_run_sends_nothing_and_needs_no_server(run: Any) -> None:
    done = run("server", "ngrok", "--url", "http://127.0.0.1:1", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "mode       full" in done.output
    assert "GET /app/sessions" in done.output
    assert "a few of: session (none can be made)" in done.output


def test_a_plan_needs_neither_a_name_that_is_known_nor_a_key(run: Any) -> None:
    done = run("server", "ngrok", "--url", "https://api.invalid", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "its name cannot be resolved" in done.output
    assert "key        no key: put one into $NGROK_API_KEY" in done.output


def test_the_plan_tells_what_becomes_of_things_that_are_there(run: Any) -> None:
    plan = ("server", "ngrok", "--url", "http://127.0.0.1:1", "--dry-run")
    own, generated = "rules change and delete a few", "generated requests make, change and delete"
    whole, alone, reading = (
        run(*plan, *more).output for more in ((), ("--skip", "generated"), ("--mode", "read-only"))
    )
    assert [(own in text, generated in text) for text in (whole, alone, reading)] == [
        (True, True),
        (True, False),
        (False, False),
    ]


@pytest.mark.parametrize("option", ["--timeout", "--rate", "--time-limit"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999"])
def test_what_is_no_number_is_a_bad_option(run: Any, option: str, value: str) -> None:
    done = run("server", "ngrok", "--url", "http://127.0.0.1:1", f"{option}={value}")
    assert done.exit_code == 2
    assert f"Invalid value for '{option}'" in done.output


def test_roles_are_explained_without_an_address(run: Any) -> None:
    done = run("server", "ngrok", "--explain")
    assert done.exit_code == 0, done.output
    assert "list_application_sessions" in done.output


def test_elsewhere_the_plan_is_to_read_a_little(run: Any) -> None:
    url = "https://192.0.2.1/"
    done = run("server", "ngrok", "--url", url, "--dry-run", NGROK_API_KEY="secret-of-a-user")
    assert done.exit_code == 0, done.output
    assert "mode       read-only" in done.output
    assert "limits     200 requests, 1 a second, 300 s, 10 s for an answer" in done.output
    assert "makes      nothing" in done.output
    assert "generated requests" not in done.output
    assert "secret-of-a-user" not in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "--url", "http://127.0.0.1:1"), "there are ngrok, pingplotter"),
        (("ngrok", "--url", "http://127.0.0.1:1", "--rule", "nothing"), "there are "),
        (("ngrok", "--url", "http://127.0.0.1:1", "--skip", "nothing"), "ids_agree"),
        (("ngrok", "--url", "http://127.0.0.1:1", "--report", "pdf=x"), "html"),
        (("ngrok", "--url", "http://127.0.0.1:1", "--report", "html"), "html=FILE"),
        (("ngrok", "--url", "http://127.0.0.1:1", "--shard", "5/4"), "1/4"),
        (("ngrok", "--url", "http://127.0.0.1:1", "--update-baseline"), "--baseline FILE"),
        (("ngrok", "--url", "http://127.0.0.1:1"), "cannot be reached"),
        (("ngrok", "--url", "http://u:my-secret@127.0.0.1:1"), "may not hold a credential"),
        (("--url", "http://127.0.0.1:1"), "VENDOR"),
        (("ngrok", "--spec", "x.yaml", "--url", "http://127.0.0.1:1"), "not both"),
        (("--spec", "none.yaml", "--url", "http://127.0.0.1:1"), "none.yaml"),
        (("ngrok", "--url", "https://192.0.2.1"), "$NGROK_API_KEY"),
        (("ngrok",), "--url"),
        (
            ("ngrok", "--url", "http://127.0.0.1:1", "--rule", "ids_agree", "--skip", "ids_agree"),
            "nothing is left to try",
        ),
    ],
)
def test_what_cannot_run_is_one_line_and_exit_code_2(
    run: Any, arguments: tuple[str, ...], message: str
) -> None:
    done = run("server", *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert done.stderr.count("\n") == 1
    assert "my-secret" not in done.output


def test_full_mode_elsewhere_needs_a_word(run: Any) -> None:
    arguments = ("server", "ngrok", "--url", "https://192.0.2.1", "--mode", "full", "--dry-run")
    refused = run(*arguments, NGROK_API_KEY="k")
    assert (refused.exit_code, "--i-own-this-account" in refused.output) == (2, True)
    allowed = run(*arguments, "--i-own-this-account", NGROK_API_KEY="k")
    assert "mode       full, only what it makes itself" in allowed.output
    assert "generated requests" not in allowed.output


def test_parts_of_a_run_try_all_steps_once(run: Any) -> None:
    arguments = ("server", "ngrok", "--url", "http://127.0.0.1:1", "--dry-run", "--shard")

    def steps(shard: str) -> list[str]:
        lines = run(*arguments, shard).output.splitlines()
        return [line for line in lines if line.startswith("  ")]

    parts = [step for index in (1, 2, 3) for step in steps(f"{index}/3")]
    assert sorted(parts) == sorted(steps("1/1"))


def test_roles_are_explained_and_may_be_given_back(run: Any, tmp_path: Path) -> None:
    done = run("server", "ngrok", "--url", "http://127.0.0.1:1", "--explain")
    assert done.exit_code == 0
    roles = tmp_path / "roles.yaml"
    roles.write_text(done.output)
    again = ("--roles", str(roles), "--dry-run")
    assert run("server", "ngrok", "--url", "http://127.0.0.1:1", *again).exit_code == 0
    roles.write_text(done.output.replace("get_application_session", "get_nothing"))
    refused = run("server", "ngrok", "--url", "http://127.0.0.1:1", *again)
    assert (refused.exit_code, "get_nothing" in refused.output) == (2, True)


def test_a_port_that_only_listens_is_no_server(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        done = run("server", "ngrok", "--url", url, "--timeout", "0.1")
    assert done.exit_code == 2
    assert "no answer within 0.1 s" in done.output


def test_help_shows_examples_and_variables(run: Any) -> None:
    text = run("server", "--help").output
    assert "NGROK_API_KEY" in text
    assert "--i-own-this-account" in text
    assert "contract-tests server ngrok --url" in text
