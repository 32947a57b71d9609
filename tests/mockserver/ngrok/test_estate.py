"""What an account holds: the same for a seed, believable in itself, and nobody else's."""

import re
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

pytestmark = pytest.mark.anyio
Row = dict[str, Any]
PATHS = ("/app/sessions", "/app/users")
DOCUMENTATION = [ip_network(f"{net}/24") for net in ("192.0.2.0", "198.51.100.0", "203.0.113.0")]
# South, north, west, east of the mainland and near islands, by hand and generous.
BOXES = {
    "DE": (47, 56, 5, 16),
    "FR": (41, 52, -6, 10),
    "GB": (49, 61, -9, 2),
    "IT": (35, 48, 6, 19),
    "JP": (24, 46, 122, 146),
    "IN": (6, 36, 68, 98),
    "BR": (-34, 6, -74, -34),
    "AU": (-44, -9, 112, 154),
    "CN": (18, 54, 73, 135),
    "CZ": (48, 52, 12, 19),
    "NG": (4, 14, 2, 15),
    "PH": (4, 21, 116, 127),
    "RU": (41, 82, 19, 180),
    "US": (18, 72, -180, -66),
    "MX": (14, 33, -119, -86),
}


async def everything(house: Any, key: str = "mock_ngrok_key") -> list[bytes]:
    async with house.client(key) as client:
        return [(await client.get(path)).content for path in PATHS]


async def test_the_same_seed_gives_the_same_bytes(build: Any) -> None:
    assert await everything(await build(seed=7)) == await everything(await build(seed=7))


async def test_another_seed_gives_other_sessions_and_users(build: Any) -> None:
    pairs = zip(
        await everything(await build(seed=7)), await everything(await build(seed=8)), strict=True
    )
    assert all(first != second for first, second in pairs)


async def test_ids_do_not_depend_on_when_the_world_was_made(build: Any) -> None:
    early, late = await build(), await build()
    await late.clock.advance(86_400)
    lists = []
    for house in (early, late):
        async with house.client() as client:
            page = (await client.get("/app/sessions")).json()
            lists.append([session["id"] for session in page["application_sessions"]])
    assert lists[0] == lists[1]


async def test_two_accounts_have_nothing_in_common(build: Any) -> None:
    house = await build(account={"ci": "ci_key"})
    ids = [
        set(re.findall(rb'"(a[su]_\w+)"', b"".join(await everything(house, key))))
        for key in ("mock_ngrok_key", "ci_key", "mock_sandbox_key")
    ]
    assert all(len(found) == 51 for found in ids)
    assert len(set.union(*ids)) == 3 * 51


async def test_a_deletion_is_not_seen_by_another_account(build: Any) -> None:
    house = await build(account={"ci": "ci_key"})
    before = await everything(house)
    async with house.client("ci_key") as client:
        page = (await client.get("/app/sessions")).json()
        for session in page["application_sessions"]:
            await client.delete(session["uri"])
    assert await everything(house) == before


async def test_another_accounts_session_is_not_found(build: Any, sessions: list[Row]) -> None:
    house = await build(account={"ci": "ci_key"})
    async with house.client("ci_key") as client:
        assert (await client.get(f"/app/sessions/{sessions[0]['id']}")).status_code == 404


async def test_ids_have_a_prefix_and_27_characters(sessions: list[Row], users: list[Row]) -> None:
    for session in sessions:
        assert re.fullmatch("as_[0-9A-Za-z]{27}", session["id"])
        assert re.fullmatch("ep_[0-9A-Za-z]{27}", session["endpoint"]["id"])
    assert all(re.fullmatch("au_[0-9A-Za-z]{27}", user["id"]) for user in users)


async def test_edge_and_route_are_there_together_or_not_at_all(sessions: list[Row]) -> None:
    kinds = {(session["edge"] is None, session["route"] is None) for session in sessions}
    assert kinds == {(True, True), (False, False)}


async def test_a_route_belongs_to_its_edge(sessions: list[Row]) -> None:
    for session in sessions:
        if session["edge"]:
            edge, route = session["edge"], session["route"]
            assert edge["uri"].endswith(f"/edges/https/{edge['id']}")
            assert route["uri"] == f"{edge['uri']}/routes/{route['id']}"


