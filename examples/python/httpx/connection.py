"""Asks WispHub how the connection of a service is, by a ping."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

import httpx

LOOKS, BETWEEN_S = 20, 3.0


class NoResult(Exception):
    """The ping did not come to an end in time."""


async def connection(
    http: httpx.AsyncClient,
    service: int,
    pings: int = 2,
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> str:
    """Return `stable_connection`, `intermittent_connection`, `no_internet` or `ping_failed`."""
    answer = await http.post(f"/api/v1/{service}/ping/", json={"pings": pings})
    answer.raise_for_status()
    task = answer.json()["data"]["task_id"]
    for _ in range(LOOKS):
        await sleep(BETWEEN_S)
        answer = await http.get(f"/api/v1/ping/{task}/")
        answer.raise_for_status()
        action = answer.json()["action"]
        if action != "pending":
            return action
    raise NoResult(f"service {service}: task {task} is still pending")


async def main(service: int) -> str:
    key = {"Authorization": f"Bearer {os.environ['WISPHUB_API_KEY']}"}
    async with httpx.AsyncClient(base_url=os.environ["WISPHUB_API_URL"], headers=key) as http:
        return await connection(http, service)


if __name__ == "__main__":
    print(asyncio.run(main(int(sys.argv[1]))))
