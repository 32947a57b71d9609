"""Shows PingPlotter agents and their quality, traces a target for a while and tidies up."""

from __future__ import annotations

import os
import sys
import time
from typing import Any
from urllib.parse import quote

import httpx

BASE = os.environ["CONTRACT_TESTS_URL_PINGPLOTTER"].rstrip("/")
KEY = os.environ["CONTRACT_TESTS_KEY_PINGPLOTTER"]
TRIES, PAUSE_S, PATIENCE_S = 3, 0.2, 30.0
TARGET = "192.0.2.77 Bench router"


class Failed(Exception):
    """The API said no, or something that is no answer."""


def wait_s(answer: httpx.Response, attempt: int) -> float:
    """Return how long to wait before the next attempt."""
    told = answer.headers.get("Retry-After", "").strip()
    return float(told) if told.isdigit() else PAUSE_S * 2**attempt


def call(client: httpx.Client, method: str, path: str, **given: Any) -> Any:
    """Return the JSON of an answer; only what changes nothing twice is tried again."""
    for attempt in range(1, TRIES + 1):
        try:
            answer = client.request(method, path, **given)
        except httpx.TransportError as error:
            if method == "POST" or attempt == TRIES:
                raise Failed(f"{method} {path}: {error!r}") from None
            time.sleep(PAUSE_S * 2**attempt)
            continue
        pause_s = wait_s(answer, attempt)
        if answer.status_code != 429 or attempt == TRIES or pause_s > PATIENCE_S:
            return read(answer)
        time.sleep(pause_s)
    raise AssertionError("the last attempt returns or raises")


def read(answer: httpx.Response) -> Any:
    """Return the JSON of a success; Failed otherwise."""
    if answer.status_code != 200:
        raise Failed(f"{answer.request.method} {answer.request.url.path}: {answer.status_code}")
    try:
        return answer.json()
    except ValueError:
        raise Failed("the answer is no JSON") from None


def at(kind: str, one_id: str, *more: str) -> str:
    """Return the path of an agent or a session; ids hold colons and may hold more."""
    return "/".join(["", kind, quote(one_id, safe=""), *more])


def agents(client: httpx.Client) -> list[Any]:
    """Print the agents and return them."""
    found: list[Any] = call(client, "GET", "/agents", params={"includeTemplates": "false"})
    for agent in found:
        net = agent.get("CurrentNetworkInterface") or {}
        seen = agent.get("LastMessageTime") or "never"
        print(agent["Name"], "online" if agent["IsOnline"] else "offline", net.get("Type"), seen)
    return found


def qualities(client: httpx.Client, agent_ids: list[str]) -> None:
    """Print how well agents reach their targets."""
    for status in call(client, "POST", "/agents/status", json={"AgentUniqueIds": agent_ids}):
        for quality in status["TargetQuality"]:
            score = quality.get("QualityScore")
            print(quality["Description"], "no data" if score is None else f"{score:.3g}")


def traced(client: httpx.Client, agent_id: str) -> None:
    """Trace a target: begin, pause, continue, look, close."""
    wanted = {"Target": TARGET, "TraceIntervalInMs": 2500, "AgentUniqueId": agent_id}
    call(client, "POST", "/sessions", json=[wanted])
    sessions = call(client, "GET", "/sessions", params={"agentUniqueId": agent_id})
    for session in sessions:
        print(session["SessionId"], session["Description"], session["IpAddress"] or "unresolved")
    own = [s for s in sessions if s["Description"] == "Bench router" and s["Status"] == "Active"]
    for session in own[-1:]:
        session_id = session["SessionId"]
        for action in ("pause", "resume"):
            call(client, "PUT", "/sessions", json={"SessionId": session_id, "Action": action})
        print(call(client, "GET", at("sessions", session_id))["Status"])
        call(client, "PUT", at("sessions", session_id, "close"))


def lent(client: httpx.Client) -> None:
    """Make an agent, give it another name, halt it and take it away."""
    made = call(client, "POST", "/agents", json={"Name": "Bench agent"})["UniqueId"]
    call(client, "PUT", at("agents", made), json={"Name": "Bench agent, new"})
    call(client, "PUT", at("agents", made, "sessions"), params={"action": 0})
    call(client, "DELETE", "/agents", json={"UniqueId": made, "ShouldUninstall": False})
    print("made and deleted", made)


def main() -> int:
    """Do it all; 1 if something was in the way."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    headers = {"X-API-KEY": KEY, "Accept": "application/json"}
    try:
        with httpx.Client(base_url=BASE, headers=headers, timeout=10) as client:
            known = [agent["UniqueId"] for agent in agents(client)]
            qualities(client, known[:3])
            for agent_id in known[:1]:
                traced(client, agent_id)
            lent(client)
    except Failed as failure:
        print(f"pingplotter_sessions: {failure}", file=sys.stderr)
        return 1
    print(f"{len(known)} agents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
