"""Many exchanges at a time, cancelled ones, closed networks, and what is left behind."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop
from http_peers import BIG, PATIENCE_S, Peer, Site, at_home, for_ever, response, says

from probes import EngineClosed, LiveNetwork, TargetPolicy
from probes.http import HttpPlan, HttpResult


def descriptors() -> int:
    gc.collect()
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def together(network: LiveNetwork, plan: HttpPlan, count: int) -> list[HttpResult]:
    return list(await asyncio.gather(*(network.measure(plan) for _ in range(count))))


@pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_three_hundred_fetches_at_a_time_all_end_well(
    site: Site, factory: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    async def within() -> None:
        network = LiveNetwork(TargetPolicy(), lookup=at_home)
        plan = HttpPlan(site.url("h2", "/text.txt"), ca=site.ca, timeout_s=50.0)
        results = await together(network, plan, 300)
        await network.close()
        assert [result.failure for result in results] == [None] * 300
        assert {result.http_version for result in results} == {"2"}

    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(asyncio.wait_for(within(), PATIENCE_S))


def test_no_more_than_the_plan_says_go_at_once() -> None:
    async def within() -> None:
        peer = Peer(for_ever)
        async with peer.serving():
            network = LiveNetwork(TargetPolicy())
            plan = HttpPlan(peer.url, timeout_s=50.0)
            wait = asyncio.gather(*(network.measure(plan) for _ in range(130)))
            while peer.connections < HttpPlan.most_at_once:
                await asyncio.sleep(0.01)
            assert peer.connections == HttpPlan.most_at_once
            wait.cancel()
            with pytest.raises(asyncio.CancelledError):
                await wait
            await network.close()

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def test_nothing_is_left_open(site: Site) -> None:
    async def within() -> tuple[int, int]:
        network = LiveNetwork(TargetPolicy(), lookup=at_home)
        plan = HttpPlan(site.url("h2", "/text.txt"), ca=site.ca)
        limited = HttpPlan(site.url("plain", "/big.bin"), download_limit_bytes=len(BIG) // 2)
        await together(network, plan, 5)
        before = descriptors()
        for each in (plan, limited, HttpPlan("http://127.0.0.1:1/")):
            await together(network, each, 20)
        after = descriptors()
        await network.close()
        return before, after

    before, after = asyncio.run(asyncio.wait_for(within(), PATIENCE_S))
    # A TLS connection may still be saying goodbye, for which libcurl gives it a moment.
    assert after <= before + 5
    assert descriptors() < before


def test_every_exchange_has_a_connection_of_its_own() -> None:
    async def within() -> None:
        peer = says(response(), then=for_ever)
        async with peer.serving():
            network = LiveNetwork(TargetPolicy())
            for _ in range(3):
                assert (await network.measure(HttpPlan(peer.url))).status == 200
            await network.close()
            assert peer.connections == 3

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


@pytest.mark.parametrize("server", ["tls12", "tls13"])
def test_no_tls_session_is_resumed(site: Site, server: str) -> None:
    """A handshake cut short would be another figure than the one before."""

    async def within() -> list[bytes]:
        network = LiveNetwork(TargetPolicy(), lookup=at_home)
        plan = HttpPlan(site.url(server, "/shown"), ca=site.ca)
        results = [await network.measure(plan) for _ in range(3)]
        await network.close()
        return [result.body_start.split(b"|")[9] for result in results]

    assert asyncio.run(asyncio.wait_for(within(), PATIENCE_S)) == [b"."] * 3


def test_a_cancelled_fetch_closes_its_connection() -> None:
    async def within() -> None:
        gone = asyncio.Event()

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            begun.set()
            await for_ever(reader, writer)
            gone.set()

        begun, peer = asyncio.Event(), Peer(script)
        async with peer.serving():
            network = LiveNetwork(TargetPolicy())
            task = asyncio.ensure_future(network.measure(HttpPlan(peer.url, timeout_s=50.0)))
            await begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gone.wait()
            await network.close()

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def test_closing_the_network_ends_what_is_under_way() -> None:
    async def within() -> None:
        peer = says(b"", then=for_ever)
        async with peer.serving():
            network = LiveNetwork(TargetPolicy())
            task = asyncio.ensure_future(network.measure(HttpPlan(peer.url, timeout_s=50.0)))
            while not peer.requests:
                await asyncio.sleep(0.01)
            await network.close()
            with pytest.raises(EngineClosed):
                await task
            with pytest.raises(EngineClosed):
                await network.measure(HttpPlan(peer.url))

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def test_the_loop_goes_on_while_a_server_is_slow() -> None:
    """Nothing blocks: a clock beside the transfer keeps ticking."""

    async def within() -> None:
        ticks = 0
        peer = says(b"", then=for_ever)
        async with peer.serving():
            network = LiveNetwork(TargetPolicy())
            task = asyncio.ensure_future(network.measure(HttpPlan(peer.url, timeout_s=0.5)))
            while not task.done():
                await asyncio.sleep(0.01)
                ticks += 1
            await network.close()
        assert ticks >= 5

    asyncio.run(asyncio.wait_for(within(), PATIENCE_S))
