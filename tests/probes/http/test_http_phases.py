"""The phases against the system's curl on a path with delay, and against the delay itself."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

import pytest
from http_peers import NAME, Site, nginx_site
from netlab import Impair, Lab
from peers import needs

from probes import LiveNetwork, TargetPolicy
from probes.http import HttpPlan, HttpVersion

ROUNDS, TRIES = 9, 8
PHASES = ("connect", "tls", "wait", "receive", "total")
DELAY_S = 0.015

Figures = dict[str, float]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "version"), [("plain", "1.1"), ("tls13", "1.1"), ("h2", "2"), ("tls12", "1.1")]
)
def test_every_phase_is_what_curl_says(tmp_path: Path, server: str, version: str) -> None:
    """Medians of alternating fetches within max(1 ms, 5 %), on a path of 30 ms there and back."""
    (curl,) = needs("curl")
    lab = Lab(routers=1, links={0: Impair(delay_s=DELAY_S)})
    with lab, nginx_site(tmp_path, lab.server) as site:
        address = lab.address("server")
        for remaining in reversed(range(TRIES)):
            ours, theirs = lab.client.run(lambda: compared(curl, site, server, version, address))
            if all(close(ours[phase], theirs[phase]) for phase in PHASES):
                break
            assert remaining, (ours, theirs)
    assert ours["connect"] >= DELAY_S * 2000
    assert ours["rtt"] == pytest.approx(DELAY_S * 2000, abs=1.0)


def close(ours: float, theirs: float) -> bool:
    return abs(ours - theirs) <= max(1.0, 0.05 * theirs)


async def compared(
    curl: str, site: Site, server: str, version: str, address: str
) -> tuple[Figures, Figures]:
    network = LiveNetwork(TargetPolicy.allowing("10.77.0.0/16"))
    url = site.url(server, "/big.bin")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(await by_probe(network, url, site.ca, version, address))
        theirs.append(await asyncio.to_thread(by_curl, curl, url, site, version, address))
    await network.close()
    return medians(ours), medians(theirs)


async def by_probe(
    network: LiveNetwork, url: str, ca: bytes, version: str, address: str
) -> Figures:
    plan = HttpPlan(
        url, ca=ca, http_version=HttpVersion(version), dns_override={NAME: address}, timeout_s=20.0
    )
    result = await network.measure(plan)
    assert result.failure is None, result.failure
    figures: dict[str, Any] = {phase: getattr(result, f"{phase}_ms") for phase in PHASES}
    return {**figures, "rtt": result.last.tcp_rtt_ms}


def by_curl(curl: str, url: str, site: Site, version: str, address: str) -> Figures:
    port = url.split(":")[2].split("/", maxsplit=1)[0]
    argv = [curl, "--silent", "--noproxy", "*", "--output", "/dev/null", "--write-out", "%{json}"]
    argv += [f"--http{version}", "--cacert", str(site.folder / "ca.pem")]
    argv += ["--resolve", f"{NAME}:{port}:{address}", url]
    told = json.loads(subprocess.run(argv, capture_output=True, check=True, timeout=30).stdout)
    seconds = {name: told[f"time_{name}"] for name in _MOMENTS}
    begin = seconds["appconnect"] or seconds["connect"]
    return {
        "connect": seconds["connect"] * 1000,
        "tls": (begin - seconds["connect"]) * 1000,
        "wait": (seconds["starttransfer"] - seconds["pretransfer"]) * 1000,
        "receive": (seconds["total"] - seconds["starttransfer"]) * 1000,
        "total": seconds["total"] * 1000,
    }


_MOMENTS = ("connect", "appconnect", "pretransfer", "starttransfer", "total")


def medians(rows: list[Figures]) -> Figures:
    return {name: statistics.median(row[name] for row in rows) for name in rows[0]}
