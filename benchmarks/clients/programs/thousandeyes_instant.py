"""Runs a ThousandEyes instant test towards a server and prints what the agents measured."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import requests

BASE = os.environ["CONTRACT_TESTS_URL_THOUSANDEYES"].rstrip("/")
KEY = os.environ["CONTRACT_TESTS_KEY_THOUSANDEYES"]
TRIES, PAUSE_S, PATIENCE_S, POLLS, POLL_S = 3, 0.2, 30.0, 40, 0.5
SERVER = "www.example.com"


class Failed(Exception):
    """The API said no, or something that is no answer."""


def wait_s(answer: requests.Response, attempt: int) -> float:
    """Return how long to wait: as told, else until the window ends, else a little longer."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isdigit():
        return float(told)
    reset = answer.headers.get("X-Organization-Rate-Limit-Reset", "")
    if answer.status_code == 429 and reset.isdigit():
        return max(PAUSE_S, float(reset) - time.time())
    return PAUSE_S * 2**attempt


def call(api: requests.Session, method: str, path: str, **given: Any) -> Any:
    """Return the JSON of an answer; a creation is repeated only after a 429."""
    for attempt in range(1, TRIES + 1):
        try:
            answer = api.request(method, f"{BASE}{path}", timeout=10, **given)
        except requests.RequestException as error:
            if method == "POST" or attempt == TRIES:
                raise Failed(f"{method} {path}: {error!r}") from None
            time.sleep(PAUSE_S * 2**attempt)
            continue
        again = {429} if method == "POST" else {429, 500, 502, 503, 504}
        pause_s = wait_s(answer, attempt)
        if answer.status_code not in again or attempt == TRIES or pause_s > PATIENCE_S:
            return read(answer)
        time.sleep(pause_s)
    raise AssertionError("the last attempt returns or raises")


def read(answer: requests.Response) -> Any:
    """Return the JSON of a success; Failed otherwise."""
    if not 200 <= answer.status_code < 300:
        raise Failed(f"{answer.request.method} {answer.request.path_url}: {answer.status_code}")
    try:
        return answer.json()
    except ValueError:
        raise Failed("the answer is no JSON") from None


def chosen(api: requests.Session) -> list[int]:
    """Return two agents of the cloud."""
    known = call(api, "GET", "/agents", params={"agentTypes": "CLOUD"})["agents"]
    for agent in known:
        print(agent["agentName"], agent.get("location") or "", agent.get("countryId") or "")
    return [agent["agentId"] for agent in known[:2]]


def begun(api: requests.Session, agents: list[int]) -> int:
    """Begin the test and return its number."""
    wanted = {
        "testName": "Bench",
        "server": SERVER,
        "port": 443,
        "protocol": "TCP",
        "agents": [{"agentId": agent} for agent in agents],
    }
    made: int = call(api, "POST", "/instant/agent-to-server", json=wanted)["test"][0]["testId"]
    return made


def measured(api: requests.Session, test: int) -> list[Any] | None:
    """Ask until there are results, but not for ever."""
    for _ in range(POLLS):
        time.sleep(POLL_S)
        page = call(api, "GET", f"/net/metrics/{test}", params={"aid": AID} if AID else None)
        found: list[Any] | None = page["net"].get("metrics")
        if found is not None:
            return found
    return None


def line(metric: Any) -> str:
    """Return what one agent measured."""
    loss, mean = metric.get("loss"), metric.get("avgLatency")
    trouble = metric.get("errorDetails") or ""
    shown = [metric["agentName"], metric["date"]]
    shown.append("no loss told" if loss is None else f"{loss:g} % lost")
    shown.append("no latency" if mean is None else f"{mean:.3g} ms")
    return " ".join([*shown, trouble])


AID = os.environ.get("BENCH_ACCOUNT_GROUP", "")


def main() -> int:
    """Do it all; 1 if something was in the way."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with requests.Session() as api:
            api.headers.update({"Authorization": f"Bearer {KEY}", "Accept": "application/json"})
            agents = chosen(api)
            if not agents:
                print("there are no agents")
                return 0
            metrics = measured(api, begun(api, agents))
    except Failed as failure:
        print(f"thousandeyes_instant: {failure}", file=sys.stderr)
        return 1
    if metrics is None:
        print("thousandeyes_instant: no result in time", file=sys.stderr)
        return 1
    for metric in metrics:
        print(line(metric))
    return 0


if __name__ == "__main__":
    sys.exit(main())
