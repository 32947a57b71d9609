"""Spellings of the manual that the contract does not have."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("name", ["Action", "action", "ACTION"])
@pytest.mark.parametrize("path", ["/sessions/{}", "/agents/{}/sessions"])
async def test_action_may_be_written_in_any_case(api, path, name):
    session = await api.session("Active")
    await api.ok("PUT", path.format(session["AgentUniqueId"]), params={name: 0})
    assert await api.status_of(session) == "Paused"


async def test_other_query_names_may_be_written_in_any_case(api):
    agents = await api.ok("GET", "/agents?INCLUDETEMPLATES=true&IncludeDeleted=True")
    assert agents == await api.agents()
    session = await api.session()
    filters = {"AgentUniqueID": session["AgentUniqueId"], "TargetIP": session["IpAddress"]}
    assert await api.sessions(**filters, TARGETNAME=session["Description"]) == [session]


async def test_filters_may_be_in_quotation_marks(api):
    """So they are in the manual's sample."""
    session = next(s for s in await api.sessions() if s["Description"] == "Router")
    quoted = {
        "agentUniqueId": f'"{session["AgentUniqueId"]}"',
        "targetName": '"Router"',
        "targetIp": f'"{session["IpAddress"]}"',
    }
    assert await api.sessions(**quoted) == [session]


@pytest.mark.parametrize("text", ['"', '"Router', 'Router"', '""Router""'])
async def test_only_a_pair_of_quotation_marks_is_left_out(api, text):
    assert await api.sessions(targetName=text) == []


async def test_the_key_may_be_in_quotation_marks(api):
    async with api.house.client(
        "pingplotter", **{"X-API-KEY": '"mock-pingplotter-key"'}
    ) as client:
        assert (await client.get("/agents")).status_code == 200


async def test_session_ids_may_be_spelt_as_in_the_table(api):
    id_ = (await api.session())["SessionId"]
    (status,) = await api.ok("POST", "/sessions/status", json={"SessionsIds": [id_]})
    assert status["SessionId"] == id_


@pytest.mark.parametrize("names", [("SessionsIds", "SessionIds"), ("SessionIds", "SessionsIds")])
async def test_the_spelling_of_the_contract_counts_if_both_are_there(api, names):
    id_ = (await api.session())["SessionId"]
    body = {name: [id_] if name == "SessionsIds" else [] for name in names}
    assert await api.ok("POST", "/sessions/status", json=body) == []
