"""What clients do that take answers as they should not."""

from __future__ import annotations

import json
from dataclasses import replace

from course_clients import PING, wait_s
from course_scene import Ask, Client, Reply
from course_servers import ids_of, next_of

ONE = Ask("GET", "/app/sessions/as_1")
MADE = Ask("POST", "/agents", b'{"Name": "A"}')


def again(ask: Ask, *pauses: float, on: tuple[int, ...] = (), until_ok: bool = True) -> Client:
    """Ask again after each of these pauses, while the answer is one of `on`, or not ok."""
    reply = yield ask
    for pause_s in pauses:
        if reply.status in range(200, 400) and until_ok:
            return
        if on and reply.status not in on:
            return
        yield pause_s
        reply = yield ask


def waits(factor: float, *, only_first: bool = False, plus_s: float = 0.0) -> Client:
    """Wait a part of what is asked, perhaps from the second time on."""
    for turn in range(6):
        reply = yield ONE
        if reply.status == 200:
            return
        due_s = wait_s(reply) or 0.0
        yield due_s if only_first and turn == 0 else factor * due_s + plus_s


def goes_on(targets: int = 8) -> Client:
    for number in range(targets):
        yield Ask("GET", f"/app/sessions/as_{number}")


def begins_anew() -> Client:
    """Read the list from its beginning as soon as a later page is refused."""
    for _ in range(4):
        page = yield Ask("GET", "/app/sessions?limit=2")
        while page.status == 200 and next_of(page):
            page = yield Ask("GET", next_of(page))
        if page.status == 200:
            return


def pages_by(*, next_target: object, limit: int = 2, most: int = 200) -> Client:
    """Read pages; `next_target` tells the next of a page, or None."""
    target = f"/app/sessions?limit={limit}"
    for _ in range(most):
        page = yield Ask("GET", target)
        target = next_target(target, page)
        if target is None:
            return


def with_cursor(place: int, target: str, page: Reply) -> str | None:
    if next_of(page) is None:
        return None
    return f"/app/sessions?limit=5&before_id={ids_of(page)[place]}"


def by_last_id(target: str, page: Reply) -> str | None:
    """Keep the cursor where a page is empty, and go on as the page says."""
    shown = ids_of(page)
    return f"/app/sessions?before_id={shown[-1]}&limit=2" if shown else target


def looks(every_s: float, most: int, *, after_end: int = 0, ends: tuple[str, ...] = ()) -> Client:
    begun = yield Ask("POST", PING, b"{}")
    name = json.loads(begun.body)["data"]["task_id"]
    more = after_end
    for _ in range(most):
        yield every_s
        look = yield Ask("GET", f"/api/v1/ping/{name}/")
        action = json.loads(look.body)["action"]
        if action != "pending" and (not ends or action in ends):
            more -= 1
            if more < 0:
                return


def two_at_a_time() -> Client:
    """Begin two pings and look at them in turns, without a pause."""
    names = []
    for times in (b'{"times": 1}', b'{"times": 2}'):
        begun = yield Ask("POST", PING, times)
        names.append(json.loads(begun.body)["data"]["task_id"])
    for _ in range(60):
        for name in names:
            yield Ask("GET", f"/api/v1/ping/{name}/")


def reads(times: int, pause_s: float) -> Client:
    for _ in range(times):
        yield ONE
        yield pause_s


def follows(hops: int) -> Client:
    """Follow redirects with the credential wherever they lead."""
    ask = ONE
    for _ in range(hops):
        reply = yield ask
        if reply.status not in {302, 307}:
            return
        ask = replace(ONE, url=reply.header("Location"))


def begins_anew_at_each_look(times: int, looks_each: int = 1, pause_s: float = 0.5) -> Client:
    """Begin the same ping again as soon as a look or some have not shown its end."""
    for _ in range(times):
        begun = yield Ask("POST", PING, b"{}")
        name = json.loads(begun.body)["data"]["task_id"]
        for _ in range(looks_each):
            yield pause_s
            yield Ask("GET", f"/api/v1/ping/{name}/")


def asks_for(spoiled: object) -> Client:
    """Read the list, and ask for a session by what `spoiled` makes of the first item."""
    page = yield Ask("GET", "/app/sessions")
    item = json.loads(page.body)["application_sessions"][0]
    yield Ask("GET", f"/app/sessions/{spoiled(item)}")


def tells_of_users(ask: Ask, _now_s: float) -> Reply:
    """Answer as ngrok does with one session of one user; anything else is not there."""
    item = {"id": "as_2r1anKb0JY", "application_user": {"id": "au_2r0PpJvAEg"}}
    item["browser_session"] = {"browser": "a browser"}
    if ask.target == "/app/sessions":
        page = {"application_sessions": [item], "uri": "/", "next_page_uri": None}
        return Reply(200, json.dumps(page).encode())
    return Reply(200 if ask.target == f"/app/sessions/{item['id']}" else 404)
