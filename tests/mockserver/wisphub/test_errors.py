"""What the client hears of a request that cannot be carried out."""

from __future__ import annotations

import pytest

import specs
from mockserver.asgi.schema import Checker
from mockserver.core.sqlite_store import SqliteStore
from probes.errors import ProbeError

JSON = {"Content-Type": "application/json"}
TASK = "7c9e6679-7425-40de-944b-e07fc1f90ae7"


def call(wisphub, method, path, **options):
    async def story(client):
        return await client.http.request(method, path, **options)

    return wisphub(story)


def message(answer, status, action):
    """Return the message of an error after looking at the rest of it."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    told = body.pop("message")
    assert body == {"ok": False, "type": "error", "action": action, "data": None, "meta": None}
    return told


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "pings: Field required, expected a value"),
        ({"pings": "10"}, 'pings: expected integer, received "10"'),
        ({"pings": 1.5}, "pings: expected integer, received 1.5"),
        ({"pings": True}, "pings: expected integer, received true"),
        ({"pings": None}, "pings: expected integer, received null"),
        ({"pings": 0}, "pings: expected at least 1, received 0"),
        ({"pings": 101}, "pings: expected at most 100, received 101"),
        ([], "body: expected object, received an array of 0"),
    ],
)
def test_a_body_that_is_wrong_is_told_field_by_field(wisphub, body, expected):
    answer = call(wisphub, "POST", "/api/v1/12345/ping/", json=body)
    assert message(answer, 400, "ping_failed") == f"Error de validación: {expected}"


def test_every_violation_is_told(wisphub):
    answer = call(wisphub, "POST", "/api/v1/home/ping/", json={"pings": 0})
    assert message(answer, 400, "ping_failed") == (
        'Error de validación: service_id: expected integer, received "home"; '
        "pings: expected at least 1, received 0"
    )


@pytest.mark.parametrize("bounds", [1, 100])
def test_both_bounds_of_pings_are_allowed(wisphub, bounds):
    answer = call(wisphub, "POST", "/api/v1/12345/ping/", json={"pings": bounds})
    assert answer.status_code == 200


def test_a_missing_body_is_told(wisphub):
    told = message(call(wisphub, "POST", "/api/v1/12345/ping/"), 400, "ping_failed")
    assert told.startswith("Error de validación: body: Field required")


def test_a_body_that_is_no_json_is_told(wisphub):
    answer = call(wisphub, "POST", "/api/v1/12345/ping/", content=b'{"pings": ', headers=JSON)
    assert "JSON in UTF-8" in message(answer, 400, "ping_failed")


@pytest.mark.parametrize("service_id", [1, 0, -12345, 999_999_999])
def test_an_unknown_service_is_not_found(wisphub, service_id):
    answer = call(wisphub, "POST", f"/api/v1/{service_id}/ping/", json={"pings": 4})
    assert message(answer, 404, "ping_failed") == "Service not found"


def test_an_unknown_task_is_not_found(wisphub):
    answer = call(wisphub, "GET", f"/api/v1/ping/{TASK}/")
    assert message(answer, 404, "error") == "Task not found"


@pytest.mark.parametrize("task_id", ["1", "not-a-uuid", TASK[:-1], "%00", "a%2Fb"])
def test_a_malformed_task_id_is_no_known_task_either(wisphub, task_id):
    answer = call(wisphub, "GET", f"/api/v1/ping/{task_id}/")
    assert message(answer, 404, "error").startswith("Task not found: task_id: expected a uuid")


def test_a_body_of_another_type_is_not_read(wisphub):
    answer = call(wisphub, "POST", "/api/v1/12345/ping/", data={"pings": "4"})
    told = message(answer, 415, "error")
    assert told.startswith("Unsupported Media Type: Content-Type: expected application/json")


def test_a_body_that_is_too_large_is_not_read(wisphub):
    body = b'{"pings": 4, "note": "' + b"x" * 1_100_000 + b'"}'
    answer = call(wisphub, "POST", "/api/v1/12345/ping/", content=body, headers=JSON)
    assert message(answer, 413, "error").startswith("Request body too large")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/api/v1/12345/ping/", "OPTIONS, POST"),
        ("DELETE", f"/api/v1/ping/{TASK}/", "GET, HEAD, OPTIONS"),
        ("PUT", "/api/v1/auth/token", "OPTIONS, POST"),
    ],
)
def test_a_method_that_is_not_there_is_told_with_those_that_are(wisphub, method, path, allow):
    answer = call(wisphub, method, path)
    assert allow in message(answer, 405, "error")
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/api/v1/12345/ping", f"/api/v1/ping/{TASK}"])
def test_a_path_without_its_slash_is_redirected(wisphub, path):
    answer = call(wisphub, "POST" if "12345" in path else "GET", f"{path}?a=1")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith(f"/wisphub{path}/?a=1")


class FragileStore(SqliteStore):
    """A store that a test can break."""

    broken = False

    def transaction(self):
        if self.broken:
            raise RuntimeError("broken by a test")
        return super().transaction()


def test_a_fault_of_the_stand_in_is_told_in_the_vendors_words(wisphub):
    async def story(client):
        client.stand_in.app.store.broken = True
        return await client.create(12345)

    told = message(wisphub(story, with_store=FragileStore()), 500, "error")
    assert told == "Ocurrió un error interno en el servidor."


def test_a_refused_task_leaves_nothing_behind(wisphub):
    async def story(client):
        await client.create(1)
        await client.create(12345, pings=0)
        return await client.documents("ping_task"), await client.documents("job", "jobs")

    assert wisphub(story) == ([], [])


def test_errors_fit_the_contract(wisphub, counted):
    async def story(client):
        task_id = await client.start(12345)
        await client.wait()
        return {
            ("create_ping_task", "400"): await client.create(12345, pings=0),
            ("create_ping_task", "401"): await client.create(12345, headers={"Authorization": ""}),
            ("create_ping_task", "404"): await client.create(1),
            ("create_ping_task", "415"): await client.http.post(
                "/api/v1/12345/ping/", content=b"x", headers={"Content-Type": "text/plain"}
            ),
            ("get_ping_result", "200"): await client.result(task_id),
            ("get_ping_result", "401"): await client.result(
                TASK, headers={"Authorization": "Bearer x"}
            ),
            ("get_ping_result", "404"): await client.result("x"),
            ("create_token", "400"): await client.http.post("/api/v1/auth/token"),
            ("create_token", "401"): await client.log_in("default", "wrong"),
            ("create_token", "415"): await client.http.post("/api/v1/auth/token", json={}),
        }

    answers = wisphub(story, with_network=counted(error=ProbeError("no")))
    schemas = documented_answers()
    for (operation_id, status), answer in answers.items():
        assert str(answer.status_code) == status, answer.text
        assert Checker(schemas[operation_id, status]).accepts(answer.json()), answer.text


def documented_answers():
    return {
        (operation["operationId"], status): answer["content"]["application/json"]["schema"]
        for item in specs.load("wisphub")["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
    }
