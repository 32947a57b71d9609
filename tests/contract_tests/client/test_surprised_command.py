"""`contract-tests client --surprise`: the one answer that breaks a client, and it again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import peers
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
    assert "It crashed at app.py:14." in told
    assert "the 24 runs were used up; more with --runs" in told
    assert done.stdout == b""


def test_an_id_gives_that_answer_again(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = under_command("--vendor", "ngrok", "--replay", COUNTRY, "--", sys.executable, file)
    assert done.returncode == 1
    assert b"AttributeError: 'NoneType' object has no attribute 'lower'" in done.stderr
    assert b"1 of 1 surprises were given; the client ended with 1." in done.stderr
    assert b"the client ended with 1: " in done.stderr


def test_an_id_that_does_not_break_it_is_no_finding(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = under_command(
        "--vendor", "ngrok", "--replay", f"{NULL}/next_page_uri", "--", sys.executable, file
    )
    assert done.returncode == 0, done.stderr


def test_an_id_of_a_place_that_is_not_there_gives_nothing(tmp_path: Path) -> None:
    file = script(tmp_path, FRAGILE)
    done = here("--vendor", "ngrok", "--replay", f"{NULL}/nowhere", "--", sys.executable, file)
    assert done.exit_code == 2
    assert "nothing was given" in done.stderr


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


# It takes an error for an answer, and never says a word.
QUIET = """
curl -s -H "Authorization: Bearer $NGROK_API_KEY" -H "Ngrok-Version: 2" \\
  "$NGROK_API_BASE_URL/app/sessions?limit=2" > answer
grep -q '"country_code": *null' answer && exit 1
exit 0
"""


@pytest.mark.parametrize(("stops_at", "code"), [(2, 130), (40, 1)])
def test_a_signal_ends_it_with_all_its_runs_and_what_was_found_is_told(
    stops_at: int, code: int, tmp_path: Path
) -> None:
    peers.needs("curl")
    (tmp_path / "waiting.sh").write_text(
        f"echo >> runs\n[ $(wc -l < runs) -ge {stops_at} ] && {{ echo > fifo; sleep 600; }}\n"
        f"{QUIET}",
        "utf-8",
    )
    subprocess.run(["mkfifo", tmp_path / "fifo"], check=True)
    options = ("--vendor", "ngrok", "--surprise", "--jobs", "1", "--time-limit", "600")
    with subprocess.Popen(
        command(*options, "--report", "json=told.json", "--", "sh", "waiting.sh"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
        env=surroundings(),
    ) as process:
        # A run says by this that it has begun.
        (tmp_path / "fifo").read_text("utf-8")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == code
    told = json.loads((tmp_path / "told.json").read_text("utf-8"))
    assert told["cut_off"] == "stopped by SIGINT"
    assert bool(told["counts"]["drift"] + told["counts"]["breach"]) == (code == 1)
