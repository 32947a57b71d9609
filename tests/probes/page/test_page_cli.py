"""The verbs `probes page` and `probes transaction`: what they print and write."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result
from page_har import HAR
from page_server import serving
from peers import needs

from probes.cli import main

JOURNEY = """
url = "http://127.0.0.1:{port}/"
[[steps]]
name = "open"
goto = "/"
[[steps]]
name = "greeting"
assert_text = "Hello"
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, terminal_width=100)


def good_seed() -> str:
    for seed in range(100):
        if run("page", "http://a.example/", "--simulate", str(seed)).exit_code == 0:
            return str(seed)
    raise AssertionError("no seed gives a page that loads")


def test_a_simulated_page_is_told_to_people() -> None:
    result = run("page", "http://a.example/", "--simulate", good_seed(), "--waterfall")
    assert result.exit_code == 0
    assert re.search(r"^load: [0-9.]+ ms$", result.stdout, re.MULTILINE)
    assert "blocked dns connect tls send wait" in result.stdout
    assert "█" in result.stdout


def test_json_holds_everything() -> None:
    result = run("page", "http://a.example/", "--simulate", good_seed(), "--json")
    report = json.loads(result.stdout)
    assert report["ok"] is True
    assert report["objects"] == len(report["components"])
    assert report["time_ms"] == report["load_ms"]
    assert report["screenshot"] is None


def test_a_har_file_is_written(tmp_path: Path) -> None:
    file = tmp_path / "page.har"
    run("page", "http://a.example/", "--simulate", good_seed(), "--har", str(file))
    jsonschema_rs.validate(HAR, json.loads(file.read_text()))


@pytest.mark.parametrize(
    ("arguments", "clue"),
    [
        (["page", "ftp://a/"], "http:// or https://"),
        (["page", "http://192.0.2.1/"], "--allow-target 192.0.2.1/32"),
        (["page", "http://a/", "--header", "no colon"], "expected a field name"),
        (["page", "http://a/", "--viewport", "wide"], "such as 1280x720"),
        (["page", "http://a/", "--timeout", "0"], "timeout"),
        (["page", "http://a/", "--waterfall", "--json"], "--waterfall is not for"),
    ],
)
def test_a_refusal_is_exit_status_2(arguments: list[str], clue: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert clue in result.stderr


def test_a_journey_that_is_none_is_exit_status_2(tmp_path: Path) -> None:
    file = tmp_path / "journey.toml"
    file.write_text('url = "http://a/"\n[[steps]]\njump = "/"\n')
    result = run("transaction", str(file))
    assert result.exit_code == 2
    assert "expected one of goto" in result.stderr


def test_the_file_in_the_help_of_transaction_works(tmp_path: Path) -> None:
    text = run("transaction", "--help").stdout.partition("A file:")[2]
    file = tmp_path / "login.toml"
    file.write_text("\n".join(line.strip() for line in text.partition("Options:")[0].splitlines()))
    result = run("transaction", str(file), "--simulate", "1", "--json")
    assert json.loads(result.stdout)["planned"] == 4


@pytest.mark.parametrize("verb", ["page", "transaction"])
def test_examples_in_the_help_work(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = run(verb, "--help").stdout
    examples = re.findall(rf"^ +probes ({verb} .+)$", text, re.MULTILINE)
    assert len(examples) >= 3
    monkeypatch.chdir(tmp_path)
    Path("login.toml").write_text(JOURNEY.replace("{port}", "8080"))
    for example in examples:
        assert run(*example.split(), "--simulate", "1").exit_code in (0, 1), example


@pytest.mark.slow
def test_both_verbs_with_a_real_browser(tmp_path: Path) -> None:
    needs("chromium")
    with serving(tmp_path / "s", {"/": {"body": "<h1>Hello</h1>"}}) as served:
        picture, har = tmp_path / "page.png", tmp_path / "page.har"
        page = run("page", served.url("/"), "--screenshot", str(picture), "--har", str(har))
        file = tmp_path / "journey.toml"
        file.write_text(JOURNEY.replace("{port}", str(served.port)))
        journey = run("transaction", str(file))
    assert (page.exit_code, journey.exit_code) == (0, 0), page.output + journey.output
    assert picture.read_bytes()[:4] == b"\x89PNG"
    jsonschema_rs.validate(HAR, json.loads(har.read_text()))
    assert "steps: 2 of 2 done" in journey.stdout
