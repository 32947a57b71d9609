"""Pings the device of a WispHub service and says how its connection is."""

from __future__ import annotations

import http.client
import json
import os
import sys
import time
from typing import Any
from urllib.parse import quote, urlsplit

BASE = urlsplit(os.environ["CONTRACT_TESTS_URL_WISPHUB"].rstrip("/"))
KEY = os.environ["CONTRACT_TESTS_KEY_WISPHUB"]
SERVICE, PINGS = 12345, 2
TRIES, PAUSE_S, POLLS, POLL_S = 3, 0.2, 20, 1.0
WORDS = {
    "stable_connection": "good",
    "intermittent_connection": "shaky",
    "no_internet": "down",
    "ping_failed": "unknown",
}


class Failed(Exception):
    """The API said no, or something that is no answer."""


def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Return status and JSON of one answer."""
    headers = {"Authorization": f"Bearer {KEY}", "Accept": "application/json"}
    payload = None
    if body is not None:
        payload = json.dumps(body)
        headers["Content-Type"] = "application/json"
    line = http.client.HTTPConnection(BASE.hostname or "", BASE.port, timeout=10)
    try:
        line.request(method, BASE.path + path, payload, headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        line.close()


def begun() -> str:
    """Begin a ping and return the id of the task; begun once, whatever comes of it."""
    try:
        status, answer = ask("POST", f"/api/v1/{SERVICE}/ping/", {"pings": PINGS})
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(f"the ping may have begun or not: {error!r}") from None
    if status != 200:
        raise Failed(f"the ping did not begin: {status} {words(answer)}")
    return str(answer["data"]["task_id"])


def words(answer: Any) -> str:
    """Return the sentence of an answer, if it has one."""
    return str(answer.get("message") or "") if isinstance(answer, dict) else ""


def looked(task: str) -> Any:
    """Return the state of a task; a broken line or server is tried again."""
    for attempt in range(1, TRIES + 1):
        try:
            status, answer = ask("GET", f"/api/v1/ping/{quote(task, safe='')}/")
        except (OSError, http.client.HTTPException, ValueError) as error:
            if attempt == TRIES:
                raise Failed(f"no answer about the ping: {error!r}") from None
        else:
            if status == 200:
                return answer
            if status < 500 or attempt == TRIES:
                raise Failed(f"no result: {status} {words(answer)}")
        time.sleep(PAUSE_S * 2**attempt)
    raise AssertionError("the last attempt returns or raises")


def main() -> int:
    """Do it all; 1 if something was in the way."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        task = begun()
        for _ in range(POLLS):
            time.sleep(POLL_S)
            state = looked(task)
            if state["action"] != "pending":
                print("connection:", WORDS.get(state["action"], state["action"]), words(state))
                return 0
    except Failed as failure:
        print(f"wisphub_ping: {failure}", file=sys.stderr)
        return 1
    print("wisphub_ping: no result in time", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
