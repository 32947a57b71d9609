"""Any OpenAPI document becomes a contract: of three versions, over files, in circles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from contract_tests.calls.caller import operations
from contract_tests.calls.samples import sample
from contract_tests.foreign import BadContract, load
from contract_tests.foreign.documents import Documents
from contract_tests.foreign.schemas import Schemas
from specs.json_schema import compiled, to_json_schema

OK = {"200": {"description": "Fine."}}


def written(folder: Path, document: dict[str, Any], name: str = "api.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(document))
    return path


def of(folder: Path, schema: Any, version: str = "3.0.3", **components: Any) -> dict[str, Any]:
    """What a schema in an answer becomes."""
    content = {"application/json": {"schema": schema}}
    answers = {"200": {"description": "", "content": content}}
    document = {
        "openapi": version,
        "paths": {"/x": {"get": {"responses": answers}}},
        "components": {"schemas": components},
    }
    contract = load(written(folder, document))
    found = contract["paths"]["/x"]["get"]["responses"]["200"]["content"]
    schema_: dict[str, Any] = found["application/json"]["schema"]
    return schema_


def accepts(schema: dict[str, Any], value: Any) -> bool:
    return bool(compiled(to_json_schema(schema)).is_valid(value))


@pytest.mark.parametrize("vendor", specs.vendors())
def test_our_own_contracts_are_read_as_they_are(vendor: str) -> None:
    own, read = specs.load(vendor), load(specs.path_of(vendor))
    assert set(operations(read)) == set(operations(own))
    assert specs.base_path(read) == specs.base_path(own)


def test_a_name_is_made_of_method_and_path_and_no_name_is_given_twice(tmp_path: Path) -> None:
    get, post = {"operationId": "a", "responses": OK}, {"operationId": "a", "responses": OK}
    paths = {"/pets/{id}": {"get": {"responses": OK}}, "/x": {"get": get, "post": post}}
    contract = load(written(tmp_path, {"openapi": "3.0.3", "paths": paths}))
    assert set(operations(contract)) == {"get_pets_id", "a", "post_x"}


def test_a_parameter_of_a_path_that_nobody_declared_is_a_text(tmp_path: Path) -> None:
    paths = {"/pets/{id}": {"get": {"responses": OK}}}
    contract = load(written(tmp_path, {"openapi": "3.0.3", "paths": paths}))
    (parameter,) = operations(contract)["get_pets_id"].parameters
    assert (parameter["name"], parameter["in"], parameter["required"]) == ("id", "path", True)


def test_an_operations_own_parameter_goes_before_that_of_its_path(tmp_path: Path) -> None:
    shared = {"name": "id", "in": "query", "schema": {"type": "string"}}
    own = {**shared, "schema": {"type": "integer"}}
    item = {"parameters": [shared], "get": {"parameters": [own], "responses": OK}}
    contract = load(written(tmp_path, {"openapi": "3.0.3", "paths": {"/x": item}}))
    (parameter,) = operations(contract)["get_x"].parameters
    assert parameter["schema"] == {"type": "integer"}


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        (None, ""),
        ([], ""),
        ([{"url": "/v1/"}], "/v1"),
        ([{"url": "https://example.com"}], ""),
        ([{"url": "https://{r}.example.com/{v}", "variables": {"v": {"default": "v2"}}}], "/v2"),
    ],
)
def test_a_base_path_is_read_from_any_servers(tmp_path: Path, servers: Any, path: str) -> None:
    document = {
        "openapi": "3.0.3",
        "servers": servers,
        "paths": {"/x": {"get": {"responses": OK}}},
    }
    assert specs.base_path(load(written(tmp_path, document))) == path


def test_schemas_in_a_circle_end(tmp_path: Path) -> None:
    node = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        },
    }
    schema = of(tmp_path, {"$ref": "#/components/schemas/Node"}, Node=node)
    assert not accepts(schema, {"name": "a", "children": [{"name": 1}]})
    assert accepts(schema, {"name": "a", "children": [{"name": "b"}]})


def test_schemas_that_grow_without_end_stay_small(tmp_path: Path) -> None:
    """Thirty schemas, each of which holds ten of the others, would be 10^30 otherwise."""
    wide = {
        f"S{n}": {
            "type": "object",
            "properties": {
                f"p{m}": {"$ref": f"#/components/schemas/S{(n + m) % 30}"} for m in range(10)
            },
        }
        for n in range(30)
    }
    schema = of(tmp_path, {"$ref": "#/components/schemas/S0"}, **wide)
    assert len(json.dumps(schema)) < 200_000
    assert not accepts(schema, {"p1": 1})


@pytest.mark.parametrize("start", ["A", "Start"])
def test_alternatives_that_were_cut_do_not_exclude_one_another(tmp_path: Path, start: str) -> None:
    """Wherever the cut falls: one step more to the first schema moves it."""
    box = {"type": "object", "required": ["x"], "properties": {"x": {"$ref": _A}}}
    choice = {"oneOf": [{"$ref": "#/components/schemas/Box"}, {"type": "string"}]}
    first = {"$ref": f"#/components/schemas/{start}"}
    schema = of(tmp_path, first, A=choice, Box=box, Start={"$ref": _A})
    value: Any = "text"
    for _ in range(20):
        assert accepts(schema, value)
        value = {"x": value}


_A = "#/components/schemas/A"


def test_a_reference_to_another_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "pet.yaml").write_text(
        "Pet: {$ref: '#/Named'}\nNamed: {type: integer}\n"
    )
    assert of(tmp_path, {"$ref": "parts/pet.yaml#/Pet"}) == {"type": "integer"}


def test_yaml_has_neither_dates_nor_norway(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(
        "openapi: 3.0.3\npaths:\n  /x:\n    get:\n      responses: {200: {description: ''}}\n"
        "      parameters:\n      - {name: c, in: query, example: 2020-01-01,"
        " schema: {type: string, enum: [NO, off, true]}}\n"
    )
    operation = operations(load(path))["get_x"]
    assert list(operation.definition["responses"]) == ["200"]
    assert operation.parameters[0]["example"] == "2020-01-01"
    assert operation.parameters[0]["schema"]["enum"] == ["NO", "off", True]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": ["string", "null"]}, None, 1),
        ({"type": ["string", "integer"]}, 1, None),
        ({"const": "a"}, "a", "b"),
        ({"type": "integer", "exclusiveMinimum": 3}, 4, 3),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, None, "a"),
        ({"type": "object", "properties": {"a": {"const": 1}}}, {"a": 1}, {"a": 2}),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, [1], {}),
    ],
)
def test_words_of_3_1_are_said_in_those_of_3_0(
    tmp_path: Path, schema: Any, good: Any, bad: Any
) -> None:
    read = of(tmp_path, schema, "3.1.0")
    assert accepts(read, good)
    assert not accepts(read, bad)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/components/schemas/P", "nullable": True},
        {"nullable": True, "allOf": [{"$ref": "#/components/schemas/P"}]},
        {"type": "object", "nullable": True, "allOf": [{"$ref": "#/components/schemas/P"}]},
        {"$ref": "#/components/schemas/P", "x-nullable": True},
    ],
)
def test_null_is_meant_where_nullable_stands_beside_another_schema(
    tmp_path: Path, schema: Any
) -> None:
    read = of(tmp_path, schema, P={"type": "object", "required": ["a"]})
    assert accepts(read, None)
    assert accepts(read, {"a": 1})
    assert not accepts(read, {})


def test_a_pattern_that_is_none_is_left_out(tmp_path: Path) -> None:
    assert "pattern" not in of(tmp_path, {"type": "string", "pattern": "(["})


KEYWORDS = st.sampled_from(
    [
        *("type", "properties", "items", "allOf", "anyOf", "oneOf", "enum", "required", "pattern"),
        *("nullable", "minimum", "minLength", "format", "not", "const", "additionalProperties"),
        *("exclusiveMinimum", "uniqueItems", "$ref", "default", "examples", "x-y", "if", "$defs"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["string", "object", "a", "(["]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYWORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(schema=st.dictionaries(KEYWORDS.filter(lambda k: k != "$ref"), VALUES, max_size=6))
def test_no_schema_however_odd_is_too_much(schema: dict[str, Any]) -> None:
    """It is read, compiled, and sampled, or its references are refused."""
    try:
        plain = Schemas(Documents(__file__)).plain(schema, "file:///none")
    except BadContract:
        return
    compiled(to_json_schema(plain))
    sample(plain)
