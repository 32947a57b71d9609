"""A database that is missing at the start, or goes away and comes back while all are at work."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from peers import PATIENCE_S, until
from postgres import Postgres
from psycopg import AsyncConnection
from remote_rig import ROOT, HoldingServer, Program, pingplotter_agent

from probes.http.plan import HttpPlan
from probes.remote.engine import Engine
from probes.remote.errors import AgentSilent, EngineUnreachable
from probes.remote.network import RemoteNetwork

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.mark.parametrize(
    "command",
    [
        ("mockserver", "serve", "--port", "0", "--engine"),
        ("probes", "agent", "--name", "office", "--join"),
    ],
    ids=["server", "agent"],
)
def test_without_its_engine_a_command_ends_and_says_why(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    url = f"postgresql:///probes?host={tmp_path}"
    ran = subprocess.run(
        [sys.executable, "-m", *command, url],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ran.returncode == 2
    assert f"The engine {url} fails: " in ran.stderr
    assert ran.stderr.endswith("No such file or directory.\n")
    assert "Traceback" not in ran.stderr


async def test_a_measurement_outlasts_a_restart_of_the_engine(
    postgres: Postgres,
    engine_url: str,
    start_agent: Callable[..., Program],
    start_server: Callable[..., Program],
) -> None:
    server = (await asyncio.to_thread(start_server)).said.split()[-1]
    await asyncio.to_thread(start_agent)
    await asyncio.to_thread(until, lambda: is_online(server), "the agent is online")
    engine = Engine(engine_url)
    await engine.open()
    try:
        network = RemoteNetwork(engine, "default/office")
        with HoldingServer() as target:
            plan = HttpPlan(f"{target.url}/page", timeout_s=30)
            measuring = asyncio.create_task(network.measure(plan))
            await asyncio.to_thread(target.await_request)
            postgres.stop()
            await asyncio.to_thread(until, lambda: not is_online(server), "the agent is offline")
            await asyncio.to_thread(postgres.start)
            target.released.set()
            async with asyncio.timeout(PATIENCE_S):
                result = await measuring
        assert result.exchanges[-1].status == 200
        await asyncio.to_thread(until, lambda: is_online(server), "the agent is online again")
    finally:
        await engine.close()


def is_online(server: str) -> bool:
    return pingplotter_agent(server, "office").get("IsOnline") is True


async def test_an_engine_that_stays_away_is_what_the_measurement_fails_with(
    postgres: Postgres, engine_url: str
) -> None:
    engine = Engine(engine_url, patience_s=0.5)
    await engine.open()
    postgres.stop()
    try:
        with pytest.raises(EngineUnreachable, match="fails"):
            await RemoteNetwork(engine, "default/office", redelivery_s=1).measure(
                HttpPlan("http://127.0.0.1/", timeout_s=0.5)
            )
    finally:
        await engine.close()
        await asyncio.to_thread(postgres.start)


async def test_an_agent_that_is_not_there_is_what_the_measurement_fails_with(
    engine_url: str,
) -> None:
    engine = Engine(engine_url)
    await engine.open()
    try:
        with pytest.raises(AgentSilent, match="default/nobody did not answer within 2 s"):
            await RemoteNetwork(engine, "default/nobody", redelivery_s=1).measure(
                HttpPlan("http://127.0.0.1/", timeout_s=0.5)
            )
        box = await engine.box("agent:default/nobody")
        assert await box.count("incomplete") == 0
    finally:
        await engine.close()


async def test_a_letter_whose_time_is_over_is_deleted_without_its_agent(engine_url: str) -> None:
    engine = Engine(engine_url)
    await engine.open()
    try:
        with pytest.raises(AgentSilent):
            await RemoteNetwork(engine, "default/gone", redelivery_s=1).measure(
                HttpPlan("http://127.0.0.1/", timeout_s=0.5)
            )
        async with await AsyncConnection.connect(engine_url, autocommit=True) as connection:
            await connection.execute("UPDATE saq_jobs SET expire_at = 1 WHERE queue LIKE '%gone'")
            count = "SELECT count(*) FROM saq_jobs WHERE queue LIKE '%gone'"
            assert await (await connection.execute(count)).fetchone() == (1,)
            await engine.clear()
            assert await (await connection.execute(count)).fetchone() == (0,)
    finally:
        await engine.close()


def test_the_password_of_an_engine_is_not_shown() -> None:
    for url in ("postgresql://u:pw@127.0.0.1/db", "postgresql://127.0.0.1/db?password=pw"):
        assert "pw" not in Engine(url).place
