"""Where the line of a client's code is known, every report tells it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from outcomes import exchange, finding, outcome

from contract_tests.reports import FORMATS, reported
from contract_tests.run.outcome import About

CALLER = "app/sync.py:31 in fetch"


def rendered(kind: str, caller: str = CALLER) -> str:
    shown = finding(exchanges=(replace(exchange(), caller=caller),))
    about = About("http://127.0.0.1:1", "ngrok", vendor="ngrok", mode="client", began_at=1.7e9)
    about = replace(about, command="npm test", child_code=3)
    return FORMATS[kind](reported(outcome(shown, about=about)))


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "har"])
def test_the_line_is_there(kind: str) -> None:
    assert "app/sync.py" in rendered(kind)


@pytest.mark.parametrize("kind", ["text", "html", "json", "junit", "markdown"])
def test_the_clients_command_and_code_are_there(kind: str) -> None:
    text = rendered(kind)
    assert "npm test" in text
    assert "3" in text


@pytest.mark.parametrize("kind", ["text", "html", "markdown"])
def test_there_is_no_seed_to_repeat_with(kind: str) -> None:
    assert "seed" not in rendered(kind)


def test_a_page_about_a_client_speaks_of_what_it_asked() -> None:
    assert "What the client asked" in rendered("html")


def result() -> Any:
    return json.loads(rendered("sarif"))["runs"][0]["results"][0]


def test_sarif_points_at_the_line() -> None:
    place = result()["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "app/sync.py"
    assert place["region"]["startLine"] == 31


def test_sarif_names_the_contract_beside_it() -> None:
    (related,) = result()["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"].startswith("specs/ngrok/")


def test_an_annotation_stands_at_the_line() -> None:
    assert rendered("github").startswith("::error file=app/sync.py,line=31,")


@pytest.mark.parametrize("caller", ["", "<string>:3 in <module>", "odd", "a:b in c"])
def test_without_a_file_the_contract_is_pointed_at(caller: str) -> None:
    assert rendered("github", caller).startswith("::error file=specs/ngrok/")
