"""The client of WispHub against a stand-in that needs no port: everything it asks is judged."""

import asyncio

import httpx
import pytest
from connection import NoResult, connection

pytestmark = [pytest.mark.contract(vendor="wisphub"), pytest.mark.anyio]
SERVICE = 12345


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def http(mock_api):
    async with httpx.AsyncClient(
        transport=mock_api.httpx_transport(),
        base_url="https://api.wisphub.com",
        headers=mock_api.headers(),
    ) as client:
        yield client


@pytest.fixture
def sleep(clock):
    # Where the client would sleep, the clock is moved: in a thread, so that the test goes on.
    async def slept(seconds):
        await asyncio.to_thread(clock.advance, seconds)

    return slept


async def test_a_ping_comes_to_an_end(http, clock, mock_api):
    # Packets to this machine are real ones and take real time: settle waits for them.
    async def settled(_):
        await asyncio.to_thread(clock.settle)

    assert await connection(http, SERVICE, sleep=settled) == "stable_connection"
    (made,) = mock_api.requests.of("create_ping_task")
    assert made.json() == {"pings": 2}


async def test_an_unknown_service_is_an_error(http, sleep):
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await connection(http, 999_999_999, sleep=sleep)


async def test_a_cut_answer_is_an_error(http, sleep, faults):
    faults.add(operation="create_ping_task", cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        await connection(http, SERVICE, sleep=sleep)


async def test_it_does_not_wait_for_ever(http, sleep, mock_api):
    with pytest.raises(NoResult):
        await connection(http, SERVICE, pings=100, sleep=sleep)
    assert len(mock_api.requests.of("get_ping_result")) == 20
