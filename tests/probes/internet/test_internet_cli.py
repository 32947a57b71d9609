"""The verb `probes simulate`."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from internet_tun import output
from peers import needs, needs_root

import probes
from probes.cli import main
from probes.internet.reader import parse_topology

ROOT = Path(probes.__file__).parent.parent


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


def test_the_example_is_a_topology() -> None:
    result = run("--example")
    assert result.exit_code == 0
    assert parse_topology(result.stdout).title == "An office behind a DSL line"


@pytest.mark.parametrize(
    ("content", "arguments", "clue"),
    [
        ("colour = 1", [], "mine.toml: unknown key 'colour'"),
        ("", [], "lists no target"),
        ('targets = [{addresses = ["0.0.0.0/0"], path = []}]', [], "wider than /8"),
        ('targets = [{addresses = ["203.0.113.1"], path = []}]', ["--route", "::/0"], "outside"),
        ('targets = [{addresses = ["203.0.113.1"], path = []}]', ["--device", "a b"], "device"),
    ],
)
def test_a_refusal_is_exit_status_2_and_one_line_on_stderr(
    tmp_path: Path, content: str, arguments: list[str], clue: str
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(content)
    result = run("--topology", str(file), *arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert clue in result.stderr


def test_without_a_topology_the_way_to_one_is_told() -> None:
    result = run()
    assert result.exit_code == 2
    assert "--example" in result.stderr


def test_help_shows_every_option_and_examples_that_are_understood() -> None:
    text = run("--help").stdout
    for option in ("--topology", "--seed", "--device", "--route", "--seconds", "--json"):
        assert option in text
    examples = re.findall(r"^ +probes simulate (.+)$", text, re.MULTILINE)
    assert len(examples) == 3
    for example in examples:
        words = example.replace("> ", "").replace(" office.toml", " missing.toml").split()
        known = run(*(word for word in words if word != "missing.toml" or "--topology" in words))
        assert "cannot be read" in known.stderr or known.exit_code == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end_and_reports(
    namespace: type, tmp_path: Path, number: signal.Signals
) -> None:
    needs_root()
    needs("ping")
    file = tmp_path / "mine.toml"
    file.write_text('targets = [{addresses = ["203.0.113.1"], path = []}]')

    def body() -> object:
        command = [sys.executable, "-m", "probes", "simulate", "--topology", str(file), "--json"]
        with subprocess.Popen(
            command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            ready = process.stderr.readline()
            output("ping", "-q", "-c", "3", "-i", "0.01", "203.0.113.1")
            process.send_signal(number)
            said, complaint = process.communicate(timeout=30)
        return ready, process.returncode, said, complaint

    ready, status, said, complaint = namespace().run(body)
    report = json.loads(said)
    assert ready == "sim0 leads to 203.0.113.1/32\n"
    assert (status, complaint) == (0, "")
    assert (report["received"], report["delivered"], report["counts"]["answered"]) == (3, 3, 3)
    assert report["routes"] == ["203.0.113.1/32"]


def test_it_ends_by_itself_after_the_time_that_was_given(namespace: type, tmp_path: Path) -> None:
    needs_root()
    file = tmp_path / "mine.toml"
    file.write_text('targets = [{addresses = ["203.0.113.1"], path = []}]')

    def body() -> object:
        os.chdir(ROOT)
        result = run("--topology", str(file), "--seconds", "0.05", "--device", "other1")
        return result.exit_code, result.stdout

    status, said = namespace().run(body)
    assert status == 0
    assert re.search(r"^device: other1, \d", said)
    assert "received: 0\n" in said
