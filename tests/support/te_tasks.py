"""ThousandEyes tests as tasks of one agent, measured without a server around them."""

from __future__ import annotations

import asyncio
import json
import subprocess
from typing import Any

from peers import needs

from mockserver.core.clock import ManualClock
from mockserver.core.networks import ChosenNetworks, Mode, Witness
from mockserver.vendors.thousandeyes.choices import chosen, secrets
from mockserver.vendors.thousandeyes.measuring import MEASURES
from mockserver.vendors.thousandeyes.measuring.task import Task

HOME = "127.0.0.1"
PATIENCE_S = 60.0


class InstantClock(ManualClock):
    """Lets simulated time pass at once."""

    async def sleep(self, delay_s: float) -> None:
        await self.advance(delay_s)


def task(type_: str, body: dict[str, Any], **fields: Any) -> Task:
    """Return what an agent is told of a test that was created with this body."""
    settings = chosen(type_, body)
    for number, server in enumerate(settings.get("dnsServers", ()), start=1):
        server["serverId"] = number
    return Task(type_, settings, secrets(type_, body), "192.0.2.77", **fields)


async def found(one: Task, *, mode: Mode = "simulated", seed: int = 1) -> tuple[Any, list[str]]:
    """Measure as an agent does; return the findings, and where they came from."""
    networks = ChosenNetworks(mode, (), seed, InstantClock())
    witness = Witness(networks.at("te/agent"))
    try:
        findings = await asyncio.wait_for(MEASURES[one.type](witness, one), PATIENCE_S)
        return findings, list(witness.origins)
    finally:
        await networks.close()


def measured(type_: str, body: dict[str, Any], **fields: Any) -> Any:
    """Measure on loopback with real packets; nothing may have been simulated."""
    findings, origins = asyncio.run(found(task(type_, body, **fields)))
    assert "simulated" not in origins
    return findings


def apply_rules(rules: str) -> None:
    """Give this namespace a table of nft, which must be called `t`."""
    (nft,) = needs("nft")
    subprocess.run([nft, "-f", "-"], input=rules.encode(), check=True, timeout=30)


def packets() -> dict[str, int]:
    """Return what the named counters of this namespace have counted."""
    (nft,) = needs("nft")
    done = subprocess.run(
        [nft, "-j", "list", "counters"], check=True, capture_output=True, timeout=30
    )
    rows = [row["counter"] for row in json.loads(done.stdout)["nftables"] if "counter" in row]
    return {row["name"]: int(row["packets"]) for row in rows}