async def test_sessions_of_one_address_share_its_endpoint(sessions: list[Row]) -> None:
    pairs = {(session["public_url"], session["endpoint"]["id"]) for session in sessions}
    assert len(pairs) == len({url for url, _ in pairs}) == len({id_ for _, id_ in pairs}) == 5


async def test_times_are_in_order_and_in_utc(
    house: Any, sessions: list[Row], users: list[Row]
) -> None:
    now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    assert house.clock.now_ms() == now.timestamp() * 1000
    for row in (*sessions, *users):
        assert row["created_at"].endswith("Z")
        created, active = (datetime.fromisoformat(row[k]) for k in ("created_at", "last_active"))
        assert created <= active <= now


async def test_no_session_has_expired(house: Any, sessions: list[Row]) -> None:
    now = datetime.fromisoformat("2026-01-01T00:00:00Z")
    for session in sessions:
        created, expires = (
            datetime.fromisoformat(session[k]) for k in ("created_at", "expires_at")
        )
        assert expires > now
        assert expires - created == timedelta(days=14)


async def test_a_user_logs_in_before_being_active(users: list[Row]) -> None:
    assert all(user["created_at"] < user["last_login"] <= user["last_active"] for user in users)


async def test_addresses_belong_to_nobody(sessions: list[Row], users: list[Row]) -> None:
    for session in sessions:
        address = ip_address(session["browser_session"]["ip_address"])
        assert any(address in network for network in DOCUMENTATION)
        assert session["public_url"].endswith(".example.com")
    domains = {user["email"].rpartition("@")[2] for user in users}
    assert all(re.fullmatch(r"example\.(com|org|net)", domain) for domain in domains)


async def test_the_names_of_a_user_agree(users: list[Row]) -> None:
    for user in users:
        assert user["username"] == user["name"].replace(" ", ".").lower()
        assert user["email"].startswith(f"{user['username']}@")


async def test_a_location_lies_in_its_country(build: Any) -> None:
    held = 0
    for seed in range(8):
        async with (await build(seed=seed)).client() as client:
            page = (await client.get("/app/sessions")).json()
        for session in page["application_sessions"]:
            place = session["browser_session"]["location"]
            if place and place["country_code"] in BOXES:
                south, north, west, east = BOXES[place["country_code"]]
                assert south <= place["latitude"] <= north, place
                assert west <= place["longitude"] <= east, place
                held += 1
    assert held > 100


async def test_most_addresses_can_be_placed_and_some_cannot(sessions: list[Row]) -> None:
    places = [session["browser_session"]["location"] for session in sessions]
    assert 0 < places.count(None) < len(places) / 3


@pytest.mark.parametrize("seed", range(4))
async def test_a_user_agent_says_what_its_fields_say(build: Any, seed: int) -> None:
    async with (await build(seed=seed)).client() as client:
        page = (await client.get("/app/sessions")).json()
    for session in page["application_sessions"]:
        agent = session["browser_session"]["user_agent"]
        assert read_user_agent(agent["raw"]) == (
            agent["browser_name"],
            agent["browser_version"],
            agent["os_name"],
            agent["os_version"],
            agent["device_type"],
        )


def read_user_agent(raw: str) -> tuple[str, str, str, str, str]:
    """Read a User-Agent header as a server would: the most particular token counts."""
    tokens = [("Edge", "Edg"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Version")]
    browser, token = next((b, t) for b, t in tokens if f" {t}/" in raw)
    version = re.search(rf" {token}/(\S+)", raw)
    systems = [
        ("Android", r"Android ([\d.]+)"),
        ("iOS", r"iPhone OS ([\d_]+)"),
        ("MacOS", r"Mac OS X ([\d_]+)\)"),
        ("Windows", r"Windows NT (\d+)\.0"),
        ("Linux", r"Linux x86_64()"),
    ]
    system, found = next((s, m) for s, p in systems if (m := re.search(p, raw)))
    assert version
    device = "Mobile" if "Mobile" in raw else "Desktop"
    return browser, version[1], system, found[1].replace("_", "."), device
