"""Faults of words in PingPlotter's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mutation.mutant import Bend, Mutant, words
from benchmarks.mutation.pingplotter import PingPlotter
from benchmarks.mutation.serving import NOTHING, Answer, Call

Item = dict[str, Any]


def _objects(answer: Answer, key: str) -> Iterator[Item]:
    found = answer.body if isinstance(answer.body, list) else [answer.body]
    if answer.status == 200:
        yield from (item for item in found if isinstance(item, dict) and key in item)


def _agents(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        if call.method == "GET":
            for item in _objects(answer, "MachineID"):
                change(item)

    return bend


def _sessions(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        for item in _objects(answer, "SessionId"):
            if "Status" in item:
                change(item)

    return bend


def _statuses(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        for item in _objects(answer, "TargetQuality"):
            change(item)

    return bend


def _created(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        if call.method == "POST" and call.segments == ("agents",):
            for item in _objects(answer, "UniqueId"):
                change(item)

    return bend


def _success(change: Callable[[Answer], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        if answer.status == 200:
            change(answer)

    return bend


def _true(value: Any) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        answer.body = value if answer.body is True else answer.body

    return bend


def _header(name: str, value: str | None) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        answer.headers.pop(name)
        if value is not None:
            answer.headers[name] = value

    return bend


def _qualities(key: str, value: Any) -> Bend:
    return _statuses(lambda i: [q.update({key: value}) for q in i["TargetQuality"]])


def _wrapped(call: Call, answer: Answer) -> None:
    if answer.status == 200 and call.segments == ("sessions",) and call.method == "GET":
        answer.body = {"Sessions": answer.body}


def _created_201(call: Call, answer: Answer) -> None:
    if call.method == "POST" and call.segments == ("agents",) and answer.status == 200:
        answer.status = 201


def _second_digit(text: str) -> str:
    return text.replace("T", " ")


_ROWS: tuple[tuple[str, str, Bend], ...] = (
    ("created-201", "a new agent is answered 200", _created_201),
    ("true-as-text", "writing answers the JSON value true", _true("true")),
    ("true-as-object", "writing answers the JSON value true", _true({"success": True})),
    ("true-as-nothing", "writing answers the JSON value true", _true(NOTHING)),
    ("agent-without-name", "an agent has a Name", _agents(lambda i: i.pop("Name"))),
    (
        "agent-without-fields",
        "an agent has CustomFields",
        _agents(lambda i: i.pop("CustomFields")),
    ),
    (
        "agent-online-text",
        "IsOnline is a boolean",
        _agents(lambda i: i.update(IsOnline=str(i["IsOnline"]).lower())),
    ),
    (
        "agent-count-text",
        "OpenSessions is a number",
        _agents(lambda i: i.update(OpenSessions=str(i["OpenSessions"]))),
    ),
    (
        "agent-time",
        "CreationDate is a date-time",
        _agents(lambda i: i.update(CreationDate=_second_digit(i["CreationDate"]))),
    ),
    (
        "agent-time-number",
        "CreationDate is a text",
        _agents(lambda i: i.update(CreationDate=1768)),
    ),
    ("agent-null-id", "UniqueId is never null", _agents(lambda i: i.update(UniqueId=None))),
    ("agent-servers-list", "Servers is a text", _agents(lambda i: i.update(Servers=["s1"]))),
    (
        "agent-interface-list",
        "CurrentNetworkInterface is an object",
        _agents(lambda i: i.update(CurrentNetworkInterface=[])),
    ),
    (
        "agent-field-number",
        "a custom field's value is a text",
        _agents(lambda i: [f.update(Value=1) for f in i["CustomFields"]]),
    ),
    (
        "created-without-url",
        "a new agent has its DownloadUrl",
        _created(lambda i: i.pop("DownloadUrl")),
    ),
    ("created-without-id", "a new agent has its UniqueId", _created(lambda i: i.pop("UniqueId"))),
    (
        "session-without-agent",
        "a session names its agent",
        _sessions(lambda i: i.pop("AgentUniqueId")),
    ),
    ("session-id-number", "SessionId is a text", _sessions(lambda i: i.update(SessionId=12))),
    ("session-null-status", "Status is a text", _sessions(lambda i: i.update(Status=None))),
    ("session-status-number", "Status is a text", _sessions(lambda i: i.update(Status=1))),
    (
        "session-quality-text",
        "ExpectedQuality is an object",
        _sessions(lambda i: i.update(ExpectedQuality="good")),
    ),
    ("sessions-wrapped", "the sessions are a list", _wrapped),
    (
        "status-without-ip",
        "a session's status has IpAddress",
        _statuses(lambda i: i.pop("IpAddress", None)),
    ),
    ("status-score-text", "QualityScore is a number", _qualities("QualityScore", "92")),
    ("status-score-huge", "QualityScore is 100 less penalties", _qualities("QualityScore", 180)),
    (
        "status-twin-seconds",
        "…InMs is the same moment in milliseconds",
        _statuses(
            lambda i: [
                q.update(MeasuredAtTimestampInMs=(q["MeasuredAtTimestampInMs"] or 0) // 1000)
                for q in i["TargetQuality"]
            ]
        ),
    ),
    ("status-time", "MeasuredAt is a date-time", _qualities("MeasuredAt", "yesterday")),
    (
        "no-remaining",
        "every answer has X-RateLimit-Remaining",
        _header("X-RateLimit-Remaining", None),
    ),
    ("limit-as-text", "X-RateLimit-Limit is a number", _header("X-RateLimit-Limit", "many")),
    (
        "reset-past",
        "X-RateLimit-Reset lies in the future",
        _header("X-RateLimit-Reset", "1000000000"),
    ),
    (
        "remaining-stuck",
        "X-RateLimit-Remaining counts down",
        _header("X-RateLimit-Remaining", "50000"),
    ),
    ("media-text", "answers are JSON", _success(lambda a: setattr(a, "media", "text/plain"))),
    ("broken-json", "answers are JSON", _success(lambda a: setattr(a, "body", b'{"Name": "x"'))),
)

MUTANTS: tuple[Mutant, ...] = tuple(words(n, b, PingPlotter, bend) for n, b, bend in _ROWS)
