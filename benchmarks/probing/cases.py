"""What is compared: each case runs every contestant once and yields figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from benchmarks.probing import contestants, tracing
from benchmarks.probing.accuracy import judge
from benchmarks.probing.simulation import packets_per_s

OURS = "probes"


@dataclass(frozen=True, slots=True)
class Size:
    """How many targets, and how many probes to each."""

    targets: int
    count: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one contestant in one round."""

    what: str
    unit: str
    who: str
    value: float


def flood(size: Size) -> list[Figure]:
    """As fast as each goes; fping's smallest period is 10 ms. icmplib gets a tenth."""
    few = max(2, size.count // 10)
    runs = {
        OURS: contestants.worker("ours", size.targets, size.count, 0.0),
        "fping": contestants.fping(size.targets, size.count, 0.01),
        "icmplib": contestants.worker("icmplib", size.targets, few, 0.0),
    }
    figures = []
    for who, run in runs.items():
        figures += [
            Figure("flood", "probes/s", who, run.probes_per_s),
            Figure("flood: CPU", "µs/probe", who, run.cpu_us_per_probe),
            Figure("flood: false loss", "probes", who, run.lost),
        ]
    return figures


def paced(size: Size) -> list[Figure]:
    """Ask each target four times a second, and compare with the wire."""
    count = max(4, size.count // 4)
    tests: dict[str, Callable[[], contestants.Run]] = {
        OURS: lambda: contestants.worker("ours", size.targets, count, 0.25),
        "fping": lambda: contestants.fping(size.targets, count, 0.25),
        # More targets at once would only make these two look worse.
        "icmplib": lambda: contestants.worker("icmplib", min(256, size.targets), 4, 0.5),
        "ping": lambda: contestants.ping(min(100, size.targets), 6, 0.5),
    }
    figures = []
    for who, run in tests.items():
        error = judge(run)
        figures += [
            Figure("paced: RTT error, median", "µs", who, error.median_us),
            Figure("paced: RTT error, p99", "µs", who, error.p99_us),
            Figure("paced: CPU", "µs/probe", who, error.cpu_us_per_probe),
        ]
    return figures


def traces(size: Size) -> list[Figure]:
    """Trace all targets continuously over nine routers, whose work is part of the system's."""
    seen = tracing.run(size.targets)
    return [
        Figure("continuous traces: CPU", "% of a core", OURS, 100 * seen.cpu_share),
        Figure("continuous traces: CPU, user", "% of a core", OURS, 100 * seen.user_share),
        Figure("continuous traces", "probes", OURS, seen.probes),
        Figure("continuous traces: late rounds", f"of {seen.rounds}", OURS, seen.late),
        Figure("continuous traces: latest round", "ms", OURS, seen.worst_late_ms),
    ]


def simulated(_: Size) -> list[Figure]:
    """Send packets into the simulated internet, by processor time."""
    return [Figure("simulated", "packets/s", OURS, packets_per_s())]


CASES: Mapping[str, Callable[[Size], list[Figure]]] = MappingProxyType(
    {"flood": flood, "paced": paced, "traces": traces, "simulated": simulated}
)
