"""Header → credential → account, or a 401 that says how to do better."""

import base64
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.core.credentials import Credential

pytestmark = pytest.mark.anyio


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


async def look(backend: Any) -> dict[str, str]:
    return {"account": backend.account.name}


@pytest.fixture
def present(serve: Any, op: Any) -> Any:
    """Send headers to an operation with `schemes`; return what authentication was shown."""

    async def showing(headers: dict[str, Any], *schemes: str) -> Credential | None:
        seen: list[Credential | None] = []

        def authenticate(credential: Credential | None, accounts: Any, clock: Any) -> Any:
            seen.append(credential)
            return accounts.named("default")

        security = [{scheme: []} for scheme in schemes]
        paths = {"/a": {"get": op("look", security=security)}}
        toy = await serve(paths, look, authenticate=authenticate)
        toy.client.headers.pop("X-Key")
        await toy.get("/a", headers=headers)
        return seen[0]

    return showing


async def test_an_api_key_is_shown_without_the_white_space_around_it(present: Any) -> None:
    shown = await present({"X-KEY": " a key, with Commas "}, "key")
    assert shown == Credential("apikey", "a key, with Commas")


@pytest.mark.parametrize("value", ["Bearer t0k", "bearer t0k", "BEARER  t0k ", " Bearer t0k"])
async def test_a_bearer_token_is_read_in_any_spelling(present: Any, value: str) -> None:
    assert await present({"Authorization": value}, "bearer") == Credential("bearer", "t0k")


@pytest.mark.parametrize(
    ("text", "user", "secret"),
    [
        (b"ann:pw", "ann", "pw"),
        (b"ann:p:w", "ann", "p:w"),
        (b":", "", ""),
        (b"\xc3\xa4:b", "ä", "b"),
    ],
)
async def test_basic_is_user_and_secret(present: Any, text: bytes, user: str, secret: str) -> None:
    shown = await present({"Authorization": basic(text)}, "basic")
    assert shown == Credential("basic", secret, user)


@pytest.mark.parametrize(
    "value",
    [
        b"Basic",
        b"Basic ",
        b"Basic !!!!",
        b"Basic YQ",
        b"Basic \xe9",
        basic(b"no colon").encode(),
        basic(b"\xff:\xff").encode(),
        b"Bearer",
        b"Bearer ",
        b"Digest username=ann",
        b"t0k",
    ],
)
async def test_what_cannot_be_read_is_an_unknown_credential(present: Any, value: bytes) -> None:
    shown = await present({"Authorization": value}, "basic", "bearer")
    assert shown is not None
    assert shown.scheme == "unknown"


async def test_a_scheme_that_is_not_offered_is_unknown(present: Any) -> None:
    shown = await present({"Authorization": basic(b"a:b")}, "bearer")
    assert shown is not None
    assert shown.scheme == "unknown"


async def test_one_of_several_schemes_is_enough(present: Any) -> None:
    assert await present({"X-Key": "k"}, "bearer", "key") == Credential("apikey", "k")
    assert await present({"Authorization": "Bearer t"}, "key", "bearer") == Credential(
        "bearer", "t"
    )


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"X-Other": "k"}])
async def test_no_header_is_no_credential(present: Any, headers: dict[str, str]) -> None:
    assert await present(headers, "bearer", "basic") is None


@pytest.fixture
async def guarded(serve: Any, op: Any) -> Any:
    security = [{"key": []}, {"bearer": []}, {"basic": []}]
    return await serve({"/a": {"get": op("look", security=security)}}, look)


async def test_a_good_key_opens_the_account(guarded: Any) -> None:
    assert (await guarded.get("/a")).json() == {"account": "default"}


@pytest.mark.parametrize("key", ["", "wrong", "toy_keys", "TOY_KEY"])
async def test_any_other_key_does_not(guarded: Any, key: str) -> None:
    assert (await guarded.get("/a", headers={"X-Key": key})).status_code == 401


async def test_a_401_names_the_schemes_of_http(guarded: Any) -> None:
    answer = await guarded.get("/a", headers={"X-Key": "wrong"})
    offered = answer.headers.get_list("www-authenticate")
    assert offered == ['Bearer realm="api"', 'Basic realm="api"']


async def test_a_good_answer_has_no_challenge(guarded: Any) -> None:
    assert "www-authenticate" not in (await guarded.get("/a")).headers


@given(value=st.binary(min_size=1, max_size=60).filter(lambda raw: not set(raw) & {0, 10, 13}))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
async def test_no_authorization_header_is_ever_a_fault_of_the_server(
    guarded: Any, value: bytes
) -> None:
    for prefix in (b"", b"Basic ", b"Bearer "):
        headers = {b"Authorization": prefix + value, b"X-Key": b""}
        assert (await guarded.get("/a", headers=headers)).status_code == 401


async def test_a_wrong_key_is_told_before_wrong_parameters(serve: Any, op: Any) -> None:
    wanted = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    paths = {"/a": {"get": op("look", security=[{"key": []}], parameters=[wanted])}}
    toy = await serve(paths, look)
    assert (await toy.get("/a", headers={"X-Key": "x"})).status_code == 401
    assert (await toy.get("/a")).status_code == 400


async def test_an_operation_without_security_works_for_the_default_account(
    serve: Any, op: Any
) -> None:
    toy = await serve({"/a": {"get": op("look", security=[])}}, look)
    answer = await toy.get("/a", headers={"X-Key": "wrong"})
    assert answer.json() == {"account": "default"}


async def test_security_of_the_contract_holds_where_an_operation_says_nothing(
    serve: Any, op: Any
) -> None:
    toy = await serve({"/a": {"get": op("look")}}, look, root={"security": [{"key": []}]})
    assert (await toy.get("/a", headers={"X-Key": "x"})).status_code == 401
