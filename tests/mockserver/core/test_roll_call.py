"""Remote agents as the vendors show them: while they are there, when they leave, after a reset."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from remote_rig import KEYS

from mockserver.core.networks import ChosenNetworks, Place, Witness
from mockserver.core.remote import RemotePlace
from mockserver.core.roll_call import ROLL, ROLL_WORLD, RollCall
from probes.errors import ProbeError
from probes.ping import PingPlan
from probes.remote.errors import EngineUnreachable
from probes.remote.roll import RemoteAgent
from probes.simulated import SimulatedNetwork

OFFICE = RemoteAgent(
    name="office",
    account="default",
    addresses=("192.0.2.7", "2001:db8::7"),
    machine="desk-7",
    platform="Darwin",
    version="1.2",
    started_ms=1,
    responder_port=4000,
)


class FakeAgency:
    """Has whoever a test says; may be cut off."""

    def __init__(self, *present: RemoteAgent) -> None:
        self.present = list(present)
        self.is_cut_off = False

    async def open(self) -> None:
        """Need nothing."""

    async def close(self) -> None:
        """Hold nothing."""

    async def roll(self) -> list[RemoteAgent]:
        if self.is_cut_off:
            raise EngineUnreachable("The engine is away.")
        return list(self.present)

    def at(self, address: str) -> Place:
        return RemotePlace(SimulatedNetwork(1, vantage=address))


Story = Callable[[Any, FakeAgency, RollCall], Awaitable[Any]]


@pytest.fixture
def with_agents(stand_in: Callable[..., Any]) -> Callable[..., Any]:
    """Run `story(stand_in, agency, roll_call)`; the office has joined before."""

    def run(story: Story, **settings: Any) -> Any:
        async def whole(house: Any) -> Any:
            agency, app = FakeAgency(OFFICE), house.app
            roll = RollCall(agency, house.clock, app.store, app.house.worlds)
            await roll.start()
            try:
                await roll.call()
                return await story(house, agency, roll)
            finally:
                await roll.stop()

        return stand_in(whole, **settings)

    return run


async def shown(house: Any, vendor: str, path: str) -> Any:
    async with house.client(vendor) as client:
        return (await client.get(path, headers=KEYS[vendor])).json()


async def pingplotter(house: Any) -> list[Any]:
    agents = await shown(house, "pingplotter", "/agents")
    return [agent for agent in agents if agent["Name"] == "office"]


async def thousandeyes(house: Any) -> list[Any]:
    agents = (await shown(house, "thousandeyes", "/v6/agents"))["agents"]
    return [agent for agent in agents if agent["agentName"] == "office"]


def test_pingplotter_shows_what_an_agent_tells(with_agents: Any) -> None:
    async def story(house: Any, *_: Any) -> Any:
        return await pingplotter(house)

    [agent] = with_agents(story)
    assert (agent["IsOnline"], agent["MachineName"], agent["Platform"]) == (
        True,
        "desk-7",
        "MacOS",
    )
    assert (agent["MostRecentIPAddress"], agent["ClientDetails"]) == ("192.0.2.7", "1.2")
    assert agent["LastMessageTime"] == "2026-01-01T00:00:00.000Z"


def test_thousandeyes_shows_it_as_an_enterprise_agent(with_agents: Any) -> None:
    async def story(house: Any, *_: Any) -> Any:
        return await thousandeyes(house)

    [agent] = with_agents(story)
    assert (agent["agentType"], agent["agentState"]) == ("Enterprise", "Online")
    assert agent["ipAddresses"] == ["192.0.2.7", "2001:db8::7"]
    assert agent["lastSeen"] == "2026-01-01 00:00:00"
    assert not {"remote", "responder_port"} & set(agent)


def test_an_agent_has_the_same_numbers_in_every_run(with_agents: Any) -> None:
    async def story(house: Any, *_: Any) -> Any:
        return await pingplotter(house), await thousandeyes(house)

    assert with_agents(story) == with_agents(story)


def test_an_agent_that_leaves_is_offline_since_it_was_last_seen(with_agents: Any) -> None:
    async def story(house: Any, agency: FakeAgency, roll: RollCall) -> Any:
        await house.clock.advance(65)
        agency.present.clear()
        await roll.call()
        await house.clock.advance(600)
        await roll.call()
        return await pingplotter(house), await thousandeyes(house)

    [plotter], [eyes] = with_agents(story)
    assert (plotter["IsOnline"], eyes["agentState"]) == (False, "Offline")
    assert plotter["LastMessageTime"] == "2026-01-01T00:01:00.000Z"
    assert eyes["lastSeen"] == "2026-01-01 00:01:00"


def test_an_agent_that_comes_back_is_the_one_it_was(with_agents: Any) -> None:
    async def story(house: Any, agency: FakeAgency, roll: RollCall) -> Any:
        before = await pingplotter(house), await thousandeyes(house)
        agency.present.clear()
        await roll.call()
        agency.present.append(OFFICE)
        await roll.call()
        return before, (await pingplotter(house), await thousandeyes(house))

    before, after = with_agents(story)
    assert before == after


def test_agents_are_offline_while_the_engine_is_away(
    with_agents: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(house: Any, agency: FakeAgency, roll: RollCall) -> Any:
        states = []
        for agency.is_cut_off in (True, True, False):
            await roll.call()
            states.append((await thousandeyes(house))[0]["agentState"])
        return states

    with caplog.at_level(logging.WARNING):
        assert with_agents(story) == ["Offline", "Offline", "Online"]
    assert [record.message for record in caplog.records if "engine" in record.message] == [
        "The engine is away. Remote agents count as offline until it answers.",
        "The engine of the remote agents answers again.",
    ]


def test_the_roll_is_called_again_and_again(with_agents: Any) -> None:
    async def story(house: Any, agency: FakeAgency, roll: RollCall) -> Any:
        del roll
        agency.present.clear()
        for _ in range(200):
            await house.clock.advance(0.5)
            await asyncio.sleep(0.005)
            if not (await pingplotter(house))[0]["IsOnline"]:
                return True
        return False

    assert with_agents(story)


def test_an_agent_is_shown_again_after_a_reset(with_agents: Any) -> None:
    async def story(house: Any, _: Any, roll: RollCall) -> Any:
        async with house.client() as client:
            await client.post("/__mock/reset")
        before = await pingplotter(house)
        await roll.call()
        return before, await pingplotter(house), await thousandeyes(house)

    before, plotter, eyes = with_agents(story)
    assert (len(before), len(plotter), len(eyes)) == (0, 1, 1)


def test_an_agent_that_was_deleted_stays_deleted(with_agents: Any) -> None:
    async def story(house: Any, _: Any, roll: RollCall) -> Any:
        [agent] = await pingplotter(house)
        async with house.client("pingplotter") as client:
            body = {"UniqueId": agent["UniqueId"]}
            answer = await client.request("DELETE", "/agents", json=body)
            assert answer.is_success, answer.text
        await roll.call()
        return await pingplotter(house)

    assert with_agents(story) == []


def test_an_agent_is_in_the_world_of_its_account_only(with_agents: Any) -> None:
    async def story(house: Any, agency: FakeAgency, roll: RollCall) -> Any:
        unknown = RemoteAgent("lost", "nobody", ("192.0.2.8",), "m", "Linux", "1", 1)
        theirs = RemoteAgent("theirs", "ci", ("192.0.2.8",), "m", "Linux", "1", 1)
        agency.present += [unknown, theirs]
        await roll.call()
        names = [agent["Name"] for agent in await shown(house, "pingplotter", "/agents")]
        async with house.client("pingplotter") as client:
            answer = await client.get("/agents", headers={"X-API-KEY": "ci_key"})
        return names, [agent["Name"] for agent in answer.json()]

    ours, others = with_agents(story, account={"ci": "ci_key"})
    assert ("office" in ours, "theirs" in ours, "lost" in ours) == (True, False, False)
    assert ("office" in others, "theirs" in others) == (False, True)


def test_an_agent_of_an_earlier_run_is_offline_until_it_is_seen(
    stand_in: Callable[..., Any], tmp_path: Path
) -> None:
    async def story(house: Any, *present: RemoteAgent) -> Any:
        roll = RollCall(FakeAgency(*present), house.clock, house.app.store, house.app.house.worlds)
        await roll.start()
        await roll.call()
        await roll.stop()
        return [agent["IsOnline"] for agent in await pingplotter(house)]

    state = str(tmp_path / "kept.db")
    assert stand_in(lambda house: story(house, OFFICE), state=state) == [True]
    assert stand_in(story, state=state) == [False]


def test_what_an_agent_tells_is_kept(with_agents: Any) -> None:
    async def story(house: Any, *_: Any) -> Any:
        async with house.app.store.transaction() as transaction:
            return await transaction.documents(ROLL_WORLD).find(ROLL.name)

    assert [card["machine"] for card in with_agents(story)] == ["desk-7"]


def test_without_an_engine_a_remote_place_says_what_to_give() -> None:
    async def ask() -> None:
        networks = ChosenNetworks("simulated", [], 1, None)  # type: ignore[arg-type]
        await Witness(networks.at("remote/default/office")).measure(PingPlan("192.0.2.1"))

    with pytest.raises(ProbeError, match=r"default/office runs on another machine.*--engine"):
        asyncio.run(ask())


def test_a_remote_place_is_asked_for_by_its_address_and_measures_live() -> None:
    async def ask() -> Any:
        networks = ChosenNetworks("simulated", [], 1, None, FakeAgency())  # type: ignore[arg-type]
        witness = Witness(networks.at("remote/default/office"))
        result = await witness.measure(PingPlan("192.0.2.1"))
        return result, witness.origins

    result, origins = asyncio.run(ask())
    expected = SimulatedNetwork(1, vantage="default/office").measure(PingPlan("192.0.2.1"))
    assert (result, origins) == (asyncio.run(expected), ["live"])
