"""Single requests: those that are right are not accused, and each fault has one finding."""

from __future__ import annotations

from typing import Any

import pytest
from conduct_cases import found, said

from contract_tests.conduct import REQUEST_RULES
from contract_tests.reports.rules import sentence_of

N, P, T, W = "ngrok", "pingplotter", "thousandeyes", "wisphub"
OP = "operation_exists"
K = "parameters_are_known"
R = "required_parameters_are_sent"
V = "parameters_are_valid"
G = "parameters_fit_together"
H = "placeholders_are_filled"
B = "bodies_are_where_documented"
L = "bodies_are_labelled"
J = "bodies_are_readable"
F = "bodies_fit"
A = "answers_are_acceptable"
D = "deprecated_is_left"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
S, TS = "/app/sessions", "/v6/instant/agent-to-server"
TASK = "/api/v1/ping/7c9e6679-7425-40de-944b-e07fc1f90ae7/"
TEST: dict[str, Any] = {"agents": [{"agentId": 113}], "server": "www.example.com"}
SESSION = {"Target": "192.0.2.1 Router", "AgentUniqueId": "a1:Kq3vWz8XnRt5Lm2PdYc"}
RIGHT: list[tuple[Any, ...]] = [
    (N, f"GET {S}"),
    (N, f"GET {S}?limit=2&before_id="),
    (N, f"GET {S}/as_1"),
    (N, f"DELETE {S}/as_1"),
    (N, f"HEAD {S}"),
    (N, f"OPTIONS {S}"),
    (N, "GET /app/sess%69ons"),
    (N, f"GET {S}", None, {"Accept": "text/html, image/gif, *; q=.2, */*; q=.2"}),
    (N, f"GET {S}", None, {"Accept": "application/*;q=0.5, text/html"}),
    (N, f"GET {S}", None, {"Authorization": "bearer abc_def", "X-Anything": "1"}),
    (T, "GET /v6/agents.json?agentTypes=CLOUD,ENTERPRISE"),
    (T, "GET /agents"),
    (T, "GET /v6/agents/113.json"),
    (T, "GET /v6/tests/voice.json"),
    (T, "GET /v6/status", None, {"Authorization": None}),
    (T, "GET /v6/net/metrics/1?from=2017-03-14+16:20:00&to=2017-03-14T17:20:00"),
    (T, "GET /v6/net/metrics/1.json?window=12h&direction=to_target"),
    (T, f"POST {TS}", {**TEST, "testName": "x", "protocol": "tcp", "interval": 60}),
    (T, "GET /v6/agents", None, {"Authorization": "Basic bW9ja0BleGFtcGxlLmNvbTptb2NrLXRva2Vu"}),
    (T, "POST /v6/instant/123/rerun"),
    (P, "GET /agents?includeDeleted=true"),
    (P, "GET /agents/a1:Kq3"),
    (P, "GET /agents/a1%3AKq3"),
    (P, "GET /sessions?targetName=%22x%22"),
    (P, "PUT /sessions/a1?Action=1"),
    (P, "PUT /sessions/a1?action=0"),
    (P, "POST /sessions", [SESSION]),
    (P, "POST /sessions", [{**SESSION, "TraceIntervalInMs": "2500"}]),
    (P, "POST /sessions/status", {"SessionsIds": ["s1"]}),
    (P, "POST /agents/a1/status"),
    (P, "DELETE /agents", {"UniqueId": "a1"}),
    (P, "PUT /sessions/s1/close"),
    (W, "POST /api/v1/12345/ping/", {"pings": 4}),
    (W, "POST /api/v1/12345/ping/", {"pings": 4}, {"Content-Type": "application/json; charset=x"}),
    (W, f"GET {TASK}"),
    (W, "POST /api/v1/auth/token", b"username=a&password=b%20c&grant_type=password", FORM),
]
WRONG: list[tuple[str, str, Any, dict[str, Any], str]] = [
    # operations
    (N, f"POST {S}", None, {}, f"{OP}  breach"),
    (N, f"DELETE {S}", None, {}, f"{OP}  breach"),
    (N, f"DELETE {S}/", None, {}, f"{OP}  breach"),
    (N, "GET /app/session", None, {}, f"{OP}  breach"),
    (N, f"GET {S}/", None, {}, f"{OP}  breach"),
    (N, f"GET /{S}", None, {}, f"{OP}  breach"),
    (N, "GET /App/Sessions", None, {}, f"{OP}  breach"),
    (N, "GET /v2/app/sessions", None, {}, f"{OP}  breach"),
    (N, "GET /undefined/app/sessions", None, {}, f"{OP}  breach"),
    (N, "GET /tunnels", None, {}, f"{OP}  drift"),
    (N, f"get {S}", None, {}, f"{OP}  breach"),
    (N, f"GET {S}.json", None, {}, f"{OP}  breach"),
    (T, "GET /v6/v6/agents", None, {}, f"{OP}  breach"),
    (T, "POST /v6/instant/voice-call", {}, {}, f"{OP}  breach"),
    (P, "DELETE /agents/a1", None, {}, f"{OP}  breach"),
    (P, "POST /agents/customfields", {}, {}, f"{OP}  breach"),
    (W, "POST /api/v1/12345/ping", {"pings": 4}, {}, f"{OP}  breach"),
    (W, "POST /api/v1//ping/", {"pings": 4}, {}, f"{OP}  breach"),
    # names of parameters
    (N, f"GET {S}?limt=2", None, {}, f"{K} limt breach"),
    (N, f"GET {S}?page=2", None, {}, f"{K} page breach"),
    (N, f"GET {S}?Limit=2", None, {}, f"{K} Limit breach"),
    (N, f"GET {S}?beforeId=as_1", None, {}, f"{K} beforeId breach"),
    (N, f"GET {S}?limit=2&limit=3", None, {}, f"{K} limit breach"),
    (N, f"GET {S}/as_1?limit=3", None, {}, f"{K} limit breach"),
    (N, f"GET {S}?Ngrok-Version=2", None, {"Ngrok-Version": None}, f"{K} Ngrok-Version breach"),
    (
        N,
        f"GET {S}",
        None,
        {"Ngrok-Version": None, "Ngrok-Versoin": "2"},
        f"{K} Ngrok-Version breach",
    ),
    (
        T,
        "GET /v6/agents?agentTypes=CLOUD&agentTypes=ENTERPRISE",
        None,
        {},
        f"{K} agentTypes drift",
    ),
    (T, "GET /v6/agents?agentTypes[]=CLOUD", None, {}, f"{K} agentTypes[] breach"),
    (P, "GET /agents?include_deleted=true", None, {}, f"{K} include_deleted breach"),
    (P, "GET /agents?IncludeDeleted=true", None, {}, f"{K} IncludeDeleted drift"),
    (P, "GET /agents?foo=1", None, {}, f"{K} foo drift"),
    (P, "PUT /sessions/a1?acton=1", None, {}, f"{K} acton breach"),
    (W, "POST /api/v1/1/ping/?pings=4", None, {}, f"{K} pings breach"),
    (P, "PUT /sessions/a1?action=0&Action=1", None, {}, f"{K} action drift"),
    # required ones
    (N, f"GET {S}", None, {"Ngrok-Version": None}, f"{R} Ngrok-Version breach"),
    (P, "PUT /sessions/a1", None, {}, f"{R} action breach"),
    # values
    (N, f"GET {S}", None, {"Ngrok-Version": "1"}, f"{V} Ngrok-Version breach"),
    (N, f"GET {S}", None, {"Ngrok-Version": "v2"}, f"{V} Ngrok-Version breach"),
    (N, f"GET {S}?limit=0", None, {}, f"{V} limit breach"),
    (N, f"GET {S}?limit=101", None, {}, f"{V} limit breach"),
    (N, f"GET {S}?limit=1e3", None, {}, f"{V} limit breach"),
    (N, f"GET {S}?limit=", None, {}, f"{V} limit breach"),
    (N, f"GET {S}?before_id=2", None, {}, f"{V} before_id breach"),
    (
        N,
        f"GET {S}?before_id=se_2t5FqNc8XvLw0RzKm3YbPg7HdSj",
        None,
        {},
        f"{V} before_id assumption",
    ),
    (N, f"GET {S}?limit=%zz", None, {}, f"{V} percent-encoding breach"),
    (N, f"GET {S}/as_%FF", None, {}, f"{V} percent-encoding breach"),
    (P, "GET /agents/a1%253AKq3", None, {}, f"{V} uniqueId breach"),
    (T, "GET /v6/agents/abc", None, {}, f"{V} agentId breach"),
    (T, "GET /v6/net/metrics/1?window=10x", None, {}, f"{V} window breach"),
    (T, "GET /v6/net/metrics/1?from=2017-03-14T16:20:00Z", None, {}, f"{V} from breach"),
    (T, "GET /v6/agents?agentTypes=Cloud", None, {}, f"{V} agentTypes breach"),
    (P, "GET /agents?includeDeleted=True", None, {}, f"{V} includeDeleted drift"),
    (P, "GET /agents?includeDeleted=1", None, {}, f"{V} includeDeleted breach"),
    (P, "PUT /sessions/a1?action=pause", None, {}, f"{V} action breach"),
    (P, "GET /session-trace-data/s/points?startTime=1", None, {}, f"{V} startTime assumption"),
    (W, "GET /api/v1/ping/abc/", None, {}, f"{V} task_id breach"),
    (
        T,
        "GET /v6/net/metrics/1?window=1d&from=2017-03-14T16:20:00",
        None,
        {},
        f"{G} window breach",
    ),
    (T, "GET /v6/net/metrics/1?to=2017-03-14T16:20:00", None, {}, f"{G} to breach"),
    (T, "GET /v6/net/metrics/1?from=2017-02-30T16:20:00", None, {}, f"{G} from breach"),
    (T, f"POST {TS}", {**TEST, "port": 80, "protocol": "icmp"}, {}, f"{G} protocol breach"),
    # what stands for values
    (N, f"GET {S}/undefined", None, {}, f"{H} id breach"),
    (N, f"GET {S}/null", None, {}, f"{H} id breach"),
    (N, f"GET {S}/%7Bid%7D", None, {}, f"{H} id breach"),
    (N, f"GET {S}/[object%20Object]", None, {}, f"{H} id breach"),
    (N, f"GET {S}/:id", None, {}, f"{H} id breach"),
    (W, "GET /api/v1/ping/None/", None, {}, f"{H} task_id breach"),
    (W, "POST /api/v1/NaN/ping/", {"pings": 4}, {}, f"{H} service_id breach"),
    (P, "GET /sessions?targetName=None", None, {}, f"{H} targetName drift"),
    (
        P,
        "POST /sessions",
        [{**SESSION, "AgentUniqueId": "undefined"}],
        {},
        f"{H} /AgentUniqueId breach",
    ),
    # where bodies are
    (N, f"GET {S}", {"limit": 2}, {}, f"{B} body breach"),
    (N, f"DELETE {S}/as_1", {}, {}, f"{B} body breach"),
    (P, "DELETE /agents", None, {}, f"{B} body breach"),
    (T, f"POST {TS}", None, {}, f"{B} body breach"),
    (P, "PUT /sessions/s1/close", {}, {}, f"{B} body drift"),
    (P, "GET /agents", {"a": 1}, {}, f"{B} body breach"),
    # what they are called
    (T, f"POST {TS}", b'{"agents":[{"agentId":1}],"server":"x"}', {}, f"{L} missing breach"),
    (T, f"POST {TS}", TEST, {"Content-Type": "text/plain"}, f"{L} other breach"),
    (T, f"POST {TS}", TEST, {"Content-Encoding": "gzip"}, f"{L} Content-Encoding drift"),
    (P, "POST /sessions", b'[{"Target":"x","AgentUniqueId":"a"}]', {}, f"{L} missing assumption"),
    (P, "POST /sessions", [SESSION], FORM, f"{L} other assumption"),
    (P, "POST /sessions", b"Target=x", FORM, f"{L} other breach"),
    (
        W,
        "POST /api/v1/1/ping/",
        {"pings": 4},
        {"Content-Type": "text/plain;charset=UTF-8"},
        f"{L} other breach",
    ),
    (W, "POST /api/v1/1/ping/", b"pings=4", FORM, f"{L} other breach"),
    (W, "POST /api/v1/auth/token", {"username": "a", "password": "b"}, {}, f"{L} other breach"),
    # whether they can be read
    (P, "POST /sessions", b"{bad", JSON, f"{J} syntax breach"),
    (P, "POST /sessions", b"[\xff]", JSON, f"{J} encoding breach"),
    (
        P,
        "DELETE /agents",
        b'{"UniqueId":"a","UniqueId":"b"}',
        JSON,
        f"{J} repeated key UniqueId breach",
    ),
    (P, "DELETE /agents", b'{"UniqueId":"\\ud800"}', JSON, f"{J} half of a surrogate pair drift"),
    (
        W,
        "POST /api/v1/auth/token",
        b"username=a&username=b&password=c",
        FORM,
        f"{J} repeated field username breach",
    ),
    # whether they fit
    (T, f"POST {TS}", {**TEST, "agents": [113]}, {}, f"{F} /agents/* breach"),
    (
        T,
        f"POST {TS}",
        {**TEST, "agents": [{"agentId": "113"}]},
        {},
        f"{F} /agents/*/agentId breach",
    ),
    (T, f"POST {TS}", {"agents": [{"agentId": 1}]}, {}, f"{F} /server breach"),
    (T, f"POST {TS}", {"agents": [{"agentId": 1}], "sever": "x"}, {}, f"{F} /sever breach"),
    (T, f"POST {TS}", {**TEST, "server": None}, {}, f"{F} /server breach"),
    (T, f"POST {TS}", {**TEST, "port": 70000}, {}, f"{F} /port breach"),
    (T, f"POST {TS}", {**TEST, "protocol": "SCTP"}, {}, f"{F} /protocol breach"),
    (
        T,
        f"POST {TS}",
        {**TEST, "bandwidthMeasurements": True},
        {},
        f"{F} /bandwidthMeasurements breach",
    ),
    (T, f"POST {TS}", {**TEST, "foo": 1}, {}, f"{F} /foo drift"),
    (T, f"POST {TS}", {**TEST, "testId": 1}, {}, f"{F} /testId assumption"),
    (P, "POST /sessions", SESSION, {}, f"{F} / breach"),
    (P, "POST /sessions", [{**SESSION, "Target": " "}], {}, f"{F} /Target assumption"),
    (P, "PUT /sessions", {"SessionId": "s", "Action": "stop"}, {}, f"{F} /Action breach"),
    (P, "PUT /sessions", {"sessionId": "s", "Action": "pause"}, {}, f"{F} /sessionId breach"),
    (W, "POST /api/v1/1/ping/", {"pings": "4"}, {}, f"{F} /pings breach"),
    (W, "POST /api/v1/1/ping/", {"ping": 4}, {}, f"{F} /ping breach"),
    (W, "POST /api/v1/1/ping/", {"pings": 500}, {}, f"{F} /pings assumption"),
    (W, "POST /api/v1/auth/token", b"username=a", FORM, f"{F} /password breach"),
    # what they may be answered in
    (N, f"GET {S}", None, {"Accept": "text/html"}, f"{A} Accept drift"),
    (N, f"GET {S}", None, {"Accept": "*/*;q=0"}, f"{A} Accept drift"),
    (N, f"GET {S}", None, {"Accept": "application/json;q=0, */*"}, f"{A} Accept drift"),
    (T, "GET /v6/agents", None, {"Accept": "text/xml"}, f"{A} Accept assumption"),
    # what is deprecated
    (T, "GET /v6/voice/metrics/1", None, {}, f"{D}  drift"),
    (T, "GET /v6/web/transactions/1", None, {}, f"{D}  assumption"),
]


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case[0]} {case[1]}")
def test_what_the_documents_have_is_not_accused(case: tuple[Any, ...]) -> None:
    vendor, line, *rest = case
    body = rest[0] if rest else None
    assert said(vendor, line, body, headers=rest[1] if len(rest) > 1 else {}) == []


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case[0]} {case[1]} {case[4]}")
def test_one_fault_has_one_finding(case: tuple[str, str, Any, dict[str, Any], str]) -> None:
    vendor, line, body, headers, told = case
    assert said(vendor, line, body, headers=headers) == [told]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /app/session", "/app/sessions or /app/sessions/{id} or /app/users"),
        ("GET /App/Sessions/as_1", "/app/sessions/as_1"),
        ("DELETE /app/sessions/", "/app/sessions/{id}"),
        ("GET //app//sessions", "/app/sessions"),
        ("GET /app/sessions?limt=1", "limit"),
    ],
)
def test_what_was_meant_is_said(line: str, expected: str) -> None:
    assert [finding.expected for finding in found(N, line)] == [expected]


def test_a_body_that_was_not_kept_whole_is_not_judged() -> None:
    assert said(P, "POST /sessions", b'[{"Target', headers=JSON, request_cut=True) == []


def test_both_sides_of_a_finding_are_told() -> None:
    (finding,) = found(T, f"POST {TS}", {**TEST, "port": 70000})
    assert (finding.received, finding.expected) == ("70000", "at most 65535")
    assert finding.statement == "AgentToServerRequest.port"


def test_every_rule_is_seen_to_accuse_and_has_a_sentence() -> None:
    elsewhere = {"credentials_are_shown", "secrets_stay_out_of_urls", "secrets_are_encrypted"}
    accused = {told.partition(" ")[0] for *_, told in WRONG} | elsewhere
    assert accused == {rule.name for rule in REQUEST_RULES}
    assert all(sentence_of(rule.name) == rule.sentence for rule in REQUEST_RULES)
