"""Swagger 2.0 is said in words of 3.0; what is no contract is refused with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import specs
from contract_tests.calls.caller import operations
from contract_tests.foreign import BadContract, load


def written(folder: Path, document: dict[str, Any]) -> Path:
    path = folder / "api.json"
    path.write_text(json.dumps(document))
    return path


SWAGGER = {
    "swagger": "2.0",
    "host": "example.com",
    "basePath": "/v2",
    "securityDefinitions": {"plain": {"type": "basic"}},
    "consumes": ["application/json"],
    "produces": ["application/json"],
    "paths": {
        "/pets": {
            "get": {
                "parameters": [
                    {"name": "tags", "in": "query", "type": "array", "items": {"type": "string"}}
                ],
                "responses": {
                    "200": {"description": "", "schema": {"$ref": "#/definitions/Pet"}},
                    "404": {"$ref": "#/responses/Missing"},
                },
            },
            "post": {
                "parameters": [
                    {"name": "pet", "in": "body", "required": True, "schema": {"type": "object"}}
                ],
                "responses": {"201": {"description": ""}},
            },
        },
        "/files": {
            "post": {
                "parameters": [
                    {"name": "file", "in": "formData", "type": "file", "required": True}
                ],
                "responses": {"200": {"description": ""}},
            }
        },
    },
    "definitions": {"Pet": {"type": "object", "required": ["id"]}},
    "responses": {"Missing": {"description": "", "schema": {"type": "string"}}},
}


def test_swagger_2_has_servers_bodies_answers_and_credentials(tmp_path: Path) -> None:
    contract = load(written(tmp_path, SWAGGER))
    known = operations(contract)
    json_ = "application/json"
    assert specs.base_path(contract) == "/v2"
    assert contract["components"]["securitySchemes"]["plain"] == {
        "type": "http",
        "scheme": "basic",
    }
    assert known["post_pets"].definition["requestBody"]["required"] is True
    answers = known["get_pets"].definition["responses"]
    assert answers["200"]["content"][json_]["schema"] == {"type": "object", "required": ["id"]}
    assert answers["404"]["content"][json_]["schema"] == {"type": "string"}
    assert known["get_pets"].parameters[0]["explode"] is False


def test_a_file_of_swagger_2_is_a_part_of_a_form(tmp_path: Path) -> None:
    body = operations(load(written(tmp_path, SWAGGER)))["post_files"].definition["requestBody"]
    schema = body["content"]["multipart/form-data"]["schema"]
    assert schema["properties"]["file"] == {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[]", "not an object"),
        ("{}", "names no version"),
        ('{"swagger": "1.2", "paths": {}}', "convert it"),
        ('{"openapi": "3.0.3"}', "no `paths`"),
        ("a: [", "neither JSON nor YAML"),
        ('{"openapi": "3.0.3", "paths": {"/x": {"$ref": "#/no"}}}', "there is none"),
        ('{"openapi": "3.0.3", "paths": {"/x": {"$ref": "#/paths/~1x"}}}', "circle"),
        ('{"openapi": "3.0.3", "paths": {"/x": {"$ref": "gone.yaml"}}}', "gone.yaml"),
        ('{"openapi": "3.0.3", "paths": {"/x": {"$ref": "https://example.com/x"}}}', "elsewhere"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(
    tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(content)
    with pytest.raises(BadContract, match=says):
        load(path)


@pytest.mark.parametrize("source", ["/nowhere/api.yaml", "http://192.0.2.1/openapi.json"])
def test_what_is_not_there_or_not_here_is_refused(source: str) -> None:
    with pytest.raises(BadContract):
        load(source)
