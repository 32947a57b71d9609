"""A ledger's notes in a file: what a run has made is known even if it was killed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from contract_tests.world.ledger import Ledger, Note, replayed


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a run made things: enough to go there again. `contract` is a vendor or a file."""

    url: str
    contract: str
    vendor: bool = True
    roles: str = ""

    @property
    def digest(self) -> str:
        """A name for files about this target, the same for every run."""
        text = f"{self.url}\n{self.contract}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Journal:
    """One file, one line a note; locked as long as its run lives."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        """Take an open and locked file."""
        self.path = path
        self._stream = stream

    def __call__(self, note: Note) -> None:
        """Write a note, so that it outlives this process."""
        self._stream.write(json.dumps(note) + "\n")
        self._stream.flush()

    def close(self, *, is_done: bool) -> None:
        """Let go of the file; if nothing is left to be removed, it goes too."""
        if is_done:
            self.path.unlink(missing_ok=True)
        self._stream.close()


def directory() -> Path:
    """Return where journals are kept: in the user's state directory."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "netmon-in-a-box" / "contract-tests"


def opened(aim: Aim) -> tuple[Journal, Ledger]:
    """Begin a journal of a new run, and the ledger that writes into it."""
    folder = directory()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{aim.digest}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
    stream = path.open("x", encoding="utf-8")
    fcntl.flock(stream, fcntl.LOCK_EX)
    journal = Journal(path, stream)
    journal({"aim": asdict(aim)})
    return journal, Ledger(journal)


def left(aim: Aim | None = None) -> Iterator[tuple[Aim, Journal, Ledger]]:
    """Yield what runs have left that live no more, of one target or of all; the oldest first."""
    pattern = f"{aim.digest}-*.jsonl" if aim else "*.jsonl"
    files = [(path.stat().st_mtime, path) for path in directory().glob(pattern)]
    for _, path in sorted(files):
        stream = path.open("r+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            continue
        notes = list(_notes(stream))
        found = next((note["aim"] for note in notes if "aim" in note), None)
        journal = Journal(path, stream)
        if found is None:
            # Killed before its first line: nothing was sent.
            journal.close(is_done=True)
            continue
        yield Aim(**found), journal, replayed(notes, journal)


def _notes(stream: TextIO) -> Iterator[dict[str, Any]]:
    # The last line of a run that was killed may be half a line.
    for line in stream:
        with suppress(ValueError):
            yield json.loads(line)
