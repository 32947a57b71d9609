"""`kill -9` in the midst of WispHub's pings: each one that was promised has one result, once."""

from __future__ import annotations

import http.client
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROUNDS = 20
PATIENCE_S = 60
REAL, STABLE, UNASSIGNED = 12345, 12346, 12349
TOKEN = {"Authorization": "Bearer mock-wisphub-token", "Content-Type": "application/json"}
FLAGS = ("--vendor", "wisphub", "--state", "state.db")


@dataclass
class Ledger:
    """Tasks that clients were promised, and the results that were ever seen."""

    promised: set[str] = field(default_factory=set)
    results: dict[str, Any] = field(default_factory=dict)
    in_the_midst: int = 0


class Client:
    """One connection that starts pings, and asks for some, until the server is killed."""

    def __init__(self, server: Any, ledger: Ledger, chance: random.Random) -> None:
        self.server, self.ledger, self.chance = server, ledger, chance
        self.connection = http.client.HTTPConnection(*server.address, timeout=30)
        # After a request was sent, an answer came, or a result was seen: all are bad moments.
        self.moment = chance.choice(["sent", "promised", "finished"])
        self.left = chance.randrange(1, 12)

    def run(self) -> None:
        with closing(self.connection):
            try:
                while True:
                    self.ask_for(self.start())
            except (OSError, http.client.HTTPException):
                self.server.process.wait()

    def start(self) -> str:
        service = self.chance.choice([REAL, REAL, STABLE, UNASSIGNED])
        body = json.dumps({"pings": self.chance.choice([1, 1, 1, 2, 3])})
        self.connection.request("POST", f"/wisphub/api/v1/{service}/ping/", body, TOKEN)
        self.count("sent")
        task_id: str = json.loads(self.connection.getresponse().read())["data"]["task_id"]
        self.ledger.promised.add(task_id)
        self.count("promised")
        return task_id

    def ask_for(self, task_id: str) -> None:
        for _ in range(self.chance.randrange(4)):
            if self.action(task_id) != "pending":
                self.count("finished")
                return

    def action(self, task_id: str) -> str:
        self.connection.request("GET", f"/wisphub/api/v1/ping/{task_id}/", headers=TOKEN)
        return str(json.loads(self.connection.getresponse().read())["action"])

    def count(self, what: str) -> None:
        self.left -= what == self.moment
        if self.left == 0:
            self.server.process.kill()


def bodies(state: Path, kind: str) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(state)) as connection:
        rows = connection.execute("SELECT body FROM documents WHERE kind=?", (kind,))
        return [json.loads(body) for (body,) in rows]


def check(state: Path, ledger: Ledger) -> None:
    """Hold what the killed server left against the ledger."""
    tasks = {task["id"]: task for task in bodies(state, "ping_task")}
    jobs = [job["payload"]["task_id"] for job in bodies(state, "job")]
    pending = {id_ for id_, task in tasks.items() if task["status"] == "pending"}
    assert ledger.promised <= tasks.keys(), "a task was lost"
    assert sorted(jobs) == sorted(pending), "a task has no job, or more than one"
    for id_, task in tasks.items():
        if task["status"] == "finished":
            assert ledger.results.setdefault(id_, task) == task, "a result came twice"
    ledger.in_the_midst += bool(pending)


def pending(server: Any, ledger: Ledger) -> Iterator[str]:
    client = Client(server, ledger, random.Random(0))
    with closing(client.connection):
        for task_id in sorted(ledger.promised):
            if client.action(task_id) == "pending":
                yield task_id


@pytest.mark.slow
def test_every_promised_ping_has_one_result_after_20_kills(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    ledger, chance, state = Ledger(), random.Random(4), tmp_path / "state.db"
    for _ in range(ROUNDS):
        server = serve(*FLAGS)
        Client(server, ledger, chance).run()
        check(state, ledger)
    server = serve(*FLAGS)
    ends = time.monotonic() + PATIENCE_S
    while unfinished := list(pending(server, ledger)):
        assert time.monotonic() < ends, unfinished
        time.sleep(0.05)
    assert server.end() == 0
    check(state, ledger)
    assert bodies(state, "job") == []
    assert ledger.in_the_midst > ROUNDS / 2
    assert {task["status"] for task in ledger.results.values()} == {"finished"}
    given_up = [t for t in ledger.results.values() if "server ended" in t.get("error", "")]
    assert len(given_up) <= ROUNDS / 3  # each takes three kills of its own


def test_a_server_that_is_killed_by_one_task_is_free_of_it_after_three_times(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    """Stands in for a task that kills: whenever it is begun, the server is killed at once."""
    server = serve(*FLAGS)
    client = Client(server, Ledger(), random.Random(0))
    body = json.dumps({"pings": 100})
    client.connection.request("POST", f"/wisphub/api/v1/{REAL}/ping/", body, TOKEN)
    task_id = json.loads(client.connection.getresponse().read())["data"]["task_id"]
    for attempt in (1, 2, 3):
        client.action(task_id)
        client.connection.close()
        server.process.kill()
        server.process.wait()
        assert [job["attempts"] for job in bodies(tmp_path / "state.db", "job")] == [attempt]
        server = serve(*FLAGS)
        client = Client(server, Ledger(), random.Random(0))
    ends = time.monotonic() + PATIENCE_S
    while (action := client.action(task_id)) == "pending":
        assert time.monotonic() < ends
    client.connection.close()
    assert action == "ping_failed"
