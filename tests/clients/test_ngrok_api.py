"""ngrok's own Python client finds what it expects."""

from __future__ import annotations

import pytest

PRELUDE = """
import ngrok
client = ngrok.Client("mock_ngrok_key", base_url=address)
sessions, users = client.application_sessions, client.application_users

def told(call, *arguments):
    try:
        call(*arguments)
    except ngrok.Error as error:
        return {
            "class": type(error).__name__,
            "status": error.http_status_code,
            "code": error.error_code,
            "message": error.args[1],
            "operation_id": error.operation_id,
        }
"""


@pytest.fixture(scope="module")
def ngrok(client_python, served, script_runner):
    return script_runner(client_python("ngrok-api"), served("ngrok"), PRELUDE)


def test_pages_of_two_are_the_whole_list_newest_first(ngrok):
    seen = ngrok("""
        page, sizes = sessions.list(limit="2"), []
        while page is not None:
            sizes.append(len(page.application_sessions))
            following = page.next_page_uri
            page = following and type(page)(client, client.http_client.request("get", following))
        show(
            sizes=sizes,
            paged=[s.id for s in sessions.list(limit="2")],
            whole=[s.id for s in sessions.list().application_sessions],
            created=[s.created_at for s in sessions.list()],
            left=sessions.list().next_page_uri,
        )
    """)
    whole = seen["whole"]
    assert len(whole) > 4
    assert set(seen["sizes"][:-1]) == {2}
    assert sum(seen["sizes"]) == len(whole)
    assert seen["paged"] == whole
    assert len(set(whole)) == len(whole)
    assert seen["created"] == sorted(seen["created"], reverse=True)
    assert seen["left"] is None


def test_a_list_begins_after_the_given_id(ngrok):
    seen = ngrok("""
        ids = [s.id for s in sessions.list()]
        show(rest=[s.id for s in sessions.list(before_id=ids[2])], expected=ids[3:])
    """)
    assert seen["rest"] == seen["expected"]


def test_a_session_is_the_same_alone_as_in_the_list(ngrok):
    seen = ngrok("""
        listed = list(sessions.list())
        first = listed[0]
        show(same=[sessions.get(s.id) == s for s in listed[:5]], uri=first.uri, id=first.id)
    """)
    assert seen["same"] == [True] * 5
    assert seen["uri"].endswith(f"/app/sessions/{seen['id']}")


def test_every_property_of_every_session_can_be_read(ngrok):
    """The client raises KeyError for a key that is not there, even if its value may be null."""
    seen = ngrok("""
        def read(thing):
            names = [n for n in dir(type(thing)) if isinstance(getattr(type(thing), n), property)]
            return {n: getattr(thing, n) for n in names}

        rows = [read(s) for s in sessions.list()]
        browsers = [read(row["browser_session"]) for row in rows]
        agents = [read(b["user_agent"]) for b in browsers]
        places = [read(b["location"]) for b in browsers if b["location"]]
        show(
            keys=sorted(rows[0]),
            on_edge=sorted({row["edge"] is not None for row in rows}),
            agents=sorted({a["browser_name"] for a in agents}),
            countries=[p["country_code"] for p in places],
        )
    """)
    assert {"id", "uri", "application_user", "edge", "endpoint", "route"} <= set(seen["keys"])
    assert seen["on_edge"] == [False, True]
    assert all(seen["agents"])
    assert all(len(code) == 2 for code in seen["countries"])


def test_a_deleted_session_stays_gone(ngrok):
    seen = ngrok("""
        before = [s.id for s in sessions.list()]
        gone = before[1]
        answer = sessions.delete(gone)
        show(
            gone=gone, answer=answer, before=before, after=[s.id for s in sessions.list()],
            got=told(sessions.get, gone), deleted=told(sessions.delete, gone),
        )
    """)
    assert seen["answer"] is None
    assert seen["after"] == [id_ for id_ in seen["before"] if id_ != seen["gone"]]
    for error in (seen["got"], seen["deleted"]):
        assert error["class"] == "NotFoundError"
        assert error["status"] == 404
        assert error["code"] is None  # as in the vendor's own sample of a 404
        assert error["message"]
        assert error["operation_id"].startswith("op_")


@pytest.mark.parametrize(
    ("key", "code"),
    [("mock_unknown_key", "ERR_NGROK_203"), ("ak_2t7WmZc1XkQr9LbVn4", "ERR_NGROK_208")],
)
def test_a_wrong_key_is_told_by_its_code(ngrok, key, code):
    seen = ngrok(f"""
        stranger = ngrok.Client("{key}", base_url=address)
        show(error=told(stranger.application_sessions.list))
    """)
    assert seen["error"]["class"] == "Error"
    assert seen["error"]["status"] == 401
    assert seen["error"]["code"] == code


def test_a_page_size_out_of_bounds_is_told_by_its_code(ngrok):
    seen = ngrok('show(error=told(sessions.list, None, "101"))')
    assert (seen["error"]["status"], seen["error"]["code"]) == (400, "ERR_NGROK_233")


def test_users_are_listed_and_those_of_sessions_are_among_them(ngrok):
    seen = ngrok("""
        listed = {u.id: u for u in users.list(limit="3")}
        wanted = {s.application_user.id for s in sessions.list() if s.application_user}
        show(
            listed=list(listed), wanted=sorted(wanted),
            same=[users.get(id_) == listed[id_] for id_ in sorted(wanted)[:3]],
            emails=[u.email for u in listed.values()],
            providers=[u.identity_provider.name for u in listed.values()],
        )
    """)
    assert seen["wanted"]
    assert set(seen["wanted"]) <= set(seen["listed"])
    assert seen["same"] == [True] * len(seen["same"])
    assert all("@" in email for email in seen["emails"])
    assert all(seen["providers"])
