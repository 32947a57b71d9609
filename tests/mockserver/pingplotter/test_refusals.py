"""Keys, methods, media types and limits: what stands before every operation."""

from __future__ import annotations

import pytest

OPERATIONS = [
    ("GET", "/agents"),
    ("POST", "/agents"),
    ("DELETE", "/agents"),
    ("GET", "/agents/customfields"),
    ("POST", "/agents/status"),
    ("GET", "/agents/x"),
    ("PUT", "/agents/x"),
    ("POST", "/agents/x/status"),
    ("POST", "/agents/x/forcereconnect"),
    ("PUT", "/agents/x/session"),
    ("PUT", "/agents/x/sessions"),
    ("GET", "/sessions"),
    ("POST", "/sessions"),
    ("PUT", "/sessions"),
    ("GET", "/sessions/x"),
    ("PUT", "/sessions/x"),
    ("GET", "/sessions/x/status"),
    ("PUT", "/sessions/x/close"),
    ("POST", "/sessions/status"),
]
WITH_BODY = [
    ("POST", "/agents"),
    ("DELETE", "/agents"),
    ("POST", "/agents/status"),
    ("PUT", "/agents/x"),
    ("POST", "/agents/x/status"),
    ("PUT", "/agents/x/session"),
    ("POST", "/sessions"),
    ("PUT", "/sessions"),
    ("POST", "/sessions/status"),
]
LIMIT_HEADERS = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("key", [None, "wrong", '"', "clé".encode()])
async def test_every_operation_wants_a_key(api, method, path, key):
    headers = {} if key is None else {"X-API-KEY": key}
    del api.client.headers["X-API-KEY"]
    said = await api.refused(401, method, path, headers=headers)
    assert ("Missing" if key is None else "Invalid") in said


async def test_the_key_of_another_scheme_is_none(api):
    del api.client.headers["X-API-KEY"]
    headers = {"Authorization": "Bearer mock-pingplotter-key"}
    await api.refused(401, "GET", "/agents", headers=headers)


