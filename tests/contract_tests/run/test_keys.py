"""Where keys come from: variables of the environment, then the keyring."""

from __future__ import annotations

from typing import Any

import pytest

import specs
from contract_tests.run import keys
from contract_tests.run.keys import Owner

keyring = pytest.importorskip("keyring")


def nothing(entry: str) -> None:
    del entry


def _found(vendor: str, owner: Owner | None = None, **environment: str) -> Any:
    return keys.find(specs.load(vendor), owner or Owner(vendor), environment, nothing)


@pytest.mark.parametrize(
    ("vendor", "variable", "header"),
    [
        ("ngrok", "NGROK_API_KEY", ("Authorization", "Bearer k")),
        ("pingplotter", "PINGPLOTTER_API_KEY", ("X-API-KEY", "k")),
        ("thousandeyes", "THOUSANDEYES_API_TOKEN", ("Authorization", "Bearer k")),
        ("thousandeyes", "THOUSANDEYES_TOKEN", ("Authorization", "Bearer k")),
        ("wisphub", "WISPHUB_TOKEN", ("Authorization", "Bearer k")),
        ("ngrok", "CONTRACT_TESTS_KEY", ("Authorization", "Bearer k")),
    ],
)
def test_a_vendors_key_has_a_variable_of_its_name(
    vendor: str, variable: str, header: tuple[str, str]
) -> None:
    found = _found(vendor, **{variable: "k"})
    assert (found.variable, found.headers) == (variable, (header,))


def test_basic_is_used_where_a_user_is_named() -> None:
    found = _found("thousandeyes", THOUSANDEYES_TOKEN="t", THOUSANDEYES_USER="a@b.c")
    assert found.headers == (("Authorization", "Basic YUBiLmM6dA=="),)
    assert found.variables == ("THOUSANDEYES_TOKEN", "THOUSANDEYES_USER")


def test_the_second_account_has_variables_of_its_own() -> None:
    second = Owner("ngrok", is_second=True)
    assert _found("ngrok", second, NGROK_API_KEY="k") is None
    assert _found("ngrok", second, NGROK_API_KEY_2="k").secret == "k"
    assert _found("ngrok", second, CONTRACT_TESTS_OTHER_KEY="o").secret == "o"


def _document(**schemes: Any) -> dict[str, Any]:
    return {
        "paths": {},
        "security": [{name: [] for name in schemes}],
        "components": {"securitySchemes": schemes},
    }


def test_a_contract_of_a_file_names_its_schemes() -> None:
    document = _document(
        appId={"type": "apiKey", "in": "header", "name": "I"},
        appKey={"type": "apiKey", "in": "query", "name": "k"},
    )
    owner = Owner("file", is_vendor=False)
    given = {"CONTRACT_TESTS_APPID": "1", "CONTRACT_TESTS_KEY": "2"}
    found = keys.find(document, owner, given, nothing)
    assert found is not None
    assert (found.headers, found.query) == ((("I", "1"),), (("k", "2"),))
    assert "CONTRACT_TESTS_APPID" in keys.asked(document, owner)


def test_basic_without_a_user_takes_name_and_password_together() -> None:
    document = _document(b={"type": "http", "scheme": "basic"})
    owner = Owner("file", is_vendor=False)
    assert keys.find(document, owner, {"CONTRACT_TESTS_KEY": "word"}, nothing) is None
    found = keys.find(document, owner, {"CONTRACT_TESTS_KEY": "ada:word"}, nothing)
    assert found is not None
    assert found.headers == (("Authorization", "Basic YWRhOndvcmQ="),)


def test_a_contract_without_security_wants_no_key() -> None:
    assert keys.choices({"paths": {}, "components": {}}) == []


def test_what_the_environment_lacks_the_keyring_may_have(monkeypatch: Any) -> None:
    class Backend(keyring.backend.KeyringBackend):  # type: ignore[misc,name-defined]
        priority = -2  # never chosen by itself

        def get_password(self, service: str, username: str) -> str | None:
            return {("contract-tests", "ngrok"): "remembered"}.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            raise NotImplementedError

        def delete_password(self, service: str, username: str) -> None:
            raise NotImplementedError

    monkeypatch.setattr(keyring.core, "_keyring_backend", Backend())
    found = keys.find(specs.load("ngrok"), Owner("ngrok"), {})
    assert found is not None
    assert (found.secret, found.variable) == ("remembered", "NGROK_API_KEY")
    assert keys.find(specs.load("ngrok"), Owner("ngrok", is_second=True), {}) is None


def test_a_keyring_that_fails_is_one_without_a_key(monkeypatch: Any) -> None:
    fails = pytest.importorskip("keyring.backends.fail").Keyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", fails)
    assert keys.from_keyring("ngrok") is None
