"""Every documented error of ngrok, with its code, its status and its one body."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio
AUTHORIZATION = "Authorization"


async def error(
    house: Any,
    path: str = "/app/sessions",
    *,
    method: str = "GET",
    key: str | None = "mock_ngrok_key",
    **options: Any,
) -> dict[str, Any]:
    """Ask for something that cannot be had; return the body, checked for what all share."""
    async with house.client(key) as client:
        answer = await client.request(method, path, **options)
    body: dict[str, Any] = answer.json()
    assert body["status_code"] == answer.status_code
    assert body["details"] == {"operation_id": answer.headers["ngrok-operation-id"]}
    assert body["msg"]
    return body


def told(body: dict[str, Any]) -> tuple[Any, Any]:
    return body.get("error_code"), body["status_code"]


async def test_no_credential_is_200(house: Any) -> None:
    assert told(await error(house, key=None)) == ("ERR_NGROK_200", 401)


@pytest.mark.parametrize("value", ["Digest x", "Bearer", "mock_ngrok_key", "Basic bW9jazprZXk="])
async def test_a_header_that_cannot_be_read_is_201(house: Any, value: str) -> None:
    body = await error(house, headers={AUTHORIZATION: value})
    assert told(body) == ("ERR_NGROK_201", 401)


@pytest.mark.parametrize("key", ["wrong", "_a", "a_", "a-b_c", "a b_c", "ä_b"])
async def test_what_does_not_look_like_a_key_is_202(house: Any, key: str) -> None:
    body = await error(house, headers={AUTHORIZATION: f"Bearer {key}".encode()})
    assert told(body) == ("ERR_NGROK_202", 401)


@pytest.mark.parametrize("key", ["FIRST_SECOND", "mock_ngrok_keys", "MOCK_NGROK_KEY"])
async def test_a_key_that_nobody_has_is_203(house: Any, key: str) -> None:
    body = await error(house, key=key)
    assert told(body) == ("ERR_NGROK_203", 401)
    assert key in body["msg"]


async def test_the_id_of_a_key_is_208(house: Any) -> None:
    assert told(await error(house, key="ak_2t5FqNc8XvLw0RzKm3YbPg7HdSj")) == ("ERR_NGROK_208", 401)


async def test_a_long_credential_is_not_repeated(house: Any) -> None:
    assert len((await error(house, key="x" * 5000))["msg"]) < 200


async def test_a_401_asks_for_a_bearer_token(house: Any) -> None:
    async with house.client(None) as client:
        answer = await client.get("/app/users")
    assert answer.headers["www-authenticate"] == 'Bearer realm="api"'


async def test_no_version_is_218_in_the_documented_words(house: Any) -> None:
    async with house.client() as client:
        del client.headers["Ngrok-Version"]
        body = (await client.get("/app/sessions")).json()
    assert told(body) == ("ERR_NGROK_218", 400)
    assert body["msg"].startswith("Your request has not specified an API version.")
    assert body["msg"].endswith("Supported versions: 2.")


@pytest.mark.parametrize("version", ["1", "3", "two", "2.0", ""])
async def test_another_version_is_217(house: Any, version: str) -> None:
    body = await error(house, headers={"Ngrok-Version": version})
    assert told(body) == ("ERR_NGROK_217", 400)


@pytest.mark.parametrize(
    "path", ["/app/sessions", "/app/users", "/app/sessions/x", "/app/users/x"]
)
async def test_a_body_where_none_is_taken_is_211(house: Any, path: str) -> None:
    body = await error(house, path, content=b"{}")
    assert told(body) == ("ERR_NGROK_211", 400)


async def test_a_body_with_a_deletion_is_211_and_deletes_nothing(
    house: Any, sessions: list[Any]
) -> None:
    path = f"/app/sessions/{sessions[0]['id']}"
    assert told(await error(house, path, method="DELETE", json={})) == ("ERR_NGROK_211", 400)
    async with house.client() as client:
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/app/sessions", "/app/users", "/app/sessions/x"])
@pytest.mark.parametrize("name", ["filter", "Limit", "page", ""])
async def test_an_unknown_parameter_is_231(house: Any, path: str, name: str) -> None:
    body = await error(house, f"{path}?{name}=1")
    assert told(body) == ("ERR_NGROK_231", 400)


async def test_231_names_the_unknown_and_the_supported(house: Any) -> None:
    message = (await error(house, "/app/sessions?filter=x"))["msg"]
    assert "filter" in message
    assert "before_id, limit" in message


@pytest.mark.parametrize("query", ["limit=1&limit=2", "before_id=a&before_id=a"])
async def test_a_repeated_parameter_is_232(house: Any, query: str) -> None:
    assert told(await error(house, f"/app/sessions?{query}")) == ("ERR_NGROK_232", 400)


@pytest.mark.parametrize("limit", ["0", "-1", "101", "999999999999999999"])
async def test_a_limit_out_of_range_is_233(house: Any, limit: str) -> None:
    body = await error(house, f"/app/users?limit={limit}")
    assert told(body) == ("ERR_NGROK_233", 400)
    assert limit in body["msg"]


@pytest.mark.parametrize("limit", ["many", "", "1_0", "1.5", "%2010", "9" * 30])
async def test_a_limit_that_is_no_number_is_244(house: Any, limit: str) -> None:
    body = await error(house, f"/app/sessions?limit={limit}")
    assert told(body) == ("ERR_NGROK_244", 400)


@pytest.mark.parametrize("query", ["limit=%FF", "&".join(["a=1"] * 201)], ids=["bytes", "many"])
async def test_a_query_that_cannot_be_read_is_230(house: Any, query: str) -> None:
    assert told(await error(house, f"/app/sessions?{query}")) == ("ERR_NGROK_230", 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/app/sessions/as_nobody"),
        ("DELETE", "/app/sessions/as_nobody"),
        ("GET", "/app/users/au_nobody"),
        ("GET", "/app/sessions/%00"),
        ("GET", "/app/users/a%2Fb"),
    ],
)
async def test_an_unknown_id_is_a_404_without_a_code(house: Any, method: str, path: str) -> None:
    body = await error(house, path, method=method)
    assert told(body) == (None, 404)
    assert body["msg"] == "Resource not found"


async def test_a_user_is_not_found_among_sessions(house: Any, users: list[Any]) -> None:
    assert told(await error(house, f"/app/sessions/{users[0]['id']}")) == (None, 404)


async def test_a_path_that_is_not_there_is_named(house: Any) -> None:
    body = await error(house, "/app/session")
    assert told(body) == (None, 404)
    assert "/app/session" in body["msg"]


async def test_a_method_that_is_not_there_is_405(house: Any) -> None:
    async with house.client() as client:
        answer = await client.post("/app/sessions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "POST" in answer.json()["msg"]


@pytest.mark.parametrize("path", ["/app/sessions", "/app/users/x"])
async def test_a_body_that_is_too_long_is_413_without_a_code(house: Any, path: str) -> None:
    body = await error(house, path, content=b" " * 1_100_000)
    assert told(body) == (None, 413)


async def test_the_121st_call_in_a_minute_is_226(build: Any) -> None:
    house = await build(rate_limit={})
    async with house.client() as client:
        answers = [await client.get("/app/sessions?limit=1") for _ in range(121)]
        assert [answer.status_code for answer in answers] == [200] * 120 + [429]
        assert told(answers[-1].json()) == ("ERR_NGROK_226", 429)
        assert "120 API requests" in answers[-1].json()["msg"]
        await house.clock.advance(int(answers[-1].headers["retry-after"]))
        assert (await client.get("/app/sessions")).status_code == 200


async def test_what_is_wrong_with_the_credential_is_told_first(house: Any) -> None:
    body = await error(house, "/app/sessions?filter=x", key=None, headers={"Ngrok-Version": "9"})
    assert told(body) == ("ERR_NGROK_200", 401)
