"""The README says what is: its examples run, its table and its settings are those of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command

import specs
from mockserver.cli import main
from mockserver.routes import markdown
from mockserver.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
RESULTS = (ROOT / "docs" / "results.md").read_text("utf-8")
INSPECTOR = (ROOT / "docs" / "inspector.md").read_text("utf-8")
_EXAMPLE = re.compile(r"<!-- example: (\w+) -->\n```sh\n(.*?)```", re.DOTALL)
EXAMPLES = dict(_EXAMPLE.findall(README))
MORE_EXAMPLES = dict(_EXAMPLE.findall(RESULTS + INSPECTOR))
# What the output of each example must hold for the example to have worked.
OUTCOMES = {
    "ngrok": r'"next_page_uri": "http://127\.0\.0\.1:\d+/ngrok/app/sessions\?before_id=as_',
    "wisphub": r'"action":"stable_connection"',
    "pingplotter": r'"Description":"Router","IpAddress":"192\.0\.2\.7","Status":"Paused"',
    "thousandeyes": r'"avgLatency":[0-9.]+',
}
MORE_OUTCOMES = {
    "round": r'x-mock-network: live(.|\n)*"responseCode":200',
    "trace": r'"QualityValue":"Good"(.|\n)*"PacketsSent":[1-9]',
    "inspector": r"steps passed, [1-9](.|\n)*nothing found",
    "visit": r'"cookie":(.|\n)*"application_sessions":\[\{"id":"as_',
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve every vendor in a process of its own."""
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        ready = next(line for line in process.stdout if line.startswith("mockserver ready on"))
        try:
            yield int(ready.rpartition(":")[2])
        finally:
            process.terminate()


def test_there_is_an_example_for_each_vendor() -> None:
    assert set(EXAMPLES) == set(OUTCOMES) == set(specs.vendors())
    assert set(MORE_EXAMPLES) == set(MORE_OUTCOMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(OUTCOMES | MORE_OUTCOMES))
def test_an_example_runs_as_it_stands(name: str, port: int) -> None:
    script = (EXAMPLES | MORE_EXAMPLES)[name].replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    script = script.replace("contract-tests ", f"{sys.executable} -m contract_tests ")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search((OUTCOMES | MORE_OUTCOMES)[name], done.stdout), done.stdout


def test_the_table_of_operations_is_that_of_the_contracts() -> None:
    table = README.partition("--markdown` -->\n")[2].partition("<!-- /operations -->")[0]
    hint = "run `mockserver routes --markdown` and put its output between the marks in README.md"
    assert table.strip() == "\n".join(markdown()), hint


def test_every_option_of_serve_is_documented() -> None:
    serve: Command = main.commands["serve"]  # type: ignore[attr-defined]
    missing = [option for p in serve.params for option in p.opts if option not in README]
    assert not missing


def test_every_setting_is_an_option_of_serve() -> None:
    serve: Command = main.commands["serve"]  # type: ignore[attr-defined]
    assert set(Settings.model_fields) == {p.name for p in serve.params} - {"config"}


def test_the_settings_table_names_the_defaults_of_the_code() -> None:
    defaults = {name: field.default for name, field in Settings.model_fields.items()}
    assert f"`{defaults['host']}`, `{defaults['port']}`" in README
    assert f"| `--seed N` | {defaults['seed']} |" in README


def test_every_file_that_it_links_to_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
