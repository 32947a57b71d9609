"""`contract-tests specs`: lints any OpenAPI document, and tells two versions of one apart."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from peers import needs

import specs
from contract_tests.run.specs_command import specs_command

ANSWERS = {
    "200": {
        "description": "Them",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["state"],
                    "properties": {"state": {"type": "string", "enum": ["on", "off"]}},
                },
                "example": {"state": "on"},
            }
        },
    },
    "404": {"description": "None"},
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Things", "version": "1"},
    "paths": {
        "/things/{id}": {
            "get": {
                "operationId": "get_thing",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "responses": ANSWERS,
            }
        }
    },
}
GET = DOCUMENT["paths"]["/things/{id}"]["get"]


def specs_said(*arguments: str | Path) -> Result:
    return CliRunner().invoke(specs_command, [str(argument) for argument in arguments])


def written(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document))
    return path


def changed(**operation: Any) -> dict[str, Any]:
    """Return the document with parts of its operation replaced."""
    document = deepcopy(DOCUMENT)
    document["paths"]["/things/{id}"]["get"] |= operation
    return document


def test_nothing_is_said_against_a_good_document(tmp_path: Path) -> None:
    said = specs_said(written(tmp_path / "api.json", DOCUMENT))
    assert (said.exit_code, said.output.split()[0]) == (0, "0")


def _without_error() -> dict[str, Any]:
    return changed(responses={"200": ANSWERS["200"]})


def _wrong_example() -> dict[str, Any]:
    answer = json.loads(json.dumps(ANSWERS["200"]))
    answer["content"]["application/json"]["example"] = {"state": "asleep"}
    return changed(responses={**ANSWERS, "200": answer})


def _twice() -> dict[str, Any]:
    document = deepcopy(DOCUMENT)
    document["paths"]["/others"] = {"get": {**deepcopy(GET), "parameters": []}}
    return document


def _unnamed() -> dict[str, Any]:
    document = changed()
    del document["paths"]["/things/{id}"]["get"]["operationId"]
    return document


def _secured() -> dict[str, Any]:
    scheme = {"key": {"type": "apiKey", "in": "header", "name": "X-KEY"}}
    return {**changed(security=[{"key": []}]), "components": {"securitySchemes": scheme}}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (_without_error(), "takes an id, and documents no answer where there is none"),
        (_wrong_example(), "'asleep' is not one of ['on', 'off']"),
        (_twice(), "the operationId get_thing stands at 2 operations"),
        (_unnamed(), "GET /things/{id} has no operationId"),
        (_secured(), "needs a credential, and documents no answer without one"),
        (changed(responses={"404": ANSWERS["404"]}), "documents no success"),
        (changed(responses={**ANSWERS, "200": {}}), "(at paths//things/{id}/get/responses/200)"),
    ],
    ids=["error", "example", "twice", "unnamed", "secured", "success", "invalid"],
)
def test_what_is_wrong_is_said(document: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    said = specs_said(written(tmp_path / "api.json", document))
    assert said.exit_code == 1
    assert sentence in said.output


@pytest.mark.parametrize("text", ["", "[]", "{", "openapi: 3.0.3"])
def test_what_is_no_document_is_one_line_and_exit_code_2(text: str, tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(text)
    said = specs_said(path)
    assert said.exit_code == 2
    assert said.output.startswith("contract-tests: ")
    assert said.output.count("\n") == 1


def test_a_file_that_is_not_there_is_exit_code_2(tmp_path: Path) -> None:
    assert specs_said(tmp_path / "none.yaml").exit_code == 2


def test_a_change_that_breaks_clients_is_exit_code_1(tmp_path: Path) -> None:
    old = written(tmp_path / "old.json", DOCUMENT)
    new = written(tmp_path / "new.json", {**DOCUMENT, "paths": {}})
    said = specs_said(new, "--against", old)
    assert said.exit_code == 1
    assert "breaks: GET /things/{id}: operation is gone\n" in said.output


def test_a_change_that_breaks_nobody_is_exit_code_0(tmp_path: Path) -> None:
    old = written(tmp_path / "old.json", DOCUMENT)
    new = written(tmp_path / "new.json", changed(deprecated=True))
    said = specs_said(new, "--against", old)
    assert said.exit_code == 0
    assert "1 changes in" in said.output
    assert "0 breaks, 0 may break, 1 compatible" in said.output


def test_a_new_value_in_an_answer_may_break(tmp_path: Path) -> None:
    answer = json.loads(json.dumps(ANSWERS["200"]))
    answer["content"]["application/json"]["schema"]["properties"]["state"]["enum"] += ["asleep"]
    old = written(tmp_path / "old.json", DOCUMENT)
    new = written(tmp_path / "new.json", changed(responses={**ANSWERS, "200": answer}))
    said = specs_said(new, "--against", old)
    assert said.output.startswith('may break: GET /things/{id} 200 /state: new value "asleep"')


@pytest.mark.parametrize("old", ["nonsense", "--foo", "none.yaml"])
def test_an_old_version_that_is_not_there_is_exit_code_2(old: str) -> None:
    said = specs_said("ngrok", "--against", old)
    assert said.exit_code == 2
    assert said.output.count("\n") == 1


def test_two_contracts_cannot_be_held_against_one() -> None:
    assert specs_said("ngrok", "wisphub", "--against", "HEAD").exit_code == 2


def test_a_revision_is_read_from_git(tmp_path: Path) -> None:
    needs("git")
    folder = tmp_path / "contract"
    shutil.copytree(specs.path_of("wisphub").parent, folder)
    who = {
        f"GIT_{role}_{part}": "x@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    known = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **who}

    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-C", str(folder), *words], env=known, check=True, capture_output=True
        )

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    path = folder / "openapi.yaml"
    path.write_text(
        path.read_text("utf-8").replace(
            "servers:\n", "servers:\n  - url: https://b.example.com\n", 1
        )
    )
    said = specs_said(path, "--against", "HEAD")
    assert "compatible: servers: new address https://b.example.com\n" in said.output
    assert said.exit_code == 0
