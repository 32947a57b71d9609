"""The round trips that ping reports are those that were imposed, and those that a capture saw."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import sqrt
from pathlib import Path
from statistics import median, pstdev

import pytest
from netlab import Impair, Lab
from peers import needs, until
from proof_wire import errors_us, fping_rtts_us, wire_rtts_us

from probes import LiveNetwork, PingPlan, PingResult, TargetPolicy

ATTEMPTS = 8
"""The machine is shared: a comparison of accuracy may be repeated, and the best one counts."""
TARGETS, PROBES = 1000, 4


def pinged(hosts: list[str], count: int, interval_s: float) -> list[PingResult]:
    async def within() -> list[PingResult]:
        network = LiveNetwork(TargetPolicy.allowing("10.77.0.0/16"))
        try:
            plans = [PingPlan(host, count, interval_s, 3.0) for host in hosts]
            return await asyncio.gather(*map(network.measure, plans))
        finally:
            await network.close()

    return asyncio.run(within())


def best(measure: Callable[[], list[str]]) -> None:
    """Pass if one of a few attempts has no objections."""
    objections: list[str] = []
    for _ in range(ATTEMPTS):
        objections = measure()
        if not objections:
            return
    pytest.fail("; ".join(objections))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("there", "back", "mean_ms", "deviation_ms"),
    [
        (Impair(delay_s=0.010), Impair(delay_s=0.010), 20, 0),
        (Impair(delay_s=0.020, jitter_s=0.005), Impair(), 20, 5 / sqrt(3)),
        (Impair(delay_s=0.010), Impair(delay_s=0.010, jitter_s=0.002, normal=True), 20, 2),
    ],
    ids=["constant", "uniform", "normal"],
)
def test_delay_and_its_spread_are_the_imposed_ones(
    there: Impair, back: Impair, mean_ms: float, deviation_ms: float
) -> None:
    with Lab(routers=1, links={1: Impair()}) as lab:

        def measure() -> list[str]:
            lab.impair(1, there, back, seed=5)
            host = lab.address("server")
            (result,) = lab.client.run_unprivileged(lambda: pinged([host], 1000, 0.005))
            print(f"median {median(result.samples_ms):.3f} sd {pstdev(result.samples_ms):.3f}")
            return objections(result, mean_ms, deviation_ms)

        best(measure)


def objections(result: PingResult, mean_ms: float, deviation_ms: float) -> list[str]:
    middle, spread = median(result.samples_ms), pstdev(result.samples_ms)
    found = []
    if abs(middle - mean_ms) > 0.4:
        found.append(f"median {middle:.3f} ms, imposed {mean_ms}")
    if deviation_ms and abs(spread - deviation_ms) > 0.05 * deviation_ms:
        found.append(f"deviation {spread:.3f} ms, imposed {deviation_ms:.3f}")
    return found


@contextmanager
def captured(lab: Lab, directory: Path) -> Iterator[Path]:
    """Capture echo packets on the loopback, with the kernel's nanosecond stamps."""
    file, log = directory / "lo.pcap", directory / "tcpdump.log"
    settings = "--immediate-mode --time-stamp-precision=nano -s 96 -B 65536 -U"
    command = ["tcpdump", "-i", "lo", *settings.split(), "-w", str(file), "icmp"]
    with lab.client.running(command, log, lambda: "listening on" in log.read_text()):
        yield file
        until(lambda: complete(file), "the capture holds every packet")


def complete(file: Path) -> bool:
    packets = TARGETS * PROBES * 2
    return file.stat().st_size >= 24 + packets * (16 + 14 + 20 + 8)


@pytest.mark.slow
def test_round_trips_are_nearer_to_a_capture_than_those_of_fping(tmp_path: Path) -> None:
    needs("tcpdump", "fping")
    hosts = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(TARGETS)]
    with Lab(routers=0) as lab:

        def measure() -> list[str]:
            own = own_errors(lab, hosts, tmp_path)
            others = fping_errors(lab, hosts, tmp_path)
            print(summary("probes", own), summary("fping", others))
            if median(own) >= median(others):
                return [f"{summary('probes', own)}, {summary('fping', others)}"]
            return []

        best(measure)


def summary(name: str, errors: list[float]) -> str:
    high = errors[int(len(errors) * 0.99)]
    return f"{name}: median error {median(errors):.2f} us, p99 {high:.2f} us"


def own_errors(lab: Lab, hosts: list[str], directory: Path) -> list[float]:
    with captured(lab, directory) as file:
        results = lab.client.run(lambda: pinged(hosts, PROBES, 0.25))
    told = {one.target: [rtt * 1000 for rtt in one.samples_ms] for one in results}
    return errors_us(told, wire_rtts_us(file))


def fping_errors(lab: Lab, hosts: list[str], directory: Path) -> list[float]:
    names = directory / "hosts"
    names.write_text("\n".join(hosts))
    command = f"fping -C {PROBES} -q -p 250 -i 0 -f {names} 2>&1"
    with captured(lab, directory) as file:
        words = lab.client.exec(command)
    told = fping_rtts_us(words)
    assert len(told) == len(re.findall("127[.]1[.]", words)) == len(hosts)
    return errors_us(told, wire_rtts_us(file))
