"""The inspector finds what is wrong: each of these servers parts from its contract in one way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

import specs
from contract_tests.contract import aimed
from contract_tests.findings import Finding, Tally, run
from contract_tests.target import stand_in

pytestmark = pytest.mark.slow
Spoil = Callable[[int, list[Any], Any], tuple[int, list[Any], Any]]


class Spoiler:
    """Lets another hand change status, headers and JSON of every answer below /ngrok."""

    def __init__(self, app: Any, spoil: Spoil) -> None:
        self._app = app
        self._spoil = spoil

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/ngrok"):
            await self._app(scope, receive, send)
            return
        start: dict[str, Any] = {}

        async def bend(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body = orjson.loads(message["body"]) if message["body"] else None
            status, headers, body = self._spoil(start["status"], start["headers"], body)
            raw = orjson.dumps(body) if body is not None else b""
            kept = [h for h in headers if h[0] != b"content-length"]
            length = [(b"content-length", str(len(raw)).encode())] if status != 204 else []
            await send({**start, "status": status, "headers": [*kept, *length]})
            await send({**message, "body": raw})

        await self._app(scope, receive, bend)


def inspect(spoil: Spoil | None = None, **options: Any) -> list[Finding]:
    wrap = (lambda app: Spoiler(app, spoil)) if spoil else None
    with stand_in(wrap, vendor=("ngrok",)) as house:
        schema = aimed(
            specs.load("ngrok"),
            house.target("ngrok", "inspected"),
            seed=options.pop("seed", 1),
            max_examples=10,
            **options,
        )
        return list(run(schema))


def _without_uri(status: int, headers: list[Any], body: Any) -> tuple[int, list[Any], Any]:
    for session in (body or {}).get("application_sessions", []):
        session.pop("uri")
    return status, headers, body


def _ok_for_all(status: int, headers: list[Any], body: Any) -> tuple[int, list[Any], Any]:
    return (200 if status == 400 else status), headers, body


def _as_text(status: int, headers: list[Any], body: Any) -> tuple[int, list[Any], Any]:
    changed = [(n, b"text/plain" if n == b"content-type" else v) for n, v in headers]
    return status, changed, body


def _failing(status: int, headers: list[Any], body: Any) -> tuple[int, list[Any], Any]:
    return (500 if status == 404 else status), headers, body


def _unasked(status: int, headers: list[Any], body: Any) -> tuple[int, list[Any], Any]:
    return (200 if status == 401 else status), headers, body


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_without_uri, "response_schema_conformance"),
        (_ok_for_all, "negative_data_rejection"),
        (_as_text, "content_type_conformance"),
        (_failing, "not_a_server_error"),
        (_unasked, "ignored_auth"),
    ],
)
def test_a_spoiled_server_is_found_by_the_check_that_is_meant_for_it(
    spoil: Spoil, check: str
) -> None:
    assert check in {finding.check for finding in inspect(spoil, phases=("coverage", "fuzzing"))}


def test_a_finding_names_the_operation_and_a_curl_line_that_repeats_it() -> None:
    finding = inspect(_without_uri, phases=("fuzzing",))[0]
    assert finding.operation == "GET /app/sessions"
    assert finding.curl.startswith("curl ")
    assert "/ngrok/app/sessions" in str(finding)


def test_the_tally_tells_what_was_called_and_in_which_phase() -> None:
    tally = Tally()
    with stand_in(vendor=("ngrok",)) as house:
        target = house.target("ngrok", "tallied")
        schema = aimed(specs.load("ngrok"), target, seed=1, max_examples=5, phases=("fuzzing",))
        assert list(run(schema, tally)) == []
    assert tally.phases == {"fuzzing"}
    assert len(tally.operations) == 5
    assert tally.requests >= 5