async def test_a_wrong_key_is_not_repeated(api):
    headers = {"X-API-KEY": "secret-of-somebody"}
    said = await api.refused(401, "GET", "/agents", headers=headers)
    assert "secret-of-somebody" not in said


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
async def test_bodies_must_be_json(api, method, path, content_type):
    headers = {"Content-Type": content_type}
    said = await api.refused(415, method, path, content=b"{}", headers=headers)
    assert "application/json" in said
    assert content_type in said


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
async def test_a_body_has_a_greatest_length(api, method, path):
    headers = {"Content-Type": "application/json"}
    content = b'"' + b"x" * 1_048_576 + b'"'
    assert "1048576" in await api.refused(413, method, path, content=content, headers=headers)


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("content", [b"{", b'{"Name": "\xff"}', b'{"Name": NaN}', b"nul"])
async def test_a_body_must_be_readable(api, method, path, content):
    headers = {"Content-Type": "application/json"}
    said = await api.refused(400, method, path, content=content, headers=headers)
    assert "the request body is invalid: expected JSON in UTF-8" in said


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/agents", "DELETE, GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/sessions", "GET, HEAD, OPTIONS, POST, PUT"),
        ("GET", "/sessions/status", "OPTIONS, POST"),
        ("GET", "/agents/status", "OPTIONS, POST"),
        ("POST", "/sessions/x/close", "OPTIONS, PUT"),
    ],
)
async def test_other_methods_are_not_allowed(api, method, path, allowed):
    answer = await api.send(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed
    assert list(answer.json()) == ["error"]


@pytest.mark.parametrize("path", ["/", "/users", "/agents/", "/agents/x/y", "/sessions/x/y/z"])
async def test_other_paths_are_not_found(api, path):
    assert path in await api.refused(404, "GET", path)


def test_the_limit_is_told_with_every_answer(room):
    async def story(api):
        refused = {"X-API-KEY": "wrong"}
        answers = [
            await api.send("GET", "/agents"),
            await api.send("GET", "/agents", headers=refused),
            await api.send("GET", "/nothing"),
            await api.send("PATCH", "/agents"),
            await api.send("PUT", "/agents/x", json={}),
            await api.send("GET", "/sessions/x"),
        ]
        assert [answer.status_code for answer in answers] == [200, 401, 404, 405, 400, 404]
        for answer in answers:
            assert set(answer.headers) >= LIMIT_HEADERS
            assert answer.headers["x-ratelimit-limit"] == "240"

    room(story, rate_limit={})


def test_a_status_costs_two_and_anything_else_one(room):
    async def story(api):
        session = await api.session()
        agent_id, session_id = session["AgentUniqueId"], session["SessionId"]
        costs = [
            (1, "GET", "/agents", None),
            (1, "GET", f"/sessions/{session_id}", None),
            (2, "GET", f"/sessions/{session_id}/status", None),
            (2, "POST", "/sessions/status", {"SessionIds": [session_id]}),
            (2, "POST", f"/agents/{agent_id}/status", {}),
            (2, "POST", "/agents/status", {"AgentUniqueIds": [agent_id]}),
            (1, "PUT", "/sessions", {"SessionId": session_id, "Action": "pause"}),
        ]
        left = int((await api.send("GET", "/agents")).headers["x-ratelimit-remaining"])
        for cost, method, path, body in costs:
            answer = await api.send(method, path, **({"json": body} if body is not None else {}))
            assert answer.status_code == 200
            left -= cost
            assert int(answer.headers["x-ratelimit-remaining"]) == left

    room(story, rate_limit={})


def test_who_has_used_up_the_allowance_is_told_when_to_come_back(room):
    async def story(api):
        for _ in range(239):
            assert (await api.send("GET", "/agents/customfields")).status_code == 200
        answer = await api.send("POST", "/agents/status", json={"AgentUniqueIds": []})
        assert answer.status_code == 429
        assert answer.json() == {
            "error": "Rate limit exceeded",
            "limit": 240,
            "remaining": 1,
            "cost": 2,
            "retryAfterSeconds": 1,
        }
        assert answer.headers["retry-after"] == "1"
        assert set(answer.headers) >= LIMIT_HEADERS

    room(story, rate_limit={})


def test_the_allowance_refills_as_time_passes(room):
    async def story(api):
        for _ in range(240):
            await api.send("GET", "/agents/customfields")
        assert (await api.send("GET", "/agents/customfields")).status_code == 429
        await api.house.clock.advance(0.25)
        assert (await api.send("GET", "/agents/customfields")).status_code == 200
        assert (await api.send("GET", "/agents/customfields")).status_code == 429
        await api.house.clock.advance(60)
        answer = await api.send("GET", "/agents/customfields")
        assert answer.headers["x-ratelimit-remaining"] == "239"

    room(story, rate_limit={})


def test_a_refused_call_changes_nothing(room):
    async def story(api):
        agent = await api.agent(IsOnline=True)
        for _ in range(240):
            await api.send("GET", "/agents/customfields")
        body = {"UniqueId": agent["UniqueId"]}
        assert (await api.send("DELETE", "/agents", json=body)).status_code == 429
        await api.house.clock.advance(60)
        assert not (await api.ok("GET", f"/agents/{agent['UniqueId']}"))["Deleted"]

    room(story, rate_limit={})


async def test_any_subdomain_of_the_vendor_is_served_with_links_to_itself(api):
    host = "http://yoursubdomain.api.pingplotter.cloud"
    answer = await api.client.get(f"{host}/agents")
    assert answer.status_code == 200
    own = (await api.ok("GET", "/agents"))[0]
    assert answer.json()[0]["UniqueId"] == own["UniqueId"]
    assert answer.json()[0]["DownloadUrl"].startswith(f"{host}/downloads/")
    assert own["DownloadUrl"].startswith("http://127.0.0.1:8080/pingplotter/downloads/")
