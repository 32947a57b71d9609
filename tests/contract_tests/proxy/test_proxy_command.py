"""The command as people use it: a process, its lines, its report, its exit code."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from contract_tests.cli import main
from contract_tests.target import StandIn, stand_in


@pytest.fixture(scope="module")
def house() -> Iterator[StandIn]:
    with stand_in(vendor=("ngrok",)) as served:
        yield served


class Running:
    """A proxy in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "contract_tests", "proxy", "ngrok", *arguments]
        self.process = subprocess.Popen(
            [*command, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=Path(__file__).parents[3],
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.out: list[str] = []
        for line in self.process.stdout:
            self.out.append(line)
            if line.startswith("proxy ready on "):
                break
        self.url = self.out[-1].split()[-1]

    def line(self) -> str:
        assert self.process.stdout is not None
        self.out.append(self.process.stdout.readline())
        return self.out[-1]

    def get(self, path: str, key: str) -> tuple[int, bytes]:
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        connection.request(
            "GET", path, headers={"Authorization": f"Bearer {key}", "Ngrok-Version": "2"}
        )
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def end(self, number: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        return self.process.returncode, "".join(self.out) + rest


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[Running]:
    proxy = Running(*arguments)
    try:
        yield proxy
    finally:
        if proxy.process.poll() is None:
            os.killpg(proxy.process.pid, signal.SIGKILL)
        proxy.process.communicate(timeout=20)


@pytest.mark.slow
def test_from_the_first_line_to_the_replay(house: StandIn, tmp_path: Path) -> None:
    target, file = house.target("ngrok", "command"), tmp_path / "run.har"
    report = tmp_path / "run.json"
    with running(
        "--upstream", target.url, "--record", str(file), "--report", f"json={report}"
    ) as proxy:
        assert proxy.get("/app/users?limit=1", target.key)[0] == 200
        assert "200" in proxy.line()
        status, lost = proxy.get("/app/sesions", target.key)
        assert status == 404
        code, said = proxy.end()
    assert code == 1
    assert "breach: operation_exists" in said
    assert json.loads(report.read_text())
    assert target.key not in said + file.read_text() + report.read_text()

    judged = CliRunner().invoke(main, ["traffic", "ngrok", str(file)])
    assert (judged.exit_code, "operation_exists" in judged.output) == (1, True)

    with running("--replay", str(file)) as replay:
        assert replay.get("/app/sesions", "another-key-than-then") == (404, lost)
        assert replay.get("/app/nowhere", "another-key-than-then")[0] == 404
        code, _ = replay.end(signal.SIGTERM)
    assert code == 1


@pytest.fixture
def nobody() -> Iterator[str]:
    """Return an address at which nobody listens, and nobody will."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


@pytest.mark.slow
@pytest.mark.parametrize(("path", "code"), [("/app/users", 2), ("/app/sesions", 1)])
def test_an_upstream_from_which_nothing_came(nobody: str, path: str, code: int) -> None:
    with running("--upstream", nobody) as proxy:
        assert proxy.get(path, "a-key-of-our-own")[0] == 502
        got, said = proxy.end()
    assert got == code
    assert "nothing came from the upstream: the upstream refuses connections" in said


@pytest.mark.slow
def test_nothing_is_lost_when_it_is_killed(house: StandIn, tmp_path: Path) -> None:
    target, file = house.target("ngrok", "killed"), tmp_path / "run.har"
    with running("--upstream", target.url, "--record", str(file)) as proxy:
        for _ in range(3):
            proxy.get("/app/users", target.key)
            proxy.line()  # it is written before its line is
        os.killpg(proxy.process.pid, signal.SIGKILL)
        proxy.process.wait(timeout=20)
        assert len(json.loads(file.read_text())["log"]["entries"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["proxy", "--upstream", "http://127.0.0.1:1"], "name a VENDOR"),
        (["proxy", "ngrok"], "--upstream URL, or --replay FILE"),
        (["proxy", "ngrok", "--upstream", "ftp://x"], "no http or https URL"),
        (["proxy", "ngrok", "--upstream", "http://u:p@127.0.0.1"], "may not hold a credential"),
        (["proxy", "ngrok", "--replay", "a", "--record", "b"], "nothing to --record"),
        (["proxy", "ngrok", "--replay", "nowhere.har", "--listen", "127.0.0.1:0"], "nowhere.har"),
        (["proxy", "nobody", "--upstream", "http://127.0.0.1:1"], "nobody"),
        (["proxy", "ngrok", "--upstream", "http://127.0.0.1:1", "--listen", "x:y"], "HOST:PORT"),
        (
            ["proxy", "ngrok", "--upstream", "http://127.0.0.1:1", "--update-baseline"],
            "needs --baseline",
        ),
        (
            ["proxy", "ngrok", "--upstream", "https://127.0.0.1:1", "--cacert", "nowhere.pem"],
            "nowhere.pem",
        ),
        (["traffic", "ngrok"], "name a VENDOR and then a FILE"),
        (["traffic", "ngrok", "nowhere.har"], "nowhere.har"),
        (["traffic", "nobody", "nowhere.har"], "nobody"),
    ],
    ids=range(13),
)
def test_what_cannot_be_run_is_said(arguments: list[str], words: str) -> None:
    listen = ["--listen", "127.0.0.1:0"] if "--listen" not in arguments else []
    given = arguments + (listen if arguments[0] == "proxy" else [])
    done = CliRunner().invoke(main, given)
    assert (done.exit_code, words in done.output) == (2, True), done.output


def test_a_recording_of_other_hosts_names_them(tmp_path: Path) -> None:
    file = tmp_path / "run.har"
    request = {"method": "GET", "url": "https://shop.example/a", "headers": []}
    entry = {"request": request, "response": {"status": 200, "headers": [], "content": {}}}
    file.write_text(json.dumps({"log": {"entries": [entry]}}))
    done = CliRunner().invoke(main, ["traffic", "ngrok", str(file)])
    assert done.exit_code == 2
    assert "shop.example" in done.output
    assert "--base-url" in done.output
