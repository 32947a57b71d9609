"""Clients with one fault each in how they take answers, and servers that bring it to light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from course_broken import (
    MADE,
    ONE,
    again,
    asks_for,
    begins_anew,
    begins_anew_at_each_look,
    by_last_id,
    follows,
    goes_on,
    looks,
    pages_by,
    reads,
    tells_of_users,
    two_at_a_time,
    waits,
    with_cursor,
)
from course_clients import PING
from course_scene import CUT, NO_ANSWER, Ask, Reply, Server, answers
from course_servers import Agents, Failing, Pings, Sessions, next_of, told

FINE = Reply(200)


def down(status: int, times: int = 0) -> Server:
    """Return a server that fails for ever, or so many times."""
    return answers(*[Reply(status)] * times, FINE) if times else answers(Reply(status))


@dataclass(frozen=True)
class Broken:
    """One fault, the rule that finds it, and where it shows."""

    name: str
    rule: str
    client: object
    server: object
    vendor: str = "ngrok"


def _moved(location: str) -> Server:
    return answers(Reply(307, headers=(("Location", location),)))


RETRY_AFTER = "retry_after_is_honoured"
BOUNDED, FINAL = "retries_are_bounded", "refusals_are_final"
UNSAFE, PAGES, PACED = "unsafe_requests_are_not_repeated", "pages_end", "polling_is_paced"
LIMITS, REDIRECTS = "limits_are_heeded", "redirects_are_bounded"
BEGUN, KIND = "work_is_begun_once", "ids_are_of_their_kind"


def _twice(status: int, wait: str) -> object:
    return lambda: answers(told(status, wait), told(status, wait), FINE)


def _failing(inner: object, *plan: Reply | None) -> object:
    return lambda: Failing(inner(), plan)


BROKEN = (
    Broken("does not wait at all", RETRY_AFTER, lambda: waits(0.0), _twice(429, "2")),
    Broken("waits half of it", RETRY_AFTER, lambda: waits(0.5), _twice(429, "1")),
    Broken("takes seconds for milliseconds", RETRY_AFTER, lambda: waits(0.001), _twice(429, "3")),
    Broken(
        "waits the first time only",
        RETRY_AFTER,
        lambda: waits(0, only_first=True),
        _twice(429, "2"),
    ),
    Broken("waits its own backoff", RETRY_AFTER, lambda: waits(0, plus_s=0.5), _twice(429, "2")),
    Broken("heeds 429 and not 503", RETRY_AFTER, lambda: again(ONE, 0.2, 0.4), _twice(503, "2")),
    Broken(
        "cannot read a date",
        RETRY_AFTER,
        lambda: again(ONE, 0.5),
        lambda: Failing(answers(FINE), [told(429, "date")]),
    ),
    Broken(
        "begins a list anew at once",
        RETRY_AFTER,
        begins_anew,
        _failing(Sessions, None, told(429, "2")),
    ),
    Broken(
        "skips what is refused and goes on", RETRY_AFTER, goes_on, lambda: answers(told(429, "30"))
    ),
    Broken(
        "repeats a creation too early",
        RETRY_AFTER,
        lambda: again(MADE, 0.3),
        _failing(Agents, told(429, "2")),
        "pingplotter",
    ),
    Broken("storms without a pause", BOUNDED, lambda: again(ONE, *[0.0] * 200), lambda: down(500)),
    Broken(
        "tries five times without a pause",
        BOUNDED,
        lambda: again(ONE, *[0.0] * 4),
        lambda: down(500),
    ),
    Broken(
        "storms on 503 only", BOUNDED, lambda: again(ONE, *[0.0] * 9, on=(503,)), lambda: down(503)
    ),
    Broken(
        "storms on 429 that tells no time",
        BOUNDED,
        lambda: again(ONE, *[0.01] * 9),
        lambda: down(429),
    ),
    Broken(
        "storms when nobody answers",
        BOUNDED,
        lambda: again(ONE, *[0.0] * 9),
        lambda: down(NO_ANSWER),
    ),
    Broken(
        "storms when answers are cut", BOUNDED, lambda: again(ONE, *[0.0] * 9), lambda: down(CUT)
    ),
    Broken("pauses that do not grow", BOUNDED, lambda: again(ONE, *[0.1] * 50), lambda: down(502)),
    Broken("half a second for ever", BOUNDED, lambda: again(ONE, *[0.5] * 50), lambda: down(504)),
    Broken("two seconds for ever", BOUNDED, lambda: again(ONE, *[2.0] * 50), lambda: down(500)),
    Broken(
        "storms until it is well again",
        BOUNDED,
        lambda: again(ONE, *[0.0] * 99),
        lambda: down(500, 30),
    ),
    Broken(
        "pauses that shrink",
        BOUNDED,
        lambda: again(ONE, 1.0, 0.5, 0.25, *[0.01] * 9),
        lambda: down(500),
    ),
    *(
        Broken(
            f"repeats what was answered {status}",
            FINAL,
            lambda: again(ONE, 0.1, 0.2, 0.4),
            lambda status=status: down(status),
        )
        for status in (400, 401, 403, 405, 406, 413, 415, 422, 501)
    ),
    Broken(
        "repeats a creation that was refused",
        FINAL,
        lambda: again(MADE, 1.0, 2.0),
        lambda: down(422),
        "pingplotter",
    ),
    Broken("shows a refused key again", FINAL, lambda: again(ONE, 0.0, 0.0), lambda: down(401)),
    Broken(
        "asks for ever for what is not there",
        FINAL,
        lambda: again(ONE, *[0.2] * 20),
        lambda: down(404),
    ),
    *(
        Broken(
            f"makes another after {status}",
            UNSAFE,
            lambda: again(MADE, 0.5),
            lambda status=status: _failing(Agents, Reply(status))(),
            "pingplotter",
        )
        for status in (500, 502, 504, NO_ANSWER, CUT)
    ),
    Broken(
        "makes another after a timeout",
        UNSAFE,
        lambda: again(replace(MADE, patience_s=1.0), 0.0),
        _failing(Agents, Reply(200, takes_s=3.0)),
        "pingplotter",
    ),
    Broken(
        "pings again after a cut",
        UNSAFE,
        lambda: again(Ask("POST", PING, b"{}"), 0.2),
        _failing(Pings, Reply(CUT)),
        "wisphub",
    ),
    Broken(
        "asks for the first page again and again",
        PAGES,
        lambda: pages_by(next_target=lambda t, _: t),
        Sessions,
    ),
    Broken(
        "stays on the second page",
        PAGES,
        lambda: pages_by(next_target=lambda t, p: t if "before" in t else next_of(p)),
        Sessions,
    ),
    Broken("stays on an empty page", PAGES, lambda: pages_by(next_target=by_last_id), Sessions),
    Broken(
        "begins anew after the last page",
        PAGES,
        lambda: pages_by(next_target=lambda _, p: next_of(p) or "/app/sessions?limit=2", most=400),
        Sessions,
    ),
    Broken(
        "takes the first id for the cursor",
        PAGES,
        lambda: pages_by(next_target=lambda t, p: with_cursor(0, t, p), limit=5),
        lambda: Sessions(30),
    ),
    Broken(
        "takes the last but one for the cursor",
        PAGES,
        lambda: pages_by(next_target=lambda t, p: with_cursor(-2, t, p), limit=5),
        lambda: Sessions(30),
    ),
    Broken(
        "loses a filter",
        PAGES,
        lambda: pages_by(next_target=lambda _, p: next_of(p) and next_of(p) + "&filter=x"),
        Sessions,
    ),
    Broken("looks without a pause", PACED, lambda: looks(0.0, 500), Pings, "wisphub"),
    Broken("looks every 20 ms", PACED, lambda: looks(0.02, 500), Pings, "wisphub"),
    Broken("looks at two in turns without a pause", PACED, two_at_a_time, Pings, "wisphub"),
    Broken(
        "looks on after the end", PACED, lambda: looks(0.5, 50, after_end=12), Pings, "wisphub"
    ),
    Broken(
        "does not know one of the ends",
        PACED,
        lambda: looks(1.0, 20, ends=("stable_connection",)),
        lambda: Pings(end="no_internet"),
        "wisphub",
    ),
    Broken("reads the same in a busy loop", PACED, lambda: reads(300, 0.0), Sessions),
    Broken("goes on though all are refused", LIMITS, lambda: goes_on(30), lambda: down(429)),
    Broken(
        "follows redirects for ever",
        REDIRECTS,
        lambda: follows(80),
        lambda: _moved("http://127.0.0.1:8080/app/sessions/as_1"),
    ),
    Broken(
        "shows its key to another host",
        REDIRECTS,
        lambda: follows(2),
        lambda: _moved("http://evil.example/app/sessions/as_1"),
    ),
    Broken("looks often for a moment", PACED, lambda: looks(0.02, 8), Pings, "wisphub"),
    Broken(
        "begins anew at each look",
        BEGUN,
        lambda: begins_anew_at_each_look(5),
        lambda: Pings(60.0),
        "wisphub",
    ),
    Broken(
        "begins anew after three looks",
        BEGUN,
        lambda: begins_anew_at_each_look(4, 3),
        lambda: Pings(60.0),
        "wisphub",
    ),
    Broken(
        "shows a bad password again",
        FINAL,
        lambda: again(Ask("POST", "/api/v1/auth/token", b"{}", asker=""), 0.5, 0.5),
        lambda: down(401),
        "wisphub",
    ),
    Broken(
        "runs a test again after an error",
        UNSAFE,
        lambda: again(Ask("POST", "/v6/instant/7/rerun"), 0.5),
        lambda: answers(Reply(500), FINE),
        "thousandeyes",
    ),
    *(
        Broken(name, KIND, lambda spoiled=spoiled: asks_for(spoiled), lambda: tells_of_users)
        for name, spoiled in (
            ("takes the id of a user", lambda item: item["application_user"]["id"]),
            ("takes the id in capitals", lambda item: item["id"].upper()),
            ("takes the end of an id", lambda item: item["id"].partition("_")[2]),
            ("leaves quotes around an id", lambda item: f"%22{item['id']}%22"),
            ("takes another text", lambda _: "a%20browser"),
        )
    ),
)
