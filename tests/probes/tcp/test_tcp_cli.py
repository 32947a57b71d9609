"""The verb `probes tcp`."""

import json
import re

import pytest
from click.testing import CliRunner, Result
from tcp_peers import closed_port

from probes.cli import main


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["tcp", *arguments])


def test_json_holds_the_attempts_and_the_figures() -> None:
    result = invoke("any.name", "--port", "443", "--simulate", "7", "--count", "3", "--json")
    document = json.loads(result.output)
    assert result.exit_code == 0
    assert len(document["attempts"]) == document["sent"] == 3
    assert document["mode"] == "connect"


def test_a_closed_port_is_said_and_ends_with_one() -> None:
    with closed_port() as port:
        result = invoke("127.0.0.1", "--port", str(port), "--count", "1")
    assert result.exit_code == 1
    assert "refused" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["192.0.2.1", "--port", "80"], ["127.0.0.1", "--port", "0"]],
)
def test_what_cannot_begin_ends_with_two(arguments: list[str]) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1


def test_a_watch_goes_on_until_the_count() -> None:
    result = invoke(
        "any.name", "--port", "1", "--simulate", "7", "--watch", "--count", "2", "--interval", "0"
    )
    assert re.search(r"results .*2, \d good", result.output)
