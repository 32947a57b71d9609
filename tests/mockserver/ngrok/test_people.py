"""What is told of a user agrees with the sessions of that user."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.anyio


async def test_a_user_was_last_seen_in_the_newest_session(client: Any) -> None:
    sessions = (await client.get("/app/sessions")).json()["application_sessions"]
    users = (await client.get("/app/users")).json()["application_users"]
    for user in users:
        own = [s for s in sessions if s["application_user"]["id"] == user["id"]]
        assert user["created_at"] <= user["last_login"] <= user["last_active"]
        assert all(s["created_at"] <= user["last_login"] for s in own)
        assert all(s["last_active"] <= user["last_active"] for s in own)


async def test_people_stay_where_they_are(client: Any) -> None:
    sessions = (await client.get("/app/sessions")).json()["application_sessions"]
    seen: dict[str, Any] = {}
    for session in sessions:
        browser = session["browser_session"]
        place = (browser["ip_address"], browser["location"])
        assert seen.setdefault(session["application_user"]["id"], place) == place
