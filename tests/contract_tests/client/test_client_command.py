"""`contract-tests client` as a user runs it: outputs, exit codes, signals."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from wrapped_clients import command, here, script, surroundings, under_command

from contract_tests.client.child import Ended
from contract_tests.client.verdict import code_of

EVERY_BYTE = bytes(range(256)) * 300
RIGHT = "import requests\nrequests.get(U + '/app/sessions', headers=H)\n"
WRONG = "import requests\nrequests.get(U + '/none', headers=H)\n"

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("whose", "ours", "child", "requests", "expected"),
    [
        ("worst", 0, 0, 1, 0),
        ("worst", 1, 0, 1, 1),
        ("worst", 1, 3, 1, 1),
        ("worst", 0, 3, 1, 3),
        ("worst", 2, 0, 0, 2),
        ("worst", 2, 3, 0, 3),
        ("worst", 0, -9, 1, 137),
        ("ours", 0, 3, 1, 0),
        ("ours", 1, 3, 1, 1),
        ("ours", 2, 3, 0, 2),
        ("child", 1, 0, 1, 0),
        ("child", 1, 3, 1, 3),
        ("child", 0, -15, 1, 143),
    ],
)
def test_the_code_is_whose_it_is_asked_to_be(
    whose: str, ours: int, child: int, requests: int, expected: int
) -> None:
    assert code_of(whose, ours, Ended(child, hung=False, elapsed_s=1.0), requests, 0) == expected


@pytest.mark.parametrize(("ours", "expected"), [(0, 143), (1, 1), (2, 143)])
def test_a_run_that_was_stopped_says_by_what(ours: int, expected: int) -> None:
    ended = Ended(0, hung=False, elapsed_s=1.0)
    assert code_of("worst", ours, ended, 1, signal.SIGTERM) == expected


def test_standard_output_is_the_clients_alone(tmp_path: Path) -> None:
    file = script(
        tmp_path, "import sys\nsys.stdout.buffer.write(sys.stdin.buffer.read())\n" + WRONG
    )
    done = under_command("--vendor", "ngrok", "--", sys.executable, file, stdin=EVERY_BYTE)
    assert done.stdout == EVERY_BYTE
    assert done.returncode == 1
    assert b"operation_exists" in done.stderr
    assert b"app.py:" in done.stderr


def test_a_right_client_ends_with_its_own_code(tmp_path: Path) -> None:
    file = script(tmp_path, RIGHT + "raise SystemExit(7)")
    done = under_command("--vendor", "ngrok", "--", sys.executable, file)
    assert done.returncode == 7, done.stderr


def test_a_client_that_asks_nothing_could_not_be_judged() -> None:
    done = here("--vendor", "ngrok", "--", "true")
    assert done.exit_code == 2
    assert "--intercept" in done.stderr


def test_a_command_that_is_not_there_is_said_plainly() -> None:
    done = here("--vendor", "ngrok", "--", "no-such-program")
    assert done.exit_code == 2
    assert done.stderr == "contract-tests: there is no command 'no-such-program'\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--vendor", "ngrok"), "what is to be run?"),
        (("--vendor", "nobody", "--", "true"), "no vendor named 'nobody'"),
        (("--url", "http://127.0.0.1:1", "--", "true"), "--url is the address of one vendor"),
        (("--report", "odd=x", "--", "true"), "KIND is one of"),
        (("--update-baseline", "--", "true"), "--update-baseline needs --baseline"),
    ],
)
def test_options_that_do_not_go_together_are_said(args: tuple[str, ...], words: str) -> None:
    done = here(*args)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_client_that_hangs_is_stopped_and_found() -> None:
    done = here("--vendor", "ngrok", "--time-limit", "0.5", "--", "sleep", "600")
    assert done.exit_code == 1
    assert "client_ends" in done.stderr


def test_no_key_is_in_what_we_say(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    text = "key = os.environ['CONTRACT_TESTS_KEY']\nprint(key)\n" + WRONG
    text += "requests.get(U + '/app/sessions?api_key=' + key)\n"
    file = script(tmp_path, text)
    done = under_command(
        "--vendor", "ngrok", "--report", f"json={report}", "--", sys.executable, file
    )
    key = done.stdout.strip()
    assert key
    assert key not in done.stderr
    assert key.decode() not in report.read_text("utf-8")


def test_a_baseline_holds_what_is_known(tmp_path: Path) -> None:
    file, known = script(tmp_path, WRONG), tmp_path / "known.json"
    run = ("--vendor", "ngrok", "--baseline", known)
    under_command(*run, "--update-baseline", "--", sys.executable, file)
    assert under_command(*run, "--", sys.executable, file).returncode == 0


def test_the_environment_is_shown_and_nothing_run() -> None:
    done = here("--vendor", "ngrok", "--environment", "--format", "json")
    assert json.loads(done.stdout)["NGROK_API_KEY"] == "***"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_client_and_the_report_is_told(number: int, tmp_path: Path) -> None:
    text = f"""
import signal, sys, time
def end(*_):
    print("ended", flush=True)
    sys.exit(0)
signal.signal({int(number)}, end)
{RIGHT}
print("ready", flush=True)
time.sleep(600)
"""
    file = script(tmp_path, text)
    with subprocess.Popen(
        command("--vendor", "ngrok", "--", sys.executable, file),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
        process_group=0,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        os.kill(process.pid, number)
        out, err = process.communicate(timeout=60)
    assert out == b"ended\n"
    assert b"the client ended with 0" in err
    assert process.returncode == 128 + number


def test_every_report_is_written(tmp_path: Path) -> None:
    kinds = ("html", "junit", "sarif", "json", "har", "markdown")
    options = [part for kind in kinds for part in ("--report", f"{kind}={tmp_path / kind}")]
    under_command("--vendor", "ngrok", *options, "--", sys.executable, script(tmp_path, WRONG))
    assert [kind for kind in kinds if not (tmp_path / kind).stat().st_size] == []


def test_github_is_told_the_line(tmp_path: Path) -> None:
    file = script(tmp_path, WRONG)
    done = under_command(
        "--vendor", "ngrok", "--", sys.executable, file.name, cwd=tmp_path, GITHUB_ACTIONS="true"
    )
    assert b" file=app.py,line=6," in done.stderr


def test_a_terminal_stays_a_terminal() -> None:
    ours, theirs = pty.openpty()
    loop = "test -t 1 && read line && echo got $line; trap 'exit 9' INT; echo on; sleep 600 & wait"
    with subprocess.Popen(
        command("--vendor", "ngrok", "--exit-code", "child", "--", "sh", "-c", loop),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=surroundings(),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY),  # noqa: PLW1509  (before any thread)
    ) as process:
        os.write(ours, b"a line\n")
        seen = b""
        while b"on\r\n" not in seen and select.select([ours], [], [], 30)[0]:
            seen += os.read(ours, 100)
        os.write(ours, b"\x03")
        assert process.wait(60) == 9
    assert b"got a line" in seen
    os.close(ours)
    os.close(theirs)
