"""Sessions that are really measured, in a namespace, held against what the wire counted."""

from __future__ import annotations

import asyncio
from functools import partial

import httpx
import pytest
from netlab import Impair, Lab

from mockserver.app import create_app
from mockserver.settings import Settings

PATIENCE_S = 40
QUIET_PACKETS = 15


class LiveApi:
    """A stand-in in this process under the real clock, and one agent of it."""

    def __init__(self, app, client):
        self.app, self.client = app, client

    async def ok(self, method, path, **request):
        answer = await self.client.request(method, path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def session(self, target, interval_ms=100):
        agents = await self.ok("GET", "/agents")
        id_ = next(agent["UniqueId"] for agent in agents if agent["IsOnline"])
        body = {"Target": target, "AgentUniqueId": id_, "TraceIntervalInMs": interval_ms}
        await self.ok("POST", "/sessions", json=[body])
        return (await self.ok("GET", f"/sessions?agentUniqueId={id_}"))[-1]

    async def counts(self, session):
        """Return how many packets were sent and lost."""
        path = f"/session-trace-data/{session['SessionId']}/points"
        points = (await self.ok("GET", path))["Data"]
        return sum(p["PacketsSent"] for p in points), sum(p["PacketsLost"] for p in points)

    async def put(self, session, action):
        """Pause, resume or close, and wait until what was under way is answered or given up."""
        if action == "close":
            await self.ok("PUT", f"/sessions/{session['SessionId']}/close")
        else:
            body = {"SessionId": session["SessionId"], "Action": action}
            await self.ok("PUT", "/sessions", json=body)
        while self.app.schedule.under_way:
            await asyncio.sleep(0.01)

    async def sent(self, session, packets):
        """Wait until a session has sent so many packets more."""
        begun = (await self.counts(session))[0]
        while (await self.counts(session))[0] < begun + packets:
            await asyncio.sleep(0.05)


async def told(story, allowed):
    """Run the story against a stand-in whose seeded sessions are all paused."""
    settings = Settings(
        vendor=("pingplotter",), network="live", allow_target=[allowed], rate_limit={"all": None}
    )
    app = create_app(settings)
    await app.start()
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    headers = {"X-API-KEY": "mock-pingplotter-key"}
    try:
        async with (
            asyncio.timeout(PATIENCE_S),
            httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1/pingplotter", headers=headers
            ) as client,
        ):
            api = LiveApi(app, client)
            for agent in await api.ok("GET", "/agents"):
                await api.ok("PUT", f"/agents/{agent['UniqueId']}/sessions?action=0")
            return await story(api)
    finally:
        await app.stop()


async def measured_until(packets, target, api):
    session = await api.session(target)
    await api.sent(session, packets)
    await api.put(session, "pause")
    return await api.counts(session)


@pytest.mark.slow
def test_the_loss_of_a_session_is_that_of_the_path():
    """A cable loses about a third of what passes; it knows exactly how much."""
    with Lab(routers=0, links={0: Impair(loss=0.2)}) as lab:
        target = lab.address()
        story = partial(measured_until, 60, target)
        sent, lost = lab.client.run(partial(told, story, lab.network()))
        there = lab.counters(0).forward["icmp"]
        back = lab.counters(0).backward["icmp"]
    assert there.seen == sent >= 60
    assert there.dropped + back.dropped == lost > 0


async def through_a_life(target, other, count, api):
    """Count a session's packets after each change, while another goes on for `QUIET_PACKETS`."""
    session, witness = await api.session(target), await api.session(other)
    seen = []
    for change in ("run", "pause", "resume", "close"):
        if change != "run":
            await api.put(session, change)
        before = await count(target)
        await api.sent(witness, QUIET_PACKETS)
        seen.append((change, await count(target) - before))
    return seen


async def _packets_to(address, counter):
    """Read the counter of a rule of nftables."""
    process = await asyncio.create_subprocess_exec(
        "nft", "list", "counter", "ip", "lab", counter, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return int(out.split(b"packets ")[1].split()[0])


def count_by_nft(target, other):
    async def story(api):
        return await through_a_life(target, other, lambda _: _packets_to(_, "traced"), api)

    return told(story, "10.77.0.0/16")


@pytest.mark.slow
def test_a_session_that_is_paused_or_closed_sends_no_packet():
    """The kernel counts echo requests to the target while another session goes on."""
    with Lab(routers=0) as lab:
        target = lab.address()
        lab.client.exec(
            "nft add table ip lab; nft add counter ip lab traced;"
            "nft 'add chain ip lab out { type filter hook output priority 0; }';"
            f"nft add rule ip lab out ip daddr {target} icmp type echo-request counter name traced"
        )
        seen = dict(lab.client.run(lambda: count_by_nft(target, "127.0.0.1")))
    assert seen["pause"] == seen["close"] == 0
    assert seen["run"] >= QUIET_PACKETS / 2
    assert seen["resume"] >= QUIET_PACKETS / 2
