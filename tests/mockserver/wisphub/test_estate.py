"""The seeded world: which services there are, and that worlds do not meet."""

from __future__ import annotations

import random
import shlex
from ipaddress import ip_address, ip_network

import httpx
import pytest

from mockserver.vendors.wisphub.factories import _Streets

SANDBOX = {"Authorization": "Bearer mock_sandbox_key"}
WELL_KNOWN = {"12345", "12346", "12347", "12348", "12349"}
NOBODYS = [
    ip_network(text)
    for text in ("127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
]


@pytest.fixture
def estate(wisphub):
    """Return the services of an account's world, by seed."""

    def look(seed=0, world="wisphub/default"):
        async def story(client):
            await client.create(12345)
            await client.create(12345, headers=SANDBOX)
            return await client.documents("service", world)

        return wisphub(story, seed=seed)

    return look


def test_there_are_sixty_services_with_ids_of_four_or_five_digits(estate):
    ids = [service["id"] for service in estate()]
    assert len(ids) == len(set(ids)) == 60
    assert all(1000 <= int(id_) <= 99_999 for id_ in ids)


@pytest.mark.parametrize("seed", [0, 1, 2**31])
@pytest.mark.parametrize("world", ["wisphub/default", "wisphub/sandbox"])
def test_every_world_has_the_well_known_services(estate, seed, world):
    services = {service["id"]: service for service in estate(seed, world)}
    assert set(services) >= WELL_KNOWN
    assert services["12345"]["address"] == "127.0.0.1"
    assert services["12349"]["address"] is None


@pytest.mark.parametrize("seed", [0, 5])
def test_devices_have_addresses_of_nobody_and_each_its_own(estate, seed):
    addresses = [s["address"] for s in estate(seed) if s["address"]]
    assert len(set(addresses)) == len(addresses) == 59
    assert all(any(ip_address(a) in net for net in NOBODYS) for a in addresses)


def test_several_devices_are_at_loopback_addresses(estate):
    here = [s for s in estate() if (s["address"] or "").startswith("127.")]
    assert len(here) == 8


def test_another_seed_is_another_estate_and_the_same_seed_the_same(estate):
    assert estate(3) == estate(3)
    assert [s["id"] for s in estate(3)] != [s["id"] for s in estate(4)]


def test_two_accounts_have_two_estates(estate):
    assert estate(0, "wisphub/default") != estate(0, "wisphub/sandbox")


def test_a_service_of_one_account_is_unknown_to_the_other(wisphub):
    async def story(client):
        await client.create(12345)
        own = next(s["id"] for s in await client.documents("service") if s["id"] not in WELL_KNOWN)
        return [
            (await client.create(own, headers=headers)).status_code for headers in ({}, SANDBOX)
        ]

    assert wisphub(story) == [200, 404]


def test_a_task_of_one_account_is_unknown_to_the_other(wisphub):
    async def story(client):
        task_id = await client.start(12346)
        await client.wait()
        theirs = await client.result(task_id, headers=SANDBOX)
        return (await client.result(task_id)).json()["action"], theirs.status_code

    assert wisphub(story) == ("stable_connection", 404)


def test_the_same_seed_gives_the_same_bytes(wisphub):
    async def story(client):
        answers = [await client.create(id_, pings=20) for id_ in (12346, 12347, 12348, 12349)]
        await client.wait()
        ids = [answer.json()["data"]["task_id"] for answer in answers]
        answers += [await client.result(id_) for id_ in ids]
        answers.append(await client.log_in("default", "mock-wisphub-token"))
        return [answer.content for answer in answers]

    assert wisphub(story, seed=11) == wisphub(story, seed=11)
    assert wisphub(story, seed=11) != wisphub(story, seed=12)


def test_a_reset_forgets_tasks_and_begins_the_same_world_again(wisphub):
    async def story(client):
        first = await client.create(12346)
        await client.wait()
        await client.stand_in.client().post("/__mock/reset?vendor=wisphub")
        gone = await client.result(first.json()["data"]["task_id"])
        return gone.status_code, first.content == (await client.create(12346)).content

    assert wisphub(story) == (404, True)


def test_the_curl_line_of_the_greeting_starts_a_ping(wisphub):
    async def story(client):
        vendor = client.stand_in.app.house.vendors["wisphub"]
        base = str(client.http.base_url).rstrip("/")
        curl, *words, url = shlex.split(vendor.curl.format(base=base, key=vendor.default_key))
        options = list(zip(words[::2], words[1::2], strict=True))
        assert (curl, options[0]) == ("curl", ("-X", "POST"))
        headers = dict(value.split(": ") for name, value in options if name == "-H")
        [body] = [value for name, value in options if name == "-d"]
        bare = httpx.AsyncClient(transport=client.http._transport)
        return await bare.post(url, headers=headers, content=body)

    assert wisphub(story).json()["action"] == "ping_created"


def test_an_address_of_a_quality_that_no_path_has_is_an_error():
    with pytest.raises(LookupError):
        _Streets(0, random.Random(0)).take(lambda loss: loss > 1)
