"""`kill -9` in the midst of concurrent writes: whatever was acknowledged is there afterwards."""

import http.client
import json
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

ROUNDS = 50
NEW_ACCOUNTS = 10
SESSIONS_EACH = 37


@dataclass
class Ledger:
    """What clients were promised, and what they asked for without hearing an answer."""

    keys: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, set[str]] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    attempted: set[str] = field(default_factory=set)
    acknowledged: int = 0
    unanswered: int = 0


class Client:
    """One connection that writes until the server is gone."""

    def __init__(self, address: tuple[str, int], siege: "Siege") -> None:
        self.connection = http.client.HTTPConnection(*address, timeout=30)
        self.siege = siege

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        headers = {"Content-Type": "application/json"} if body else {}
        if key:
            headers |= {"Authorization": f"Bearer {key}", "Ngrok-Version": "2"}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        if method != "GET":
            self.siege.count("sent")
        answer = self.connection.getresponse()
        content = answer.read()
        if method != "GET":
            self.siege.count("acknowledged")
        return answer.status, json.loads(content) if content else None


class Siege:
    """One round: three clients write, and one of them kills the server in the midst of it."""

    def __init__(self, server: Any, ledger: Ledger, chance: random.Random, number: int) -> None:
        self.server, self.ledger, self.number = server, ledger, number
        self.lock = threading.Lock()
        # Just after a request was sent, or just after an answer came: both are bad moments.
        self.moment = chance.choice(["sent", "acknowledged"])
        self.left = chance.randrange(1, 40)

    def count(self, what: str) -> None:
        with self.lock:
            self.ledger.acknowledged += what == "acknowledged"
            self.left -= what == self.moment
            if self.left == 0:
                self.server.process.kill()

    def client(self) -> Client:
        return Client(self.server.address, self)

    def run(self) -> None:
        names = [name for name in self.ledger.sessions if name.startswith(f"r{self.number - 1}-")]
        stories = [self.create, *(lambda part=part: self.delete(part) for part in halves(names))]
        threads = [threading.Thread(target=self.until_the_end, args=(s,)) for s in stories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.server.process.kill()
        self.server.process.wait()

    def until_the_end(self, story: Callable[[], None]) -> None:
        try:
            story()
        except (OSError, http.client.HTTPException):
            with self.lock:
                self.ledger.unanswered += 1

    def create(self) -> None:
        with self.client() as client:
            for number in range(NEW_ACCOUNTS):
                name = f"r{self.number}-{number}"
                status, account = client.ask("POST", "/__mock/accounts", {"name": name})
                assert status == 201
                self.ledger.keys[name] = account["keys"]["ngrok"]

    def delete(self, names: list[str]) -> None:
        rows = [(name, id_) for name in names for id_ in sorted(self.ledger.sessions[name])]
        with self.client() as client:
            for name, id_ in rows:
                self.ledger.attempted.add(id_)
                path = f"/ngrok/app/sessions/{id_}"
                status, _ = client.ask("DELETE", path, key=self.ledger.keys[name])
                assert status == 204
                self.ledger.deleted.add(id_)


def halves(names: list[str]) -> tuple[list[str], list[str]]:
    return names[::2], names[1::2]


def listed(client: Client, key: str) -> set[str]:
    _, page = client.ask("GET", "/ngrok/app/sessions", key=key)
    return {session["id"] for session in page["application_sessions"]}


def check(siege: Siege, prefixes: tuple[str, ...]) -> None:
    with siege.client() as client:
        compare(client, siege.ledger, prefixes)


def compare(client: Client, ledger: Ledger, prefixes: tuple[str, ...]) -> None:
    """Hold the server against the ledger, then learn about accounts it did not acknowledge."""
    _, body = client.ask("GET", "/__mock/accounts")
    found = {account["name"]: account["keys"]["ngrok"] for account in body["accounts"]}
    assert ledger.keys.items() <= found.items()
    for name, sessions in ledger.sessions.items():
        if name.startswith(prefixes):
            there = listed(client, found[name])
            assert not there & ledger.deleted, f"a deletion in {name} was lost"
            assert sessions - ledger.attempted <= there, f"too much is gone from {name}"
    for name in set(found) - set(ledger.sessions) - {"default", "sandbox"}:
        ledger.keys[name] = found[name]
        ledger.sessions[name] = listed(client, found[name])
        assert len(ledger.sessions[name]) == SESSIONS_EACH


@pytest.mark.slow
def test_every_acknowledged_write_survives_50_kills(serve: Callable[..., Any]) -> None:
    ledger, chance = Ledger(), random.Random(9)
    for number in range(ROUNDS):
        server = serve("--state", "state.db", "--rate-limit", "ngrok=off")
        siege = Siege(server, ledger, chance, number)
        check(siege, (f"r{number - 2}-",))
        siege.run()
    server = serve("--state", "state.db", "--rate-limit", "ngrok=off")
    check(Siege(server, ledger, chance, ROUNDS), ("r",))
    assert ledger.acknowledged > 10 * ROUNDS
    assert ledger.unanswered > ROUNDS / 2


def test_a_server_that_was_killed_starts_again_at_once(serve: Callable[..., Any]) -> None:
    first = serve("--state", "state.db")
    answer = first.post("/__mock/accounts", json={"name": "worker"})
    first.process.kill()
    first.process.wait()
    second = serve("--state", "state.db")
    assert second.get("/__mock/accounts/worker").json() == answer.json()


def test_kills_while_the_file_is_made_leave_a_file_that_can_be_opened(
    launched: Callable[..., Any], serve: Callable[..., Any], tmp_path: Any
) -> None:
    for kills in range(4):
        words = ("serve", "--port", "0", "--vendor", "ngrok", "--state", f"{kills}.db")
        with launched(*words, cwd=tmp_path) as process:
            while not (tmp_path / f"{kills}.db").exists():
                assert process.poll() is None
            sum(range(kills * 30_000))  # a little later each time
            process.kill()
        assert serve("--state", f"{kills}.db").get("/__mock/health").status_code == 200
