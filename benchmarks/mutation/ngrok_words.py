"""Faults of words in ngrok's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mutation.mutant import Bend, Mutant, words
from benchmarks.mutation.ngrok import Ngrok
from benchmarks.mutation.serving import Answer, Call

Item = dict[str, Any]
_LIST = "application_sessions"


def _items(call: Call, answer: Answer) -> Iterator[Item]:
    body = answer.body
    if answer.status != 200 or "sessions" not in call.segments:
        return
    yield from body.get(_LIST, [body])


def _each(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        for item in _items(call, answer):
            change(item)

    return bend


def _only_list(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        if answer.status == 200 and len(call.segments) == 2 and _LIST in answer.body:
            change(answer.body)

    return bend


def _only_single(change: Callable[[Item], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        if answer.status == 200 and len(call.segments) == 3:
            change(answer.body)

    return bend


def _status(before: int, after: int) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        answer.status = after if answer.status == before else answer.status

    return bend


def _errors(change: Callable[[Answer], Any]) -> Bend:
    def bend(call: Call, answer: Answer) -> None:
        del call
        if answer.status >= 400:
            change(answer)

    return bend


def _text(answer: Answer) -> None:
    answer.body, answer.media = b"not found", "text/plain"


def _html(call: Call, answer: Answer) -> None:
    del call
    answer.media = "text/html"


def _deleted_with_body(call: Call, answer: Answer) -> None:
    if call.method == "DELETE" and answer.status == 204:
        answer.status, answer.body = 200, {}


def _as_list(call: Call, answer: Answer) -> None:
    if answer.status == 200 and len(call.segments) == 2:
        answer.body = answer.body.get(_LIST, answer.body)


def _last_only(body: Item) -> None:
    if body[_LIST]:
        del body[_LIST][-1]["created_at"]


_ROWS: tuple[tuple[str, str, Bend], ...] = (
    ("list-201", "a list is answered 200", _status(200, 201)),
    ("delete-200-with-body", "a deletion is answered 204 without a body", _deleted_with_body),
    ("delete-202", "a deletion is answered 204", _status(204, 202)),
    ("no-uri", "a session has a uri", _each(lambda i: i.pop("uri"))),
    (
        "no-user-key",
        "application_user is null, not absent",
        _each(lambda i: i["application_user"] or i.pop("application_user")),
    ),
    ("no-next-key", "the list has next_page_uri", _only_list(lambda b: b.pop("next_page_uri"))),
    ("no-list-uri", "the list has its uri", _only_list(lambda b: b.pop("uri"))),
    ("null-public-url", "public_url is a text", _each(lambda i: i.update(public_url=None))),
    (
        "null-browser",
        "browser_session is an object",
        _only_single(lambda i: i.update(browser_session=None)),
    ),
    ("last-without-created", "every session has created_at", _only_list(_last_only)),
    (
        "ip-as-number",
        "ip_address is a text",
        _each(lambda i: i["browser_session"].update(ip_address=3221225985)),
    ),
    (
        "latitude-as-text",
        "latitude is a number",
        _each(lambda i: (i["browser_session"]["location"] or {}).update(latitude="59.3")),
    ),
    (
        "radius-negative",
        "lat_long_radius_km is unsigned",
        _each(lambda i: (i["browser_session"]["location"] or {}).update(lat_long_radius_km=-1)),
    ),
    (
        "radius-fraction",
        "lat_long_radius_km is an integer",
        _each(lambda i: (i["browser_session"]["location"] or {}).update(lat_long_radius_km=1.5)),
    ),
    (
        "time-without-zone",
        "times are RFC 3339",
        _each(lambda i: i.update(created_at=i["created_at"].rstrip("Z"))),
    ),
    (
        "time-with-space",
        "times are RFC 3339",
        _each(lambda i: i.update(last_active=i["last_active"].replace("T", " "))),
    ),
    (
        "time-as-number",
        "times are RFC 3339 texts",
        _each(lambda i: i.update(expires_at=1768046400)),
    ),
    (
        "user-as-text",
        "application_user is a reference",
        _each(lambda i: i.update(application_user="au_1")),
    ),
    (
        "ref-without-uri",
        "a reference has a uri",
        _each(lambda i: (i["edge"] or {}).pop("uri", None)),
    ),
    (
        "sessions-as-object",
        "application_sessions is a list",
        _only_list(lambda b: b.update(application_sessions={})),
    ),
    ("bare-list", "the list is an object", _as_list),
    ("html", "every answer is JSON", _html),
    ("error-text", "errors are JSON", _errors(_text)),
    ("error-without-details", "an error has details", _errors(lambda a: a.body.pop("details"))),
    (
        "error-without-status",
        "an error repeats its status",
        _errors(lambda a: a.body.pop("status_code")),
    ),
    (
        "error-status-wrong",
        "status_code is the status",
        _errors(lambda a: a.body.update(status_code=418)),
    ),
    ("error-200", "an unknown id is 404", _status(404, 200)),
    ("error-500", "an unknown id is 404, never a server error", _status(404, 500)),
)

MUTANTS: tuple[Mutant, ...] = tuple(words(n, b, Ngrok, bend) for n, b, bend in _ROWS)
