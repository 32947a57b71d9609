"""Bodies at the door: media types, charsets, lengths that lie, and what may be left out."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

pytestmark = pytest.mark.anyio
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
SCHEMA = {"type": "object", "required": ["pings"], "properties": {"pings": {"type": "integer"}}}


async def ping(backend: Any, body: Any) -> dict[str, Any]:
    return {"body": body}


async def look(backend: Any) -> dict[str, Any]:
    return {}


async def delete(backend: Any, body: Any) -> dict[str, Any]:
    return {"body": body}


def body(*types: str, required: bool = True, schema: Any = None) -> dict[str, Any]:
    content = {kind: {"schema": schema or SCHEMA} for kind in types}
    return {"required": required, "content": content}


@pytest.fixture
async def toy(serve: Any, op: Any) -> Any:
    paths = {
        "/ping": {"post": op("ping", requestBody=body(JSON))},
        "/look": {"get": op("look")},
        "/gone": {"delete": op("delete", requestBody=body(JSON, required=False))},
    }
    return await serve(paths, ping, look, delete)


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_a_body_that_fits_reaches_the_handler(toy: Any) -> None:
    assert (await toy.post("/ping", json={"pings": 4})).json() == {"body": {"pings": 4}}


async def test_a_chunked_upload_reaches_the_handler(toy: Any) -> None:
    answer = await toy.post(
        "/ping", content=in_pieces(b'{"pin', b'gs":', b" 4}"), headers={"Content-Type": JSON}
    )
    assert answer.json() == {"body": {"pings": 4}}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        " application/json ; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset=utf8; x=y",
        "application/json; charset=us-ascii",
        "application/json;",
        "application/json; x",
    ],
)
async def test_one_media_type_has_many_spellings(toy: Any, content_type: str) -> None:
    answer = await toy.post(
        "/ping", content=b'{"pings":4}', headers={"Content-Type": content_type}
    )
    assert answer.json() == {"body": {"pings": 4}}


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/jsonx",
        "application/xml",
        "multipart/form-data",
        FORM,
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "json",
    ],
)
async def test_any_other_media_type_is_415_and_the_right_one_named(
    toy: Any, content_type: str
) -> None:
    answer = await toy.post(
        "/ping", content=b'{"pings":4}', headers={"Content-Type": content_type}
    )
    assert answer.status_code == 415
    assert JSON in answer.json()["error"]


async def test_a_compressed_body_is_415(toy: Any) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    assert (await toy.post("/ping", content=b"\x1f\x8b", headers=headers)).status_code == 415


async def test_an_identity_encoding_is_no_encoding(toy: Any) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": "Identity"}
    assert (await toy.post("/ping", content=b'{"pings":4}', headers=headers)).status_code == 200


async def test_a_required_body_that_is_missing_is_400(toy: Any) -> None:
    answer = await toy.post("/ping")
    assert answer.status_code == 400
    assert answer.json()["violations"] == [
        "the request body is required: expected a body of application/json"
    ]


async def test_an_empty_body_of_the_right_type_is_400(toy: Any) -> None:
    answer = await toy.post("/ping", content=b"", headers={"Content-Type": JSON})
    assert answer.status_code == 400


@pytest.mark.parametrize("value", [None, [], "x", 7, True, {}, {"pings": "4"}, {"pings": 4.5}])
async def test_a_body_that_breaks_the_contract_is_400(toy: Any, value: Any) -> None:
    assert (await toy.post("/ping", json=value)).status_code == 400


async def test_a_body_on_delete_is_checked_like_any_other(toy: Any) -> None:
    good = await toy.client.request("DELETE", "/toy/gone", json={"pings": 1})
    bad = await toy.client.request("DELETE", "/toy/gone", json={"pings": "x"})
    assert (good.json(), bad.status_code) == ({"body": {"pings": 1}}, 400)


@pytest.mark.parametrize("headers", [{}, {"Content-Type": JSON}])
async def test_a_body_that_may_be_missing_is_none(toy: Any, headers: dict[str, str]) -> None:
    answer = await toy.client.request("DELETE", "/toy/gone", headers=headers)
    assert answer.json() == {"body": None}


async def test_null_is_a_value_and_not_a_missing_body(toy: Any) -> None:
    answer = await toy.client.request("DELETE", "/toy/gone", json=None, content=b"null")
    assert answer.status_code == 415
    typed = {"Content-Type": JSON}
    answer = await toy.client.request("DELETE", "/toy/gone", content=b"null", headers=typed)
    assert answer.status_code == 400


async def test_a_form_is_read_where_the_contract_takes_one(serve: Any, op: Any) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    paths = {"/ping": {"post": op("ping", requestBody=body(JSON, FORM, schema=schema))}}
    toy = await serve(paths, ping)
    assert (await toy.post("/ping", data={"a": "x y"})).json() == {"body": {"a": "x y"}}
    assert (await toy.post("/ping", data={"b": "x"})).status_code == 400


async def test_ten_megabytes_are_413_and_the_next_request_is_served(toy: Any) -> None:
    headers = {"Content-Type": JSON}
    big = await toy.post("/ping", content=b"[" + b" " * 10_000_000 + b"]", headers=headers)
    assert big.status_code == 413
    assert (await toy.post("/ping", json={"pings": 1})).status_code == 200


async def test_ten_megabytes_in_pieces_are_413(toy: Any) -> None:
    pieces = in_pieces(*[b" " * 1_000_000] * 10)
    answer = await toy.post("/ping", content=pieces, headers={"Content-Type": JSON})
    assert answer.status_code == 413


async def test_a_length_that_lies_is_not_trusted(toy: Any, send: Any) -> None:
    for declared in (b"1", b"0", b"11"):
        headers = [
            (b"host", b"localhost"),
            (b"content-type", JSON.encode()),
            (b"content-length", declared),
        ]
        scope = {"method": "POST", "path": "/toy/ping", "headers": headers}
        start, _ = await send(toy.gateway, scope, b'{"pings":', b"4}")
        assert start["status"] == 200


async def test_half_a_body_is_never_handled(toy: Any, send: Any, bringing: Any) -> None:
    sent: list[Any] = []

    async def keep(message: Any) -> None:
        sent.append(message)

    whole = bringing(b'{"pings":4}', b"more")

    async def broken_off() -> Any:
        message = await whole()
        return message if message.get("more_body") else {"type": "http.disconnect"}

    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": "/toy/ping",
        "query_string": b"",
        "headers": [(b"host", b"h"), (b"content-type", JSON.encode())],
    }
    await toy.gateway(scope, broken_off, keep)
    assert sent[0]["status"] == 400


async def test_a_body_that_nobody_asked_for_is_ignored(toy: Any) -> None:
    answer = await toy.client.request("GET", "/toy/look", content=b"hello")
    assert answer.status_code == 200


@pytest.fixture
async def strict(serve: Any, op: Any) -> Any:
    root = {"x-unexpected-request-body": "refuse"}
    return await serve({"/look": {"get": op("look")}}, look, root=root)


@pytest.mark.parametrize("length", [b"5", None])
async def test_or_refused_where_the_vendor_does_so(
    strict: Any, send: Any, length: bytes | None
) -> None:
    framing = (b"content-length", length) if length else (b"transfer-encoding", b"chunked")
    scope = {"path": "/toy/look", "headers": [(b"host", b"h"), framing]}
    start, end = await send(strict.gateway, scope, b"hello")
    assert start["status"] == 400
    assert b"no body, received" in end["body"].replace(b'\\"', b'"')


@pytest.mark.parametrize(
    "headers", [[], [(b"content-length", b"0")], [(b"transfer-encoding", b"chunked")]]
)
async def test_an_empty_body_is_no_body(strict: Any, send: Any, headers: Any) -> None:
    scope = {"path": "/toy/look", "headers": [(b"host", b"h"), *headers]}
    start, _ = await send(strict.gateway, scope, b"")
    assert start["status"] == 200


async def test_a_vendor_may_rewrite_a_body_before_it_is_checked(serve: Any, op: Any) -> None:
    def lenient(operation_id: str, value: Any) -> Any:
        return {"pings": int(value["pings"])} if operation_id == "ping" else value

    paths = {"/ping": {"post": op("ping", requestBody=body(JSON))}}
    toy = await serve(paths, ping, normalise_body=lenient)
    assert (await toy.post("/ping", json={"pings": "4"})).json() == {"body": {"pings": 4}}
