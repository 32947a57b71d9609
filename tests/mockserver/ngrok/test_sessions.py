"""Sessions and users: listed, read, followed from one to the other; sessions deleted for good."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio
Row = dict[str, Any]
SESSION_KEYS = [
    "id",
    "uri",
    "public_url",
    "browser_session",
    "application_user",
    "created_at",
    "last_active",
    "expires_at",
    "endpoint",
    "edge",
    "route",
]
USER_KEYS = [
    "id",
    "uri",
    "identity_provider",
    "provider_user_id",
    "username",
    "email",
    "name",
    "created_at",
    "last_active",
    "last_login",
]
AGENT_KEYS = ["raw", "browser_name", "browser_version", "device_type", "os_name", "os_version"]


async def test_sessions_are_listed_newest_first(sessions: list[Row]) -> None:
    created = [session["created_at"] for session in sessions]
    assert created == sorted(created, reverse=True)
    assert len(set(created)) == len(created) > 30


async def test_users_are_listed_newest_first(users: list[Row]) -> None:
    created = [user["created_at"] for user in users]
    assert created == sorted(created, reverse=True)
    assert len(created) > 10


async def test_a_session_read_by_id_is_the_one_of_the_list(
    client: Any, sessions: list[Row]
) -> None:
    for session in sessions[:5]:
        assert (await client.get(f"/app/sessions/{session['id']}")).json() == session


async def test_a_user_read_by_id_is_the_one_of_the_list(client: Any, users: list[Row]) -> None:
    for user in users[:5]:
        assert (await client.get(f"/app/users/{user['id']}")).json() == user


async def test_the_uri_of_a_session_leads_to_it(client: Any, sessions: list[Row]) -> None:
    assert (await client.get(sessions[0]["uri"])).json() == sessions[0]


async def test_the_user_of_every_session_can_be_read(client: Any, sessions: list[Row]) -> None:
    for session in sessions:
        user = session["application_user"]
        assert (await client.get(user["uri"])).json()["id"] == user["id"]


async def test_every_key_is_always_there(sessions: list[Row], users: list[Row]) -> None:
    assert all(list(session) == SESSION_KEYS for session in sessions)
    assert all(list(user) == USER_KEYS for user in users)


async def test_every_key_of_a_browser_is_always_there(sessions: list[Row]) -> None:
    for session in sessions:
        browser = session["browser_session"]
        assert list(browser) == ["user_agent", "ip_address", "location"]
        assert list(browser["user_agent"]) == AGENT_KEYS


async def test_a_page_has_its_three_keys_even_when_it_is_the_last(client: Any) -> None:
    page = (await client.get("/app/sessions")).json()
    assert list(page) == ["application_sessions", "uri", "next_page_uri"]
    assert page["next_page_uri"] is None


async def test_a_deleted_session_is_gone_for_good(client: Any, sessions: list[Row]) -> None:
    path = f"/app/sessions/{sessions[3]['id']}"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404
    left = (await client.get("/app/sessions")).json()["application_sessions"]
    assert left == sessions[:3] + sessions[4:]


async def test_deleting_a_session_leaves_its_user(client: Any, sessions: list[Row]) -> None:
    await client.delete(sessions[0]["uri"])
    assert (await client.get(sessions[0]["application_user"]["uri"])).status_code == 200


async def test_when_every_session_is_gone_the_list_is_empty(
    client: Any, sessions: list[Row]
) -> None:
    for session in sessions:
        await client.delete(session["uri"])
    page = (await client.get("/app/sessions")).json()
    assert (page["application_sessions"], page["next_page_uri"]) == ([], None)


async def test_head_of_a_session_has_the_length_of_its_body(
    client: Any, sessions: list[Row]
) -> None:
    path = f"/app/users/{sessions[0]['application_user']['id']}"
    got, headed = await client.get(path), await client.request("HEAD", path)
    assert headed.headers["content-length"] == str(len(got.content))


async def test_every_request_has_its_own_operation_id(client: Any) -> None:
    ids = [(await client.get("/app/users")).headers["ngrok-operation-id"] for _ in range(3)]
    assert len(set(ids)) == 3
    assert all(len(id_) == 30 for id_ in ids)


@pytest.mark.parametrize(
    "base", ["http://127.0.0.1:8080/ngrok", "http://box.local/ngrok", "http://[::1]:99/ngrok"]
)
async def test_links_lead_to_where_the_client_came_from(house: Any, base: str) -> None:
    async with house.client(base=base) as client:
        page = (await client.get("/app/sessions?limit=1")).json()
        session = page["application_sessions"][0]
    links = [page["uri"], page["next_page_uri"], session["uri"], session["endpoint"]["uri"]]
    assert all(link.startswith(f"{base}/") for link in links)


@pytest.mark.parametrize("host", ["api.ngrok.com", "ngrok.localhost:8080"])
async def test_by_host_the_paths_are_the_vendors_own(house: Any, host: str) -> None:
    async with house.client(base=f"http://{host}") as client:
        page = (await client.get("/app/sessions?limit=1")).json()
        assert page["uri"] == f"http://{host}/app/sessions"
        following = (await client.get(page["next_page_uri"])).json()
    assert following["application_sessions"]
