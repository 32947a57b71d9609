"""The control API: health, accounts, reset; held to its own contract like any vendor."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests import phases
from contract_tests.roles.model import Roles
from contract_tests.target import stand_in
from contract_tests.wire.credential import NOBODY
from contract_tests.wire.wire import Wire
from contract_tests.words import Words
from contract_tests.world.world import World
from mockserver.control import control_contract

KEY = {"X-API-KEY": "mock-pingplotter-key"}


def tell(stand_in: Any, story: Any, **settings: Any) -> Any:
    return stand_in(story, vendor=("ngrok", "pingplotter"), **settings)


def test_health_says_what_is_served(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        return (await house.client().get("/__mock/health")).json()

    assert tell(stand_in, story, seed=7) == {
        "status": "ok",
        "vendors": ["ngrok", "pingplotter"],
        "seed": 7,
        "network": "simulated",
        "time_ms": 1_767_225_600_000,
    }


def test_a_new_account_has_a_key_for_each_vendor_that_is_served(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        made = await house.client().post("/__mock/accounts", json={"name": "ci"})
        read = await house.client().get("/__mock/accounts/ci")
        assert (made.status_code, made.json()) == (201, read.json())
        key = made.json()["keys"]["pingplotter"]
        agents = await house.client("pingplotter", **{"X-API-KEY": key}).get("/agents")
        return made.json()["keys"], agents.status_code

    keys, status = tell(stand_in, story)
    assert set(keys) == {"ngrok", "pingplotter"}
    assert status == 200


def test_keys_follow_from_seed_and_name(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        return (await house.client().post("/__mock/accounts", json={"name": "ci"})).json()

    assert tell(stand_in, story, seed=1) == tell(stand_in, story, seed=1)
    assert tell(stand_in, story, seed=1) != tell(stand_in, story, seed=2)


def test_one_key_may_be_given_for_every_vendor(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        body = {"name": "ci", "key": "ci_key"}
        return (await house.client().post("/__mock/accounts", json=body)).json()["keys"]

    assert set(tell(stand_in, story).values()) == {"ci_key"}


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "name is required"),
        ({"name": "-x"}, 400, "name is invalid"),
        ({"name": "default"}, 409, "the account default exists already"),
        ({"name": "x", "key": "mock_ngrok_key"}, 409, "that key names another account at ngrok"),
    ],
)
def test_what_cannot_be_an_account_is_told(
    stand_in: Any, body: Any, status: int, said: str
) -> None:
    async def story(house: Any) -> Any:
        answer = await house.client().post("/__mock/accounts", json=body)
        listed = (await house.client().get("/__mock/accounts")).json()["accounts"]
        assert [account["name"] for account in listed] == ["default", "sandbox"]
        return answer.status_code, answer.json()["error"]

    code, error = tell(stand_in, story)
    assert code == status
    assert said in error


async def _rename(house: Any, name: str, key: str = "mock-pingplotter-key") -> None:
    client = house.client("pingplotter", **{"X-API-KEY": key})
    agent = (await client.get("/agents")).json()[0]
    renamed = await client.put(f"/agents/{agent['UniqueId']}", json={"Name": name})
    assert renamed.status_code == 200


async def _first_name(house: Any, key: str = "mock-pingplotter-key") -> str:
    agents = await house.client("pingplotter", **{"X-API-KEY": key}).get("/agents")
    return str(agents.json()[0]["Name"])


@pytest.mark.parametrize(
    ("query", "forgotten"),
    [
        ("", True),
        ("?vendor=pingplotter", True),
        ("?account=default", True),
        ("?vendor=pingplotter&account=default", True),
        ("?vendor=ngrok", False),
        ("?account=sandbox", False),
    ],
)
def test_a_reset_forgets_what_it_names_and_nothing_else(
    stand_in: Any, query: str, *, forgotten: bool
) -> None:
    async def story(house: Any) -> Any:
        before = await _first_name(house)
        await _rename(house, "Renamed")
        answer = await house.client().post(f"/__mock/reset{query}")
        assert answer.status_code == 200
        assert ("pingplotter/default" in answer.json()["reset"]) is forgotten
        assert await _first_name(house) == (before if forgotten else "Renamed")

    tell(stand_in, story)


def test_a_reset_makes_the_same_world_again(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        before = (await house.client("pingplotter").get("/agents")).content
        await _rename(house, "Renamed")
        await house.client().post("/__mock/reset")
        assert (await house.client("pingplotter").get("/agents")).content == before

    tell(stand_in, story)


def test_a_reset_fills_the_rate_limits(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        client = house.client("pingplotter")
        await client.get("/agents")
        await house.client().post("/__mock/reset")
        return (await client.get("/agents")).headers["x-ratelimit-remaining"]

    assert tell(stand_in, story, rate_limit={}) == "239"


@pytest.mark.parametrize("query", ["?vendor=nobody", "?account=nobody"])
def test_a_reset_of_what_is_not_there_is_404(stand_in: Any, query: str) -> None:
    async def story(house: Any) -> Any:
        answer = await house.client().post(f"/__mock/reset{query}")
        return answer.status_code, answer.json()["error"]

    status, error = tell(stand_in, story)
    assert status == 404
    assert "named nobody" in error


def test_the_control_api_conforms_to_its_contract() -> None:
    found: list[Any] = []
    with stand_in(vendor=("ngrok",)) as house:
        world = World(control_contract(), Roles(), Wire(house.url), NOBODY, seed=1)
        words, tally = Words(world.contract), phases.Tally()
        world.wire.listeners.append(lambda exchange: found.extend(words.findings(exchange)))
        found += phases.run(world, phases.PHASES, 20, vendor="", seconds=None, tally=tally)
        assert [str(finding) for finding in found] == []
        assert not house.app.breaches
    assert tally.phases == {"examples", "coverage", "fuzzing", "stateful"}
