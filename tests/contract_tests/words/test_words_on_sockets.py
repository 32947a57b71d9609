"""Over real sockets: a right server has no words against it, a bent answer has its one finding."""

from __future__ import annotations

from typing import Any

from spoiled import Bend, spoiled

from contract_tests.findings.finding import Finding
from contract_tests.words import Words


def heard(bend: Bend | None) -> list[Finding]:
    """Return what is found in ngrok's lists."""
    with spoiled("ngrok", bend) as world:
        words, findings = Words(world.contract), list[Finding]()
        world.wire.listeners.append(lambda exchange: findings.extend(words.findings(exchange)))
        world.call("list_application_sessions")
        world.call("list_application_users", {"limit": 0})
    return findings


def _late(method: str, target: str, body: Any) -> Any:
    del method, target
    body["application_sessions"][-1]["created_at"] = "3rd of March"
    return body


def test_a_right_server_and_one_with_a_bad_time_in_its_last_item() -> None:
    assert heard(None) == []
    found = heard(_late)
    assert [(f.statement, f.aspect) for f in found] == [
        ("ApplicationSession.created_at", "format")
    ]
    assert (found[0].received, found[0].expected) == ('"3rd of March"', "a date-time")
