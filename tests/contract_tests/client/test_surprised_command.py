"""`contract-tests client --surprise`: the one answer that breaks a client, and it again."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from wrapped_clients import command, here, script, surroundings, under_command

# It dies of a country that is null, which the documents allow.
FRAGILE = """
    import json, sys, urllib.request
    try:
        asked = urllib.request.Request(U + "/app/sessions?limit=3", headers=H)
        page = json.load(urllib.request.urlopen(asked))
    except OSError as error:
        sys.exit(f"refused: {error}")
    for session in page["application_sessions"]:
        place = session["browser_session"]["location"] or {}
        print(session["id"], place["country_code"].lower() if place else "")
"""
NULL = "ngrok:list_application_sessions:0:null:"
COUNTRY = f"{NULL}/application_sessions/%2A/browser_session/location/country_code"

pytestmark = pytest.mark.slow


def test_the_answer_that_breaks_it_is_found(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = under_command(
        "--vendor",
        "ngrok",
        "--surprise",
        "--runs",
        "24",
        "--jobs",
        "2",
        "--",
        sys.executable,
        file,
    )
    told = done.stderr.decode()
    assert done.returncode == 1, told
    assert "answers_are_survived" in told
    assert COUNTRY in re.findall(r"--replay '([^']*)'", told)
    assert done.stdout == b""


def test_an_id_gives_that_answer_again(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = under_command("--vendor", "ngrok", "--replay", COUNTRY, "--", sys.executable, file)
    assert done.returncode == 1
    assert b"AttributeError: 'NoneType' object has no attribute 'lower'" in done.stderr


def test_an_id_that_does_not_break_it_is_no_finding(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = under_command(
        "--vendor", "ngrok", "--replay", f"{NULL}/next_page_uri", "--", sys.executable, file
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nonsense", "ngrok:list_application_sessions:0:no_kind:/x"])
def test_an_id_that_means_nothing_is_said(name: str, tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = here("--vendor", "ngrok", "--replay", name, "--", sys.executable, file)
    assert done.exit_code == 2
    assert "contract-tests: " in done.stderr


def test_a_client_that_fails_unsurprised_is_said() -> None:
    done = here("--vendor", "ngrok", "--surprise", "--", "sh", "-c", "exit 5")
    assert done.exit_code == 2
    assert "unsurprised it ends with code 5" in done.stderr


def test_a_signal_ends_it_with_all_its_runs(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    waiting = tmp_path / "waiting.sh"
    waiting.write_text(
        f"#!/bin/sh\n[ -e {tmp_path}/second ] && {{ echo > {tmp_path}/fifo; sleep 600; }}\n"
        f"touch {tmp_path}/second\nexec {sys.executable} {file}\n",
        "utf-8",
    )
    waiting.chmod(0o755)
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    with subprocess.Popen(
        command("--vendor", "ngrok", "--surprise", "--jobs", "1", "--", waiting),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
    ) as process:
        # The second run says by this that it has begun.
        (tmp_path / "fifo").read_text("utf-8")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
