"""The tools side by side: how each is started, and what each calls a finding."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import specs
from benchmarks.mutation.mutants import KEYS
from benchmarks.servers import ROOT, program
from benchmarks.timed import timed

_VARIABLES = {"ngrok": "NGROK_API_KEY", "pingplotter": "PINGPLOTTER_API_KEY"}
_HEADERS = {"ngrok": "Authorization: Bearer {}", "pingplotter": "X-API-KEY: {}"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a tool said of a server: its findings by name, and how long it took."""

    findings: frozenset[str]
    seconds: float
    said_no: bool


Contestant = Callable[[str, str, int, Path], Verdict]


def inspector(api: str, url: str, seed: int, room: Path) -> Verdict:
    """Run our own: `contract-tests server`."""
    report = room / "report.json"
    command = [sys.executable, "-m", "contract_tests", "server", api, "--url", url]
    command += ["--seed", str(seed), "--report", f"json={report}"]
    code, _, seconds = timed(command, ROOT, {_VARIABLES[api]: KEYS[api]})
    found = json.loads(report.read_text("utf-8"))["entries"] if report.exists() else []
    ids = {entry["id"] for entry in found if entry["grade"] != "assumption"}
    return Verdict(frozenset(ids), seconds, code == 1)


def schemathesis(api: str, url: str, seed: int, room: Path) -> Verdict:
    """Run `schemathesis run` with its defaults."""
    report = room / "schemathesis.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", _contract(api, room)]
    command += ["--url", url, "-H", _header(api), "--seed", str(seed)]
    command += ["--report", "json", "--report-json-path", str(report)]
    code, _, seconds = timed(command, room)
    found = json.loads(report.read_text("utf-8"))["failures"] if report.exists() else []
    names = {f"{failure['type']} {name}" for failure in found for name in failure["operations"]}
    return Verdict(frozenset(names), seconds, code == 1)


def dredd(api: str, url: str, seed: int, room: Path) -> Verdict:
    """Run Dredd on the successes only: it would wait for a 429 from every operation."""
    del seed
    path = _contract(api, room, _successes_only)
    command = [program("node"), str(ROOT / "node_modules/.bin/dredd"), path, url]
    code, text, seconds = timed([*command, "--header", _header(api)], room)
    found = re.findall(r"fail\S*: (\w+ \(\d+\) \S+)", re.sub(r"\x1b\[\d+m", "", text))
    return Verdict(frozenset(found), seconds, code == 1)


def specmatic(api: str, url: str, seed: int, room: Path) -> Verdict:
    """Run Specmatic; its own answers to examples would fail where they show no headers."""
    del seed
    path = _contract(api, room, _without_answers)
    command = [program("node"), str(ROOT / "node_modules/.bin/specmatic"), "test", path]
    command += ["--testBaseURL", url, "--junitReportDir", str(room / "junit")]
    code, _, seconds = timed(command, room, {"apiKey": KEYS[api], "ApiKey": KEYS[api]})
    found = set()
    for report in (room / "junit").glob("*.xml"):
        for case in ET.parse(report).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                found.add(str(case.get("name")))
    return Verdict(frozenset(found), seconds, code == 1)


CONTESTANTS: Mapping[str, Contestant] = {
    "contract-tests": inspector,
    "schemathesis": schemathesis,
    "dredd": dredd,
    "specmatic": specmatic,
}


def room() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for the traces that a tool leaves."""
    return tempfile.TemporaryDirectory(prefix="mutation-")


def _header(api: str) -> str:
    return _HEADERS[api].format(KEYS[api])


def _contract(
    api: str, room_path: Path, change: Callable[[dict[str, Any]], None] | None = None
) -> str:
    contract = deepcopy(specs.load(api))
    if change:
        change(contract)
    path = room_path / f"{api}.json"
    path.write_text(json.dumps(contract), "utf-8")
    return str(path)


def _operations(contract: dict[str, Any]) -> list[dict[str, Any]]:
    items = contract["paths"].values()
    return [item[method] for item in items for method in specs.METHODS if method in item]


def _successes_only(contract: dict[str, Any]) -> None:
    for operation in _operations(contract):
        answers = operation["responses"]
        operation["responses"] = {s: a for s, a in answers.items() if s.startswith("2")}


def _without_answers(contract: dict[str, Any]) -> None:
    for operation in _operations(contract):
        for answer in operation["responses"].values():
            for media in answer.get("content", {}).values():
                media.pop("example", None)
                media.pop("examples", None)
