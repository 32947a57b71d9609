"""The commands in docs/field-notes.md find in published clients what the notes say."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "field-notes.md").read_text("utf-8")
NODE = "ngrok-api-node"
LIMIT_S = 120
_NOTE = re.compile(r"^### (?P<title>.+?)$(?P<body>.+?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^```sh\n(contract-tests client .+?)\n```$", re.MULTILINE | re.DOTALL)
_FOUND = re.compile(r"`(\w+)` \((breach|drift|assumption)\)")


@dataclass(frozen=True)
class Note:
    """What a note says: its command, what that finds, prints and calls, and how it ends."""

    title: str
    command: str
    found: frozenset[tuple[str, str]]
    code: int
    says: str
    covered: frozenset[str]

    @property
    def client(self):
        """The name of the client's environment."""
        named = re.search(r"\.cache/clients/([\w.-]+)/", self.command)
        return named[1] if named else NODE


def _note(title, body):
    line = re.search(r"^Found: ((?:nothing|`\w+` \(\w+\))\..+)$", body, re.MULTILINE)[1]
    says = re.search(r"^Says: `(.+)`$", body, re.MULTILINE)
    covered = re.search(r"^Covered: (.+)$", body, re.MULTILINE)
    return Note(
        title,
        _COMMAND.search(body)[1],
        frozenset(_FOUND.findall(line)),
        int(re.search(r"Exit code: (\d)", line)[1]),
        says[1] if says else "",
        frozenset(re.findall(r"`(.+?)`", covered[1])) if covered else frozenset(),
    )


NOTES = [_note(found["title"], found["body"]) for found in _NOTE.finditer(TEXT)]


def test_every_note_names_client_and_version():
    assert len(NOTES) == 11
    assert all(re.match(r"`(@?[\w/-]+)` \d[\w.]+", note.title) for note in NOTES)


def test_every_program_is_in_a_note():
    drivers = {path.name for path in (ROOT / "tests/clients/drivers").iterdir()} - {"client.mjs"}
    assert {note.command.rpartition("/")[2] for note in NOTES} == drivers


@pytest.mark.slow
@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.title.replace("`", ""))
def test_a_note_is_true(note, client_python, client_modules, tmp_path):
    (client_modules if note.client == NODE else client_python)(note.client)
    report = tmp_path / "report.json"
    _, _, *rest = shlex.split(note.command)
    done = subprocess.run(
        [sys.executable, "-m", "contract_tests", "client", "--report", f"json={report}", *rest],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert report.exists(), done.stderr
    told = json.loads(report.read_text("utf-8"))
    assert {(one["rule"], one["grade"]) for one in told["entries"]} == note.found, done.stderr
    assert done.returncode == note.code, done.stderr
    assert note.says in done.stdout
    answered = [one for one in told["coverage"]["operations"] if _is_answered(one)]
    assert note.covered <= {one["label"] for one in answered}


def _is_answered(operation):
    return any(count for status, count in operation["statuses"].items() if status < "3")
