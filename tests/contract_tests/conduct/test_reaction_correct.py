"""Clients that take answers as they should are never accused, whatever their habits."""

from __future__ import annotations

import json

from course_clients import APART, PING, SESSIONS, Habits, makes, pings
from course_scene import NO_ANSWER, Ask, Reply, Scene, accused
from course_servers import FAILURES, Agents, Failing, Pings, Sessions, told
from hypothesis import given, settings
from hypothesis import strategies as st

habits = st.builds(
    Habits,
    retries=st.integers(0, 5),
    base_s=st.sampled_from([0.1, 0.2, 0.5, 1.0, 2.0]),
    factor=st.sampled_from([1.0, 1.5, 2.0, 3.0]),
    jitter=st.booleans(),
    at_once_first=st.booleans(),
    heeds=st.booleans(),
    limit=st.integers(1, 100),
    every_s=st.floats(0.3, 3.0),
    seed=st.integers(0, 99),
)
failures = st.one_of(
    st.none(),
    st.sampled_from(FAILURES).map(Reply),
    st.sampled_from([400, 401, 403, 404, 409, 422]).map(Reply),
    st.builds(told, st.sampled_from([429, 503]), st.sampled_from(["0", "1", "2", "7", "date"])),
)
plans = st.lists(failures, max_size=12)
moments = st.sampled_from([0.001, 0.000001, 1.0])  # of clocks; recordings may tell seconds only


@settings(max_examples=200)
@given(st.sampled_from(SESSIONS), habits, plans, st.integers(0, 30), moments)
def test_readers_of_lists(client, own, plan, items, grain_s):
    server = Failing(Sessions(items), plan)
    assert accused("ngrok", Scene(server, own.seed, grain_s).run(client(own))) == set()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(SESSIONS), habits), min_size=2, max_size=4), plans)
def test_several_accounts_at_the_same_time(clients, plan):
    own = [client(Habits(**{**vars(h), "asker": str(n)})) for n, (client, h) in enumerate(clients)]
    assert accused("ngrok", Scene(Failing(Sessions(9), plan)).run(*own)) == set()


@settings(max_examples=60)
@given(st.lists(st.sampled_from(APART), min_size=2, max_size=4), habits, plans)
def test_one_account_in_parallel(clients, own, plan):
    """Each with a part of its own: several that ask for the very same look like one."""
    own_part = (Habits(**{**vars(own), "limit": number}) for number in range(2, 9))
    workers = (client(part) for client, part in zip(clients, own_part, strict=False))
    assert accused("ngrok", Scene(Failing(Sessions(9), plan)).run(*workers)) == set()


@settings(max_examples=60)
@given(habits, st.integers(3, 20), st.booleans(), st.integers(20, 60))
def test_a_limit_that_is_run_into(own, most, says_when, items):
    server = Sessions(items, most=most, wait="yes" if says_when else "")
    client = SESSIONS[1](Habits(**{**vars(own), "heeds": True, "limit": 5}))
    assert accused("ngrok", Scene(server).run(client)) == set()


@settings(max_examples=60)
@given(habits, plans, st.floats(0.0, 9.0), st.integers(1, 3), st.sampled_from([0.001, 1.0]))
def test_pollers(own, plan, takes_s, clients, grain_s):
    server = Failing(Pings(takes_s), [None, *plan])
    parts = [Habits(**{**vars(own), "limit": number}) for number in range(1, clients + 1)]
    heard = Scene(server, grain_s=grain_s).run(*map(pings, parts))
    assert accused("wisphub", heard) == set()


@settings(max_examples=60)
@given(habits, plans, st.sampled_from([0.001, 1.0]))
def test_makers(own, plan, grain_s):
    heard = Scene(Failing(Agents(), plan), grain_s=grain_s).run(makes(own))
    assert accused("pingplotter", heard) == set()


def test_nobody_is_accused_of_a_server_that_is_down_for_a_while():
    server = Failing(Sessions(3), [Reply(NO_ANSWER)] * 5)
    own = Habits(retries=9, base_s=0.1)
    assert accused("ngrok", Scene(server).run(SESSIONS[0](own))) == set()


def asks_first_who_to_be(habits):
    """Show no credential before it is asked for, at every request."""
    for _ in range(5):
        yield Ask("GET", "/app/sessions?limit=100", asker="")
        yield Ask("GET", "/app/sessions?limit=100", asker=habits.asker)


def test_a_credential_may_wait_for_the_question():
    def serve(ask, now_s):
        return Sessions()(ask, now_s) if ask.asker else Reply(401)

    assert accused("ngrok", Scene(serve).run(asks_first_who_to_be(Habits()))) == set()


def shows_three_ways():
    """Begin a ping, wait for its end, and read the result once for each way to show it."""
    begun = yield Ask("POST", PING, b"{}")
    name = json.loads(begun.body)["data"]["task_id"]
    yield 3.0
    for _ in range(4):
        yield Ask("GET", f"/api/v1/ping/{name}/")


def test_a_result_may_be_read_some_times():
    assert accused("wisphub", Scene(Pings()).run(shows_three_ways())) == set()
