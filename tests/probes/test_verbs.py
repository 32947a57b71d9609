"""Every verb of the command: options, examples that work, JSON, refusals."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from textwrap import dedent

import click
import pytest
import trustme
from click.testing import CliRunner, Result

from probes.cli import VERBS, main
from probes.dnssec.plan import IANA_ANCHORS

UNSIMULATED = {"agent", "respond", "simulate"}
"""Verbs that serve until they are ended: the tests of each start them."""
MEASURING = [verb for verb in VERBS if verb not in UNSIMULATED]
SHARED = (
    "--json",
    "--watch",
    "--count",
    "--interval",
    "--timeout",
    "--allow-target",
    "--simulate",
)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be where the files are that the examples name."""
    monkeypatch.chdir(tmp_path)
    Path("login.toml").write_text(journey_of_the_help(), "utf-8")
    Path("root.ds").write_text("\n".join(IANA_ANCHORS), "ascii")
    trustme.CA().cert_pem.write_to_path("ca.pem")


def journey_of_the_help() -> str:
    block = help_of("transaction").partition("A file:\n")[2].partition("\nOptions:")[0]
    return dedent(block)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def help_of(verb: str) -> str:
    result = run(verb, "--help")
    assert result.exit_code == 0
    return result.stdout


def examples(verb: str) -> list[list[str]]:
    lines = re.findall(rf"^ +probes ({verb} .+)$", help_of(verb), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def test_the_table_of_verbs_and_the_help_agree() -> None:
    text = run("--help").stdout
    for verb in VERBS:
        assert re.search(rf"^  {verb} +\S", text, re.MULTILINE), verb


@pytest.mark.parametrize("verb", MEASURING)
def test_a_verb_has_the_shared_options(verb: str) -> None:
    text = help_of(verb)
    assert [option for option in SHARED if option not in text] == []


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_examples(verb: str) -> None:
    assert examples(verb)


@pytest.mark.parametrize("verb", MEASURING)
def test_its_examples_are_right_and_work_on_a_simulated_network(verb: str) -> None:
    for words in examples(verb):
        kept = [word for word in words if word != "--watch"]
        result = run(*kept, *([] if "--simulate" in kept else ["--simulate", "1"]))
        assert result.exit_code in (0, 1), (words, result.output)


@pytest.mark.parametrize("verb", MEASURING)
def test_the_same_seed_prints_the_same_json(verb: str) -> None:
    words = [word for word in examples(verb)[0] if word not in ("--watch", "--json")]
    one, other = (run(*words, "--json", "--simulate", "7").stdout for _ in range(2))
    assert one == other
    assert one.count("\n") == 1
    json.loads(one)


@pytest.mark.parametrize("verb", MEASURING)
def test_watching_a_simulated_network_redraws_and_ends(verb: str) -> None:
    words = [word for word in examples(verb)[0] if word not in ("--watch", "--json")]
    few = ["--watch", "--count", "2", "--interval", "0", "--simulate", "3"]
    result = run(*words, *few)
    assert result.exit_code in (0, 1), result.output
    assert "│" in result.stdout or "┃" in result.stdout


def test_an_unknown_verb_is_refused_with_a_usage_line() -> None:
    result = run("pong")
    assert result.exit_code == 2
    assert "No such command 'pong'" in result.output


def test_every_verb_is_a_click_command() -> None:
    context = click.Context(main)
    commands = {verb: main.get_command(context, verb) for verb in VERBS}
    assert all(isinstance(command, click.Command) for command in commands.values())
