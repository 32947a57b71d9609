"""Many sessions on a clock that is moved: every round is made once, and memory stays bounded."""

from __future__ import annotations

from itertools import pairwise

import pytest

SESSIONS, AGENTS, MINUTES = 60, 10, 14
INTERVAL_MS = 2500
KEY = ("pingplotter", "default")


async def crowd(api):
    """Pause what is seeded and start sessions on agents that are there; return their ids."""
    agents = [a for a in await api.ok("GET", "/agents") if a["IsOnline"]][:AGENTS]
    for agent in await api.ok("GET", "/agents"):
        await api.ok("PUT", f"/agents/{agent['UniqueId']}/sessions?action=0")
    known = {session["SessionId"] for session in await api.sessions()}
    body = [
        {
            "Target": f"host{number}.example.net",
            "AgentUniqueId": agents[number % len(agents)]["UniqueId"],
            "TraceIntervalInMs": INTERVAL_MS,
        }
        for number in range(SESSIONS)
    ]
    await api.ok("POST", "/sessions", json=body)
    return [s["SessionId"] for s in await api.sessions() if s["SessionId"] not in known]


@pytest.mark.slow
async def test_no_round_is_lost_or_doubled_and_memory_is_bounded(api):
    ids = await crowd(api)
    schedule = api.house.app.schedule
    assert len(ids) == len(schedule.entries) == SESSIONS
    sizes = []
    for _ in range(MINUTES):
        await api.house.clock.advance(60)
        sizes.append(max(schedule.kept[(*KEY, id_)].size_bytes for id_ in ids))
    for id_ in ids:
        sent = sum(row.sent for row in schedule.kept[(*KEY, id_)].minutes())
        assert sent - MINUTES * 60_000 // INTERVAL_MS in {0, 1}
    times = [at_ms for at_ms, _ in schedule.kept[(*KEY, ids[0])].since(0)]
    assert {later - earlier for earlier, later in pairwise(times)} == {INTERVAL_MS}
    assert (schedule.tally.late_ticks, schedule.tally.skipped_rounds) == (0, 0)
    # From the eleventh minute on the newest ten stay, and each minute more is one row.
    assert sizes[-1] - sizes[11] < 3 * 100
    assert max(sizes) < 8000
