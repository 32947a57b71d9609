"""Where keys come from: variables of the environment, then the keyring."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from inspected import answer, world
from schemathesis.transport.requests import RequestsTransport

import specs
from contract_tests.phases.aim import aimed
from contract_tests.roles.model import Roles
from contract_tests.run import keys, preview
from contract_tests.run.keys import Owner
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Request, Response
from contract_tests.wire.ring import Ring
from contract_tests.world.world import NotTried

keyring = import_module("keyring")


def nothing(entry: str) -> None:
    del entry


def _first(*sought: Any) -> Credential | None:
    ring = keys.ring(*sought)
    return ring and ring.first


def _found(vendor: str, owner: Owner | None = None, **environment: str) -> Any:
    return _first(specs.load(vendor), owner or Owner(vendor), environment, nothing)


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
    found = _first(document, owner, given, nothing)
    assert found is not None
    assert (found.headers, found.query) == ((("I", "1"),), (("k", "2"),))
    assert "CONTRACT_TESTS_APPID" in keys.asked(document, owner)


def test_basic_without_a_user_takes_name_and_password_together() -> None:
    document = _document(b={"type": "http", "scheme": "basic"})
    owner = Owner("file", is_vendor=False)
    assert _first(document, owner, {"CONTRACT_TESTS_KEY": "word"}, nothing) is None
    found = _first(document, owner, {"CONTRACT_TESTS_KEY": "ada:word"}, nothing)
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
    found = _first(specs.load("ngrok"), Owner("ngrok"), {})
    assert found is not None
    assert (found.secret, found.variable) == ("remembered", "NGROK_API_KEY")
    assert _first(specs.load("ngrok"), Owner("ngrok", is_second=True), {}) is None


def test_a_keyring_that_fails_is_one_without_a_key(monkeypatch: Any) -> None:
    fails = import_module("keyring.backends.fail").Keyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", fails)
    assert keys.from_keyring("ngrok") is None


PLAIN = {"type": "apiKey", "in": "header", "name": "X-KEY"}
BEARER = {"type": "http", "scheme": "bearer"}
FILE = Owner("file", is_vendor=False)


def _mixed(**demanded: Any) -> dict[str, Any]:
    """Return a document whose operations demand this."""
    return {
        "openapi": "3.0.3",
        "paths": {
            f"/{name}": {"get": {"operationId": name, "security": security, "responses": {}}}
            for name, security in demanded.items()
        },
        "components": {"securitySchemes": {"plain": PLAIN, "bearer": BEARER}},
    }


BOTH = {"CONTRACT_TESTS_PLAIN": "secret-1", "CONTRACT_TESTS_BEARER": "secret-2"}
ANY = {"x": [{"plain": []}], "y": [{"bearer": []}]}


def test_each_operation_is_shown_what_it_wants() -> None:
    ring = keys.ring(_mixed(**ANY, z=[{"bearer": []}, {"plain": []}]), FILE, BOTH, nothing)
    assert ring is not None
    shown = {name: ring.of(name).headers for name in "xyz"}
    plain, bearer = (("X-KEY", "secret-1"),), (("Authorization", "Bearer secret-2"),)
    assert shown == {"x": plain, "y": bearer, "z": plain}
    assert not ring.wanting


def test_the_documents_own_demand_holds_where_an_operation_has_none() -> None:
    document = {**_mixed(**ANY), "security": [{"bearer": []}]}
    del document["paths"]["/x"]["get"]["security"]
    ring = keys.ring(document, FILE, BOTH, nothing)
    assert ring is not None
    assert ring.of("x").variable == "CONTRACT_TESTS_BEARER"


def test_what_cannot_be_opened_is_not_tried_and_names_the_variable() -> None:
    contract = _mixed(**ANY)
    ring = keys.ring(contract, FILE, {"CONTRACT_TESTS_PLAIN": "secret-1"}, nothing)
    assert ring is not None
    asking = world(contract, Roles(), lambda _: answer({}), ring=ring)
    assert asking.call("x").ok
    with pytest.raises(NotTried, match=r"\$CONTRACT_TESTS_BEARER"):
        asking.call("y")


def test_a_request_of_no_operation_is_shown_what_is_wanted_at_its_address() -> None:
    ring = keys.ring(_mixed(**ANY), FILE, BOTH, nothing)
    sent: list[dict[str, str]] = []

    def server(request: Request) -> Response:
        sent.append(dict(request.headers))
        return answer({})

    asking = world(_mixed(**ANY), Roles(), server, ring=ring)
    asking.send(Request("PATCH", "/y?a"))
    asking.send(Request("PATCH", "/z"))
    assert sent[0] == {"Authorization": "Bearer secret-2"}
    assert "Authorization" not in sent[1]


def test_generated_requests_leave_out_what_cannot_be_opened() -> None:
    contract = {**_mixed(**ANY), "info": {"title": "x", "version": "1"}, "servers": [{"url": "/"}]}
    ring = keys.ring(contract, FILE, {"CONTRACT_TESTS_PLAIN": "secret-1"}, nothing)
    schema = aimed(
        world(contract, Roles(), lambda _: answer({}), ring=ring),
        RequestsTransport(),
        ["fuzzing"],
        1,
    )
    found = [operation.ok() for operation in schema.get_all_operations()]
    assert [operation.path for operation in found if operation] == ["/x"]


def test_generated_requests_show_each_operation_what_it_wants() -> None:
    contract = {**_mixed(**ANY), "info": {"title": "x", "version": "1"}, "servers": [{"url": "/"}]}
    ring = keys.ring(contract, FILE, BOTH, nothing)
    asking = world(contract, Roles(), lambda _: answer({}), ring=ring)
    schema = aimed(asking, RequestsTransport(), ["fuzzing"], 1)
    shown = [schema.config.headers_for(operation=schema[f"/{name}"]["GET"]) for name in "xy"]
    assert ["Authorization" in headers for headers in shown] == [False, True]


def test_the_other_account_is_shown_as_what_an_operation_wants() -> None:
    ring = keys.ring(_mixed(**ANY), FILE, BOTH, nothing)
    assert ring is not None
    other = Credential("OTHER", "secret-3", (("X-KEY", "secret-3"),))
    own = Credential("OTHER_BEARER", "secret-4", (("Authorization", "Bearer secret-4"),))
    asking = world(_mixed(**ANY), Roles(), lambda _: answer({}), ring=ring, other=other)
    asking.other_ring = Ring(other, {"y": own})
    assert [asking.shown(name, other) for name in "xy"] == [other, own]


def test_the_order_of_keys_that_are_wanted_together_is_that_of_the_document() -> None:
    document = _mixed(x=[{"plain": [], "bearer": []}])
    found = _first(document, FILE, BOTH, nothing)
    assert found is not None
    assert found.variables == ("CONTRACT_TESTS_PLAIN", "CONTRACT_TESTS_BEARER")


def test_a_key_that_cannot_be_masked_in_answers_is_named_before_the_run() -> None:
    short = {**BOTH, "CONTRACT_TESTS_BEARER": "test"}
    asking = world(_mixed(**ANY), Roles(), lambda _: answer({}))
    asking.ring = keys.ring(_mixed(**ANY), FILE, short, nothing)
    told = list(preview.lines(asking, [], 1, []))
    assert "key        $CONTRACT_TESTS_PLAIN, $CONTRACT_TESTS_BEARER" in told
    assert [line for line in told if line.startswith("caution    $CONTRACT_TESTS_BEARER is too")]
