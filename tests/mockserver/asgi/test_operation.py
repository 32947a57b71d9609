"""Operations made ready at start: what cannot be served stops the server there."""

from typing import Any

import pytest
from connexion.exceptions import ResolverError

from specs.json_schema import UnknownKeyword

pytestmark = pytest.mark.anyio


async def look(backend: Any) -> dict[str, Any]:
    return {}


def blocking(backend: Any) -> dict[str, Any]:
    return {}


async def test_an_operation_without_a_handler_stops_the_start(serve: Any, op: Any) -> None:
    with pytest.raises(ResolverError, match="no coroutine named absent"):
        await serve({"/a": {"get": op("absent")}}, look)


async def test_a_handler_that_would_block_stops_the_start(serve: Any, op: Any) -> None:
    with pytest.raises(ResolverError, match="no coroutine named blocking"):
        await serve({"/a": {"get": op("blocking")}}, blocking)


async def test_a_schema_that_is_not_understood_stops_the_start(serve: Any, op: Any) -> None:
    body = {"content": {"application/json": {"schema": {"type": "object", "minProps": 1}}}}
    with pytest.raises(UnknownKeyword, match="minProps"):
        await serve({"/a": {"post": op("look", requestBody=body)}}, look)


@pytest.mark.parametrize("statuses", [["400"], ["200", "201"]])
async def test_an_operation_has_exactly_one_success(
    serve: Any, op: Any, statuses: list[str]
) -> None:
    answers = {status: {"description": ""} for status in statuses}
    with pytest.raises(ValueError, match="successes, not one"):
        await serve({"/a": {"get": op("look", responses=answers)}}, look)


@pytest.mark.parametrize(
    "scheme",
    [
        {"type": "apiKey", "in": "query", "name": "key"},
        {"type": "http", "scheme": "digest"},
        {"type": "oauth2", "flows": {}},
    ],
)
async def test_a_security_scheme_that_is_not_understood_stops_the_start(
    serve: Any, op: Any, scheme: dict[str, Any]
) -> None:
    root = {"components": {"securitySchemes": {"odd": scheme}}}
    with pytest.raises(ValueError, match="not understood"):
        await serve({"/a": {"get": op("look", security=[{"odd": []}])}}, look, root=root)


async def test_two_schemes_at_once_stop_the_start(serve: Any, op: Any) -> None:
    both = {"key": [], "bearer": []}
    with pytest.raises(ValueError, match="one scheme"):
        await serve({"/a": {"get": op("look", security=[both])}}, look)


async def test_the_status_of_a_success_is_the_documented_one(serve: Any, op: Any) -> None:
    toy = await serve({"/a": {"get": op("look", responses={"202": {"description": ""}})}}, look)
    assert (await toy.get("/a")).status_code == 202


async def test_a_base_path_of_the_contract_comes_before_every_path(serve: Any, op: Any) -> None:
    root = {"servers": [{"url": "https://api.toy.example/v6"}]}
    toy = await serve({"/a": {"get": op("look")}}, look, root=root)
    assert (await toy.get("/v6/a")).status_code == 200
    assert (await toy.get("/a")).status_code == 404


async def test_a_handler_is_given_only_what_it_asks_for(serve: Any, op: Any) -> None:
    heard: list[Any] = []

    async def picky(backend: Any, limit: int) -> None:
        heard.append(limit)

    integer = {"type": "integer"}
    parameters = [{"name": n, "in": "query", "schema": integer} for n in ("limit", "offset")]
    toy = await serve({"/a": {"get": op("picky", parameters=parameters)}}, picky)
    await toy.get("/a?limit=5&offset=2")
    assert heard == [5]


async def test_parameters_of_a_path_belong_to_each_of_its_operations(serve: Any, op: Any) -> None:
    heard: list[Any] = []

    async def look_closely(backend: Any, id_: int) -> None:
        heard.append(id_)

    shared = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    toy = await serve(
        {"/a/{id}": {"parameters": [shared], "get": op("look_closely")}}, look_closely
    )
    await toy.get("/a/7")
    assert heard == [7]


async def test_an_answer_that_breaks_the_contract_is_heard_of(serve: Any, op: Any) -> None:
    schema = {"type": "object", "required": ["id"]}
    answers = {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}
    toy = await serve({"/a": {"get": op("look", responses=answers)}}, look)
    assert (await toy.get("/a")).json() == {}
    assert list(toy.breaches) == ["look 200: answer id is required: expected a value"]


async def test_an_answer_that_fits_is_no_breach(serve: Any, op: Any) -> None:
    toy = await serve({"/a": {"get": op("look")}}, look)
    await toy.get("/a")
    assert not toy.breaches


async def test_what_a_handler_wrote_is_undone_when_it_fails(serve: Any, op: Any) -> None:
    async def write(backend: Any) -> None:
        await backend.documents.insert("thing", "x", {})
        raise RuntimeError

    toy = await serve({"/a": {"post": op("write")}}, write)
    assert (await toy.post("/a")).status_code == 500
    async with toy.store.transaction() as transaction:
        assert await transaction.documents("toy/default").get("thing", "x") is None
