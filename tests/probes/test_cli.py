"""The `probes` command: what it prints, where, and with which exit status."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import probes
from probes.cli import main
from probes.cli.common import conclude
from probes.cli.ping import rows

ROOT = Path(probes.__file__).parent.parent


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["ping", *arguments])


def python_m(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "probes", *arguments],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_an_answer_is_exit_status_0() -> None:
    result = run("127.0.0.1", "--simulate", "1")
    assert result.exit_code == 0
    assert "4 sent, 4 received, 0 % lost" in result.stdout


def test_no_answer_is_exit_status_1() -> None:
    dead = next(n for n in range(1000) if not probes.SimulatedNetwork(n).describe("a").reachable)
    result = run("a", "--simulate", str(dead))
    assert result.exit_code == 1
    assert "0 received, 100 % lost" in result.stdout
    assert "- / - / - ms" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "clue"),
    [
        (["192.0.2.1"], "--allow-target 192.0.2.1/32"),
        (["169.254.169.254", "--allow-target", "0.0.0.0/0"], "metadata"),
        ([""], "cannot be resolved"),
        (["127.0.0.1", "--allow-target", "10.0.0.1/8"], "no address range"),
        (["127.0.0.1", "--count", "0"], "--count must be at least 1"),
        (["127.0.0.1", "--interval", "nan"], "interval"),
        (["127.0.0.1", "--watch", "--count", "-1"], "--count must be at least 1"),
        (["127.0.0.1", "--timeout", "0"], "--timeout"),
    ],
)
def test_a_refusal_is_exit_status_2_and_one_line_on_stderr(
    arguments: list[str], clue: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert clue in result.stderr


def test_json_is_one_line_with_the_units_in_the_names() -> None:
    result = run("127.0.0.1", "--simulate", "1", "--count", "7", "--json")
    report = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert (report["target"], report["sent"], len(report["rtts_ms"])) == ("127.0.0.1", 7, 7)
    assert report["jitters_ms"]["consecutive_difference"] == report["jitter_ms"]
    assert report["packet_loss"] == 0.0
    assert report["send_error"] is None


def test_watching_with_json_prints_a_line_a_probe() -> None:
    result = run("a", "--simulate", "1", "--count", "3", "--interval", "0", "--watch", "--json")
    assert [json.loads(line)["sent"] for line in result.stdout.splitlines()] == [1, 2, 3]


def test_watching_draws_a_table() -> None:
    result = run("a.example", "--simulate", "1", "--count", "2", "--interval", "0", "--watch")
    assert result.exit_code == 0
    assert re.search(r"│ probes\s+│ 2 sent, 2 received", result.stdout)


def test_help_shows_every_option_and_examples_that_work() -> None:
    text = run("--help").stdout
    for option in ("--count", "--interval", "--timeout", "--json", "--watch", "--allow-target"):
        assert option in text
    examples = re.findall(r"^ +probes (ping .+)$", text, re.MULTILINE)
    assert len(examples) == 4
    for example in examples:
        words = [word for word in example.split() if word != "--watch"]
        assert CliRunner().invoke(main, [*words, "--simulate", "1"]).exit_code == 0


def test_a_live_ping_from_the_command(namespace: Any, sockets: str) -> None:
    def body() -> tuple[int, str]:
        result = run("127.0.0.1", "--json", "--count", "2", "--interval", "0")
        return result.exit_code, result.stdout

    status, output = namespace(sockets=sockets).run(body)
    assert status == 0
    assert json.loads(output)["received"] == 2


def test_a_live_watch_from_the_command(namespace: Any) -> None:
    def body() -> str:
        return run("127.0.0.1", "--watch", "--json", "--count", "3", "--interval", "0").stdout

    reports = [json.loads(line) for line in namespace().run(body).splitlines()]
    assert [report["received"] for report in reports] == [1, 2, 3]


@pytest.mark.parametrize(("flag", "address"), [("-4", "127.0.0.1"), ("-6", "::1")])
def test_one_family_can_be_asked_for(flag: str, address: str, namespace: Any) -> None:
    def body() -> str:
        return run(address, flag, "--json", "--count", "1").stdout

    assert json.loads(namespace().run(body))["address"] == address


def test_an_address_of_the_other_family_is_unresolvable() -> None:
    result = run("127.0.0.1", "-6")
    assert result.exit_code == 2
    assert "cannot be resolved" in result.stderr


def test_a_send_error_is_told(namespace: Any) -> None:
    def body() -> tuple[int, str]:
        result = run("192.0.2.1", "--allow-target", "192.0.2.0/24", "--count", "1")
        return result.exit_code, result.stdout

    status, output = namespace().run(body)
    assert status == 1
    assert "not sent: 1: Network is unreachable" in output
    assert "0 sent, 0 received, none lost" in output


def test_an_endless_watch_ends_well_with_an_interrupt() -> None:
    command = ["ping", "a", "--simulate", "1", "--watch", "--json", "--interval", "0.01"]
    with python_m(*command) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
    assert [json.loads(line)["sent"] for line in lines] == [1, 2, 3]
    assert (process.returncode, complaint) == (0, "")


def test_the_module_runs_as_the_command() -> None:
    with python_m("ping", "192.0.2.1") as process:
        output, complaint = process.communicate(timeout=30)
    assert (process.returncode, output) == (2, "")
    assert complaint.startswith("Error: 192.0.2.1 is refused")


def test_an_interrupt_still_tells_what_was_seen(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C reaches the command as a cancellation."""

    async def interrupted(network: probes.Network) -> AsyncIterator[probes.PingResult]:
        yield probes.PingResult.of("a", "127.0.0.1", [1.0])
        yield probes.PingResult.of("a", "127.0.0.1", [1.0, None])
        raise asyncio.CancelledError

    given = {"count": 9, "interval": 0.1, "timeout": 1.0, "json": False, "watch": False}
    given |= {"allow_target": (), "simulate": 1, "topology": None}
    with pytest.raises(SystemExit) as ended:
        conclude(interrupted, given, rows, each=False)  # type: ignore[arg-type]
    assert ended.value.code == 0
    assert "2 sent, 1 received, 50 % lost" in capsys.readouterr().out
