"""What a client is told by its environment, and what of the user's own it is not told."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

import specs
from contract_tests.client import printed
from contract_tests.client.surroundings import (
    KINDS,
    BadVariables,
    Given,
    _read,
    hooked,
    own,
    secret_names,
    surroundings,
    told,
    variables,
)
from contract_tests.client.world import World
from contract_tests.wire.credential import NOBODY, Credential

URL = "http://127.0.0.1:4321"


def world(*vendors: str) -> World:
    keys = {name: f"mock_of_{name}" for name in vendors}
    return World(dict.fromkeys(vendors, URL), keys, 0, 0, lambda: None, lambda: None)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_variable_has_a_meaning_and_a_source(vendor: str) -> None:
    assert all(one.gives in {*KINDS, "nothing"} and one.source for one in variables(vendor))


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_vendor_has_an_address_and_a_key(vendor: str) -> None:
    found = surroundings(world(vendor), {})
    path = specs.base_path(specs.load(vendor))
    assert found[f"CONTRACT_TESTS_URL_{vendor.upper()}"] == URL + path
    assert found[f"CONTRACT_TESTS_KEY_{vendor.upper()}"] == f"mock_of_{vendor}"


def test_a_vendor_without_a_file_has_the_variables_of_all(tmp_path: Path) -> None:
    assert _read(tmp_path / "client.yaml") == ()


def test_a_variable_that_gives_what_nobody_knows_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "client.yaml"
    file.write_text("A: {gives: tea, source: decision}", "utf-8")
    with pytest.raises(BadVariables, match="A gives what nobody knows"):
        _read(file)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "client.yaml"
    file.write_text("- A", "utf-8")
    with pytest.raises(BadVariables, match="expected NAME"):
        _read(file)


def test_a_real_credential_of_the_users_is_not_handed_on() -> None:
    inherited = {"NGROK_API_KEY": "real", "TE_TOKEN": "real", "HOME": "/home/u"}
    found = surroundings(world(*specs.vendors()), inherited)
    assert "real" not in found.values()
    assert found["HOME"] == "/home/u"


def test_what_means_another_account_is_taken_away() -> None:
    assert "TE_AID" not in surroundings(world("thousandeyes"), {"TE_AID": "7"})


def test_addresses_of_ours_are_asked_without_a_proxy() -> None:
    found = surroundings(world("ngrok"), {"NO_PROXY": "corp.example", "HTTP_PROXY": "http://p:1"})
    assert found["NO_PROXY"] == "corp.example,127.0.0.1,localhost,::1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MY_BASE=url", {"MY_BASE": f"{URL}/v6"}),
        ("MY_BASE=origin", {"MY_BASE": URL}),
        ("MY_HOST=host", {"MY_HOST": "127.0.0.1:4321"}),
        ("MY_TOKEN=thousandeyes.key", {"MY_TOKEN": "mock_of_thousandeyes"}),
    ],
)
def test_a_user_may_name_variables(text: str, expected: dict[str, str]) -> None:
    named = own(text, ["thousandeyes"])
    assert expected.items() <= surroundings(world("thousandeyes"), {}, named=[named]).items()


@pytest.mark.parametrize("text", ["A", "A=", "=url", "A=tea", "A=nobody.url", "A=ngrok.url.x"])
def test_a_name_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(BadVariables, match=r"NAME=VENDOR\.GIVES"):
        own(text, ["ngrok"])


def test_with_several_vendors_the_name_says_which() -> None:
    with pytest.raises(BadVariables):
        own("A=url", ["ngrok", "wisphub"])


def test_with_one_vendor_there_are_plain_names() -> None:
    found = surroundings(world("ngrok"), {})
    assert (found["CONTRACT_TESTS_URL"], found["CONTRACT_TESTS_KEY"]) == (URL, "mock_of_ngrok")


def test_with_several_vendors_there_are_no_plain_names() -> None:
    assert "CONTRACT_TESTS_URL" not in surroundings(world("ngrok", "wisphub"), {})


def test_the_hooks_stand_before_what_is_inherited() -> None:
    found = hooked({"PYTHONPATH": "/a", "NODE_OPTIONS": "--title=x"}, world("ngrok"))
    assert found["PYTHONPATH"].endswith(f"hooks/python{os.pathsep}/a")
    assert found["NODE_OPTIONS"].startswith("--title=x --require=")
    assert found["CONTRACT_TESTS_HOSTS"] == "127.0.0.1:4321"


def test_without_hooks_nothing_of_theirs_is_set() -> None:
    assert not {"PYTHONPATH", "NODE_OPTIONS"} & {*surroundings(world("ngrok"), {}, has_hook=False)}


@pytest.mark.parametrize("style", ["shell", "dotenv", "json"])
def test_keys_are_masked_where_variables_are_shown(style: str) -> None:
    shown = printed.environment(specs.vendors(), style)
    assert "NGROK_API_KEY" in shown
    assert "***" in shown
    assert "mock" not in shown.replace("mock@example.com", "")


def test_the_names_of_secrets_are_those_that_give_a_key() -> None:
    given = {"ngrok": Given(URL, "the-key")}
    secret = {name for name, value in told(given).items() if value == "the-key"}
    assert secret == secret_names(given) & {*told(given)}


def test_a_shell_understands_what_is_shown() -> None:
    text = printed.environment(("thousandeyes",), "shell")
    script = f'{text}echo "$TE_API_ENDPOINT ${{TE_AID-none}}"'
    done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True, check=True)
    assert done.stdout == "http://127.0.0.1:PORT/v6 none\n"


def test_json_has_null_for_what_is_taken_away() -> None:
    assert json.loads(printed.environment(("thousandeyes",), "json"))["TE_AID"] is None


@pytest.mark.parametrize(
    "args",
    [
        ("client", "--token", "s3cr3t-value"),
        ("client", "--api-key=s3cr3t-value"),
        ("client", "--password", "s3cr3t-value", "more"),
        ("env", "NGROK_API_KEY=s3cr3t-value", "client"),
        ("curl", "-u", "user:s3cr3t-value", "http://x"),
        ("curl", "-H", "Authorization: Bearer s3cr3t-value"),
        ("curl", "-H", "X-API-KEY: s3cr3t-value"),
        ("curl", "http://x/?api_key=s3cr3t-value"),
        ("sh", "-c", "client --secret 's3cr3t-value'"),
    ],
)
def test_a_secret_in_a_command_is_not_shown(args: tuple[str, ...]) -> None:
    assert "s3cr3t" not in printed.command(args, NOBODY)


def test_a_key_of_ours_in_a_command_is_not_shown() -> None:
    secret = Credential("NGROK_API_KEY", "mock_abcdefgh")
    assert printed.command(("client", "x mock_abcdefgh"), secret) == "client 'x $NGROK_API_KEY'"


def test_an_ordinary_command_is_shown_as_it_is() -> None:
    args = ("npm", "test", "--", "--grep", "a b", "python", "-u", "keys.js")
    assert printed.command(args, NOBODY) == "npm test -- --grep 'a b' python -u keys.js"


def test_a_variable_in_a_command_is_no_secret() -> None:
    args = ("sh", "-c", 'curl -H "Authorization: Bearer $KEY" x')
    assert "Bearer $KEY" in printed.command(args, NOBODY)
