"""A contract that nobody here knows: rules need nothing but what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.roles.model import Roles
from contract_tests.wire.exchange import Exchange, Headers, Request, Response


def _parameter(name: str, where: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "schema": schema, **more}


_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}
_BOOK = {
    "type": "object",
    "required": ["id", "title"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "title": _TEXT,
        "isbn": {**_TEXT, "deprecated": True},
        "secret": {**_TEXT, "writeOnly": True},
    },
}
CONTRACT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Books", "version": "1"},
    "servers": [{"url": "https://books.example.com/v2"}],
    "security": [{"query": []}, {"cookie": []}, {"both": [], "app": []}],
    "paths": {
        "/books": {
            "get": {
                "operationId": "list_books",
                "parameters": [
                    _parameter("tag", "query", {"type": "array", "items": _TEXT}),
                    _parameter("old", "query", _TEXT, deprecated=True),
                    _parameter("price", "query", _NUMBER),
                    _parameter("any", "query", {}),
                    _parameter("X-Trace", "header", {"type": "array", "items": _WHOLE}),
                    _parameter("lang", "cookie", {"type": "string", "enum": ["en", "de"]}),
                ],
                "responses": {"200": {"description": "", "content": {"text/csv": {}}}},
            },
            "post": {
                "operationId": "create_book",
                "requestBody": {"content": {"application/json": {"schema": _BOOK}}},
                "responses": {"201": {"description": ""}},
            },
        },
        "/search": {
            "get": {
                "operationId": "search",
                "parameters": [
                    _parameter("q", "query", {"type": "object"}, style="deepObject"),
                    {"name": "json", "in": "query", "content": {"application/json": {}}},
                ],
                "security": [],
                "responses": {"200": {"description": ""}},
            }
        },
        "/books/{id}.{kind}": {
            "get": {
                "operationId": "get_book",
                "parameters": [
                    _parameter("id", "path", {"type": "integer"}, required=True),
                    _parameter("kind", "path", {**_TEXT, "enum": ["pdf"]}, required=True),
                ],
                "security": [{}, {"query": []}],
                "responses": {"200": {"description": ""}},
            }
        },
    },
    "components": {
        "securitySchemes": {
            "query": {"type": "apiKey", "in": "query", "name": "key"},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
            "both": {"type": "http", "scheme": "basic"},
            "app": {"type": "apiKey", "in": "header", "name": "X-App"},
        }
    },
}


def said(line: str, body: Any = None, *headers: tuple[str, str], status: int = 200) -> list[str]:
    method, _, target = line.partition(" ")
    sent: Headers = (*headers, ("Content-Type", "application/json")) if body else headers
    content = b"" if body is None else json.dumps(body).encode()
    exchange = Exchange(
        f"http://127.0.0.1:1{target}",
        Request(method, target, sent, content),
        Response(status, (), b""),
    )
    found = Conduct(CONTRACT, Roles()).hear(Heard(exchange, 1, 0.0, 1.0))
    return [f"{f.rule} {f.place} {f.grade}" for f in found]


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ("GET /v2/books?key=opensesame&tag=a&tag=b", ()),
        ("GET /v2/books?tag=a", (("Cookie", "sid=opensesame; lang=de"),)),
        ("GET /v2/books", (("Authorization", "Basic YWRhOnNlc2FtZQ=="), ("X-App", "app1"))),
        ("GET /v2/books?key=opensesame&price=1e3&any=x", (("X-Trace", "1,2"),)),
        ("GET /v2/search?q[a]=1&q[b]=2", ()),
        ("GET /v2/books/7.pdf", ()),
        ("GET /books?key=opensesame", ()),
    ],
)
def test_what_the_contract_has_is_not_accused(line: str, headers: Headers) -> None:
    assert said(line, None, *headers) == []


@pytest.mark.parametrize(
    ("line", "headers", "told"),
    [
        ("GET /v2/books", (), "credentials_are_shown credential breach"),
        ("GET /v2/books", (("X-App", "a"),), "credentials_are_shown credential breach"),
        ("GET /v2/books?key=undefined", (), "credentials_are_shown credential breach"),
        ("GET /v2/books?key=k12345&old=x", (), "deprecated_is_left old drift"),
        ("GET /v2/books?key=k12345&price=dear", (), "parameters_are_valid price breach"),
        ("GET /v2/books?key=k12345&price=1&price=2", (), "parameters_are_known price drift"),
        ("GET /v2/books?key=k12345&titel=x", (), "parameters_are_known titel drift"),
        ("GET /v2/books?key=k12345", (("X-Trace", "1,b"),), "parameters_are_valid X-Trace breach"),
        ("GET /v2/books?key=k12345", (("X-Tracce", "1"),), "parameters_are_known X-Trace breach"),
        (
            "GET /v2/books",
            (("Cookie", "sid=k12345; lang=fr"),),
            "parameters_are_valid lang breach",
        ),
        ("GET /v2/books/x.pdf", (), "parameters_are_valid id breach"),
        ("GET /v2/books/7.doc", (), "parameters_are_valid kind breach"),
        ("GET /v2/v2/books?key=k12345", (), "operation_exists  breach"),
        ("GET /v2/book?key=k12345", (), "operation_exists  breach"),
        (
            "GET /v2/search?token=k12345",
            (),
            "secrets_stay_out_of_urls the query parameter token breach",
        ),
    ],
)
def test_a_fault_has_its_finding(line: str, headers: Headers, told: str) -> None:
    assert said(line, None, *headers) == [told]


def test_a_path_without_that_of_the_base_url_is_accused_where_nobody_knows_it() -> None:
    assert said("GET /books?key=k12345", status=404) == ["operation_exists  breach"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"title": "x", "secret": "y"}, []),
        ({"title": "x", "id": 7}, ["bodies_fit /id drift"]),
        ({"title": "x", "isbn": "1"}, ["deprecated_is_left /isbn drift"]),
        ({"secret": "y"}, ["bodies_fit /title breach"]),
        ({"titel": "x"}, ["bodies_fit /titel breach"]),
    ],
)
def test_bodies_are_those_of_requests(body: Any, told: list[str]) -> None:
    assert said("POST /v2/books?key=k12345", body) == told
