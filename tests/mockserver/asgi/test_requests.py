"""Methods, paths and queries at the door: 404, 405 with Allow, OPTIONS, slashes, strictness."""

from dataclasses import replace
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def read(backend: Any, id_: str) -> dict[str, str]:
    return {"id": id_}


async def write(backend: Any, limit: Any = None) -> dict[str, Any]:
    return {"limit": limit}


async def listing(backend: Any, limit: int, ids: Any = None) -> dict[str, Any]:
    return {"limit": limit, "ids": ids}


ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 9, "minimum": 1}}
IDS = {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "integer"}}}


def paths(op: Any) -> dict[str, Any]:
    return {
        "/things": {"get": op("listing", parameters=[LIMIT, IDS]), "post": op("write")},
        "/things/{id}": {"get": op("read", parameters=[ID])},
        "/slash/": {"post": op("write")},
    }


@pytest.fixture
async def toy(serve: Any, op: Any) -> Any:
    return await serve(paths(op), read, write, listing)


@pytest.fixture
async def strict(serve: Any, op: Any) -> Any:
    root = {"x-unknown-query-parameters": "refuse"}
    return await serve(paths(op), read, write, listing, root=root)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/thing", "/things/", "/things/a/b", "/THINGS", "//things", "/things//", "/.."],
)
async def test_a_path_that_is_not_in_the_contract_is_404(toy: Any, path: str) -> None:
    assert (await toy.get(path)).status_code == 404


async def test_a_404_names_the_path_but_not_all_of_a_long_one(toy: Any) -> None:
    assert (await toy.get("/nowhere")).json()["error"] == "no operation at /nowhere"
    assert len((await toy.get("/" + "x" * 5000)).json()["error"]) < 200


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/things", "GET, HEAD, OPTIONS, POST"),
        ("PUT", "/things/7", "GET, HEAD, OPTIONS"),
        ("GET", "/slash/", "OPTIONS, POST"),
        ("HEAD", "/slash/", "OPTIONS, POST"),
        ("TRACE", "/things", "GET, HEAD, OPTIONS, POST"),
        ("BREW", "/things", "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_a_method_that_is_not_in_the_contract_is_405_with_allow(
    toy: Any, method: str, path: str, allow: str
) -> None:
    answer = await toy.client.request(method, f"/toy{path}")
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


async def test_options_is_answered_without_a_key_or_a_handler(toy: Any) -> None:
    answer = await toy.client.options("/toy/things", headers={"X-Key": ""})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def test_head_is_served_from_get(toy: Any) -> None:
    assert (await toy.client.head("/toy/things/7")).status_code == 200


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("7", "7"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("a%2Fb", "a/b"),
        ("a%0Ab", "a\nb"),
        ("%C3%A4", "ä"),
        ("%25", "%"),
        ("a%3Fb", "a?b"),
        ("..%2F..", "../.."),
        ("%00", "\0"),
    ],
)
async def test_a_path_parameter_is_decoded_once(toy: Any, raw: str, value: str) -> None:
    assert (await toy.get(f"/things/{raw}")).json() == {"id": value}


async def test_bytes_of_a_path_that_are_not_utf_8_are_shown_as_such(toy: Any) -> None:
    assert (await toy.get("/things/%FF")).json() == {"id": "\N{REPLACEMENT CHARACTER}"}


async def test_a_query_that_is_not_utf_8_is_400(toy: Any) -> None:
    assert (await toy.get("/things?limit=%FF")).status_code == 400


async def test_unknown_parameters_are_ignored_by_most_vendors(toy: Any) -> None:
    assert (await toy.get("/things?colour=red&limit=2")).json() == {"limit": 2, "ids": None}


async def test_a_default_is_filled_in(toy: Any) -> None:
    assert (await toy.get("/things")).json()["limit"] == 9


async def test_every_violation_is_told_at_once(toy: Any) -> None:
    answer = await toy.get("/things?limit=0&ids=x")
    assert len(answer.json()["violations"]) == 2


async def test_a_strict_vendor_refuses_unknown_parameters_and_names_the_known(strict: Any) -> None:
    answer = await strict.get("/things?colour=red")
    assert answer.status_code == 400
    assert answer.json()["violations"] == [
        'query colour is invalid: expected one of the parameters ids, limit, received "colour"'
    ]


async def test_names_of_parameters_are_told_apart_by_case(strict: Any) -> None:
    assert (await strict.get("/things?Limit=1")).status_code == 400


async def test_a_strict_vendor_says_none_where_there_are_none(strict: Any) -> None:
    (violation,) = (await strict.get("/things/7?a=1")).json()["violations"]
    assert "one of the parameters none" in violation


async def test_a_strict_vendor_refuses_a_repeated_parameter(strict: Any) -> None:
    (violation,) = (await strict.get("/things?limit=1&limit=2")).json()["violations"]
    assert violation == "query limit is invalid: expected a single value, received an array of 2"


async def test_a_list_may_be_repeated_even_so(strict: Any) -> None:
    assert (await strict.get("/things?ids=1&ids=2")).json()["ids"] == [1, 2]


async def test_a_path_that_cannot_be_is_404_where_no_400_is_documented(
    serve: Any, op: Any
) -> None:
    number = {**ID, "schema": {"type": "integer"}}
    answers = {"200": {"description": ""}, "400": {"description": ""}}
    toy = await serve(
        {
            "/silent/{id}": {"get": op("read", parameters=[number])},
            "/told/{id}": {"get": op("write", parameters=[number], responses=answers)},
        },
        read,
        write,
    )
    assert (await toy.get("/silent/x")).status_code == 404
    assert (await toy.get("/told/x")).status_code == 400


@pytest.fixture
async def redirecting(serve: Any, op: Any) -> Any:
    return await serve(paths(op), read, write, listing, redirects_to_slash=True)


async def test_a_path_that_lacks_only_its_slash_is_redirected(redirecting: Any) -> None:
    answer = await redirecting.post("/slash?a=%20b&c")
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://localhost:8080/toy/slash/?a=%20b&c"
    assert answer.content == b""


async def test_a_redirect_leads_to_the_operation(redirecting: Any) -> None:
    assert (await redirecting.post("/slash", follow_redirects=True)).status_code == 200


async def test_nothing_else_is_redirected(redirecting: Any) -> None:
    for path in ("/nowhere", "/things/", "/slash//"):
        assert (await redirecting.post(path)).status_code == 404


async def test_other_vendors_do_not_redirect(toy: Any) -> None:
    assert (await toy.post("/slash")).status_code == 404


async def test_a_vendor_may_rewrite_a_call_before_it_is_routed(serve: Any, op: Any) -> None:
    def without_suffix(call: Any) -> Any:
        last = call.segments[-1].removesuffix(".json")
        return replace(call, segments=(*call.segments[:-1], last))

    toy = await serve(paths(op), read, write, listing, normalise=without_suffix)
    assert (await toy.get("/things.json")).status_code == 200
    assert (await toy.get("/things/7.json")).json() == {"id": "7"}
