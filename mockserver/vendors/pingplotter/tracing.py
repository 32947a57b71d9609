"""The tracing itself: one probe of a session's target at each interval, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast
from zlib import crc32

from mockserver.core.backend import Backend
from mockserver.core.following import Followed
from mockserver.core.networks import Place, simulation_at
from mockserver.core.rounds import Round, RoundType
from mockserver.core.series import Probe
from mockserver.core.store import Document
from mockserver.vendors.pingplotter.configurations import configuration, round_trip
from mockserver.vendors.pingplotter.model import ACTIVE
from mockserver.vendors.pingplotter.targets import Target
from probes.errors import ProbeError
from probes.internet.echo import EchoCaller
from probes.network import Plan
from probes.results import PingResult
from probes.simulated import SimulatedNetwork
from probes.tcp import TcpResult

if TYPE_CHECKING:
    from mockserver.vendors.pingplotter.backend import PingPlotterBackend

LEAST_INTERVAL_MS = 100
PAST_MS = 120_000


class NothingSent(ProbeError):
    """The kernel let no packet out, so nothing is known of the target."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a session traces: an address, or a name whose address nobody knows yet."""

    target: str
    configuration_id: str
    is_name: bool = False


def place_of(agent: Document, account: str) -> str:
    """Return where an agent measures from: its own place, or the machine that it really is."""
    if agent.get("remote"):
        return f"remote/{agent['remote']}"
    return f"pingplotter/{account}/{agent['UniqueId']}"


def subject_of(session: Document) -> Subject | None:
    """Return what a session traces; None where its target names no host at all."""
    if session["IpAddress"]:
        return Subject(session["IpAddress"], session["configuration_id"])
    host = Target(session["target"]).host
    return Subject(host, session["configuration_id"], is_name=True) if host else None


def is_traced(session: Document, agent: Document) -> bool:
    """Say whether packets leave for a session of `agent`."""
    return session["Status"] == ACTIVE and agent["IsOnline"] and not agent["Deleted"]


def spacing_ms(session: Document) -> int:
    """Return how far apart the probes of a session are."""
    return max(LEAST_INTERVAL_MS, int(session["interval_ms"]))


async def run(place: Place, followed: Followed) -> Round:
    """Send one probe; ProbeError where nothing could be sent."""
    subject: Subject = followed.subject
    network = None if subject.is_name else simulation_at(place, subject.target)
    if network is not None:
        return Round(_simulated(network, subject), "simulated")
    plan: Plan[PingResult | TcpResult] = configuration(subject.configuration_id).plan(
        subject.target
    )
    measured = await place.measured(plan)
    sent, rtt_ms = round_trip(measured.result)
    if not sent:
        raise NothingSent(f"No packet could be sent to {subject.target}.")
    news = measured.result.address if subject.is_name else ""
    return Round(rtt_ms, measured.origin, news)


def _simulated(network: SimulatedNetwork, subject: Subject) -> float | None:
    # The same packets as a simulated ping sends, but what comes back is told at once: a clock that
    # is moved by hours would otherwise have to stop for each single answer.
    stream = network.turn("trace", subject.target)
    if configuration(subject.configuration_id).port is not None:
        return network.round_trip_ms(subject.target, stream)
    caller = EchoCaller(network.internet, ip_address(subject.target), stream)
    return caller.rtt_ms(0, network.now_s)


def past_of(place: Place, session: Document, now_ms: int) -> Callable[[], Sequence[Probe]] | None:
    """Return what simulates the minutes before now; None where the target is really measured."""
    network = simulation_at(place, session["IpAddress"]) if session["IpAddress"] else None
    if network is None:
        return None
    begins_ms = now_ms + crc32(session["SessionId"].encode()) % spacing_ms(session)
    return partial(_past, network, session["IpAddress"], begins_ms, spacing_ms(session))


def _past(network: SimulatedNetwork, address: str, until_ms: int, step_ms: int) -> list[Probe]:
    caller = EchoCaller(
        network.internet, ip_address(address), network.stream("past", f"{address} {until_ms}")
    )
    times_ms = range(until_ms - PAST_MS // step_ms * step_ms, until_ms, step_ms)
    return [(at_ms, caller.rtt_ms(number, at_ms / 1000)) for number, at_ms in enumerate(times_ms)]


async def _learn(backend: Backend, id_: str, address: str) -> None:
    await cast("PingPlotterBackend", backend).learn_address(id_, address)


async def _resume(backend: Backend) -> None:
    await cast("PingPlotterBackend", backend).resume_tracing()


rounds = RoundType(run, _learn, _resume)
