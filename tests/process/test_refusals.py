"""What cannot be served is said in one line that names it, and the process exits with 2."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str]]


def sentence(code_and_output: tuple[int, str]) -> str:
    code, output = code_and_output
    assert code == 2
    assert output.startswith("mockserver: ")
    assert output.count("\n") == 1
    assert len(output) < 600
    return output


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--port", "70000"], ["port", "70000"]),
        (["--seed", str(2**63)], ["seed", str(2**63)]),
        (["--network", "wild"], ["network", "wild", "simulated"]),
        (["--allow-target", "10.0.0.0/33"], ["allow_target", "10.0.0.0/33"]),
        (["--allow-target", "10.0.0.1/8"], ["allow_target", "10.0.0.1/8"]),
        (["--account", "ci"], ["account", "NAME=VALUE", "ci"]),
        (["--account", "=key"], ["account", "NAME=VALUE"]),
        (["--account", "-x=key"], ["name", "-x"]),
        (["--account", "default=key"], ["default exists already"]),
        (["--account", "ci=mock_ngrok_key"], ["another account at ngrok"]),
        (["--rate-limit", "ngrok=many"], ["rate_limit", "many"]),
        (["--rate-limit", "ngrok=0"], ["rate_limit", "0"]),
        (["--rate-limit", "nobody=5"], ["rate_limit", "nobody", "ngrok"]),
        (["--vendor", "nobody"], ["no vendor named 'nobody'", "ngrok"]),
        (["--vendor", "ngrok,"], ["no vendor named 'ngrok,'"]),
        (["--host", "host.invalid"], ["host.invalid", "--host"]),
        (["--host", "192.0.2.1"], ["192.0.2.1", "--host"]),
        (["--state", "."], ["state file"]),
        (["--state", "missing/state.db"], ["missing/state.db"]),
        (["--state", "postgresql://localhost/x"], ["postgresql:// is not supported"]),
        (["--config", "missing.toml"], ["missing.toml"]),
        (["--config", "."], ["settings file"]),
    ],
    ids=lambda value: " ".join(value)[:40],
)
def test_a_flag_that_cannot_be_used_is_named(run: Run, words: list[str], named: list[str]) -> None:
    said = sentence(run("serve", "--port", "0", "--vendor", "ngrok", *words))
    assert all(part in said for part in named), said


def test_an_unknown_variable_is_named_with_those_that_there_are(run: Run) -> None:
    said = sentence(run("serve", MOCKSERVER_PROT="1"))
    assert "MOCKSERVER_PROT" in said
    assert "MOCKSERVER_PORT" in said


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "many"), ("VENDOR", "ngrok,nobody"), ("RATE_LIMIT", "ngrok")]
)
def test_a_variable_that_cannot_be_used_is_named(run: Run, name: str, value: str) -> None:
    said = sentence(run("serve", **{f"MOCKSERVER_{name}": value}))
    assert (name.lower() in said) or ("nobody" in said)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"prot = 1", "prot"),
        (b'port = "many"', "port"),
        (b"port = ", "settings file mockserver.toml"),
        (b"\xff", "settings file mockserver.toml"),
        (b"[nested]\nport = 1", "nested"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_named(
    run: Run, tmp_path: Path, content: bytes, named: str
) -> None:
    (tmp_path / "mockserver.toml").write_bytes(content)
    assert named in sentence(run("serve"))


def test_a_port_that_is_in_use_is_named(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = sentence(run("serve", "--vendor", "ngrok", "--port", str(port)))
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


def test_a_state_file_that_is_something_else_is_left_as_it_is(run: Run, tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("my thesis\n" * 1000)
    sentence(run("serve", "--port", "0", "--vendor", "ngrok", "--state", "precious.txt"))
    assert precious.read_text() == "my thesis\n" * 1000


def test_a_state_file_of_another_seed_is_refused(run: Run, serve: Callable[..., Any]) -> None:
    serve("--state", "seeded.db", "--seed", "1").end()
    words = ("serve", "--port", "0", "--vendor", "ngrok", "--state", "seeded.db")
    said = sentence(run(*words, "--seed", "2"))
    assert "give --seed 1, or another --state file" in said


def test_a_state_file_that_another_server_uses_is_refused(
    run: Run, serve: Callable[..., object]
) -> None:
    serve("--state", "shared.db")
    said = sentence(run("serve", "--port", "0", "--vendor", "ngrok", "--state", "shared.db"))
    assert "shared.db" in said
    assert "locked" in said


@pytest.mark.parametrize("words", [["--colour", "red"], ["--port", "many"], ["extra"]])
def test_what_the_command_does_not_know_is_exit_code_2(run: Run, words: list[str]) -> None:
    code, output = run("serve", *words)
    assert code == 2
    assert words[-1] in output or words[0] in output
