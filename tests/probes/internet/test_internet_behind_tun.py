"""What ping, mtr and traceroute see of the simulated internet behind a TUN device."""

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from internet_calls import SITE, SITE_6, addresses, router, topology
from internet_tun import DEVICE, behind_tun, by_mtr, by_traceroute, output, truth
from peers import needs, needs_root

from probes.errors import ProbeError
from probes.internet import Condition, Counts, Delay, Host, Internet, Link, Route, Topology
from probes.internet.tun import TunDevice

ECMP = addresses("10.9.0.1", "10.9.0.2", "10.9.0.3", "fd09::1", "fd09::2", "fd09::3")
CHAIN = [
    router(1),
    router(2, mpls=(16001, 24005)),
    router(3, silent=True),
    router(4, addresses=ECMP),
    router(5, slow_icmp=Delay(base_ms=20.0)),
]
INTERNET = topology(CHAIN, host=Host(open_tcp=(80,)))
TRUTH = {to: truth(INTERNET.targets[0].route or Route(()), to) for to in (SITE, SITE_6)}
BOTH = pytest.mark.parametrize("to", [SITE, SITE_6])

Inside = Callable[[Callable[[], object]], object]


@pytest.fixture
def inside(namespace: type) -> Inside:
    """Run a body as root in a network of its own."""
    needs_root()
    return namespace().run


def received_there() -> int:
    """Packets that came to this side of the device, by the kernel's count."""
    rows = Path("/proc/net/dev").read_text().splitlines()
    row = next(row for row in rows if row.strip().startswith(f"{DEVICE}:"))
    return int(row.split(":")[1].split()[1])


@pytest.mark.slow
@BOTH
def test_mtr_sees_hops_ecmp_sets_silence_and_labels(inside: Inside, to: str) -> None:
    needs("mtr")

    def body() -> object:
        with behind_tun(Internet(INTERNET, 1)):
            return by_mtr(to, "-c", "40", "-i", "0.05")

    hops, labels, answers = inside(body)
    assert hops == TRUTH[to]
    assert labels == {2: [16001, 24005]}
    assert 3 not in answers


@pytest.mark.slow
@BOTH
@pytest.mark.parametrize("method", [("-I",), ("-U",), ("-T", "-p", "80"), ("-T", "-p", "81")])
def test_traceroute_sees_the_same_by_every_method(
    inside: Inside, to: str, method: tuple[str, ...]
) -> None:
    needs("traceroute")

    def body() -> object:
        with behind_tun(Internet(INTERNET, 1)):
            return by_traceroute(to, *method, "-q", "10", "-w", "1", "-m", "8")

    hops = inside(body)
    assert hops.pop(4) <= TRUTH[to][4]
    assert hops == {ttl: found for ttl, found in TRUTH[to].items() if ttl != 4}


def test_traceroute_shows_the_labels(inside: Inside) -> None:
    needs("traceroute")

    def body() -> object:
        with behind_tun(Internet(INTERNET, 1)):
            return output("traceroute", "-n", "-e", "-I", "-q", "1", "-m", "2", SITE)

    assert "MPLS:L=16001,E=0,S=0,T=1/L=24005,E=0,S=1,T=1" in str(inside(body))


@pytest.mark.slow
def test_a_rate_limited_hop_loses_nothing_of_the_target(inside: Inside) -> None:
    needs("mtr")
    limited = [router(1), router(2, icmp_per_s=0.05, icmp_burst=2), router(3)]

    def body() -> object:
        with behind_tun(Internet(topology(limited), 1)) as service:
            _, _, answers = by_mtr(SITE, "-c", "20", "-i", "0.1")
        return answers, service.internet.counts()

    answers, counts = inside(body)
    assert answers[1] == answers[3] == answers[4] == 20
    assert answers[2] < 10
    assert answers[2] + counts.rate_limited == 20


def test_traceroute_marks_a_prohibited_host(inside: Inside) -> None:
    needs("traceroute")
    host = Host(unreachable="prohibited")

    def body() -> object:
        with behind_tun(Internet(topology(CHAIN[:2], host=host), 1)):
            return output("traceroute", "-n", "-q", "1", SITE)

    assert re.search(r"10\.0\.0\.2 .*!X", str(inside(body)))


@pytest.mark.slow
@BOTH
def test_ping_loses_exactly_what_the_simulation_lost(inside: Inside, to: str) -> None:
    needs("ping")
    lossy = Link(Delay(base_ms=1.0), loss=0.1, back_loss=0.1)

    def body() -> object:
        with behind_tun(Internet(topology([router(1)], lossy), 4)) as service:
            text = output("ping", "-q", "-c", "400", "-i", "0.003", "-W", "2", to)
        return text, service.internet.counts(), service.delivered, service.refused

    text, counts, delivered, refused = inside(body)
    sent, received = map(int, re.findall(r"(\d+) (?:packets transmitted|received)", text))
    assert (sent, received) == (400, counts.answered)
    assert counts == Counts(
        answered=received, lost=counts.lost, answer_lost=400 - received - counts.lost
    )
    assert counts.lost > 10
    assert (delivered, refused) == (received, 0)


@pytest.mark.slow
def test_no_answer_comes_before_its_time_and_the_delay_is_the_stated_one(inside: Inside) -> None:
    """The median above a path without delay is the delay, to half a millisecond."""
    needs("ping")

    def times(delay_ms: float) -> list[float]:
        with behind_tun(Internet(topology([], Link(Delay(base_ms=delay_ms / 2))), 4)):
            text = output("ping", "-c", "60", "-i", "0.005", SITE)
        return sorted(map(float, re.findall(r"time=([\d.]+)", text)))

    def body() -> object:
        for _ in range(8):
            still, late = times(0.0), times(20.0)
            off_ms = median(late) - median(still) - 20.0
            if abs(off_ms) < 0.5:
                break
        return min(late), off_ms

    earliest, off_ms = inside(body)
    assert earliest >= 20.0
    assert abs(off_ms) < 0.5


@pytest.mark.slow
def test_a_tcp_connection_is_accepted_refused_or_ignored(inside: Inside) -> None:
    def outcome(port: int) -> str:
        with socket.socket() as caller:
            caller.settimeout(1.0)
            try:
                caller.connect((SITE, port))
            except OSError as error:
                return type(error).__name__
            return "accepted"

    def body() -> object:
        host = Host(open_tcp=(80,))
        with behind_tun(Internet(topology(CHAIN[:1], host=host), 1)):
            answers = [outcome(80), outcome(81)]
        with behind_tun(Internet(topology(CHAIN[:1], host=replace(host, filtered=True)), 1)):
            return [*answers, outcome(81)]

    assert inside(body) == ["accepted", "ConnectionRefusedError", "TimeoutError"]


def test_a_condition_is_felt_while_it_lasts(inside: Inside) -> None:
    needs("ping")

    def lost() -> int:
        text = output("ping", "-q", "-c", "5", "-i", "0.01", "-W", "0.3", SITE)
        return 5 - int(re.findall(r"(\d+) received", text)[0])

    def body() -> object:
        with behind_tun(Internet(INTERNET, 1)) as service:
            before = lost()
            service.internet.set_condition("hop5", Condition(down=True))
            during = lost()
            service.internet.clear_condition("hop5")
            return before, during, lost()

    assert inside(body) == (0, 5, 0)


@pytest.mark.slow
def test_nothing_arrives_there_unasked(inside: Inside) -> None:
    """No router solicitation or the like: the counters are those of the tests alone."""
    needs("ping")

    def body() -> object:
        with behind_tun(Internet(INTERNET, 1)) as service:
            output("ping", "-q", "-c", "5", "-i", "0.3", SITE_6)
            return service.internet.counts(), received_there()

    assert inside(body) == (Counts(answered=5), 5)


def test_routers_are_heard_where_sources_are_checked_strictly(inside: Inside) -> None:
    needs("traceroute")

    def body() -> object:
        Path("/proc/sys/net/ipv4/conf/default/rp_filter").write_text("1")
        with behind_tun(Internet(INTERNET, 1)):
            return by_traceroute(SITE, "-I", "-q", "1", "-m", "2")

    assert inside(body) == {ttl: TRUTH[SITE][ttl] for ttl in (1, 2)}


def test_the_device_and_its_routes_are_gone_afterwards(inside: Inside) -> None:
    needs("ip")

    def body() -> object:
        before = routes()
        with behind_tun(Internet(INTERNET, 1)):
            during = routes()
        return before, during, routes()

    def routes() -> str:
        shown = [output("ip", f"-{version}", "route", "show", "table", "all") for version in "46"]
        return "".join(line for text in shown for line in text.splitlines() if DEVICE in line)

    before, during, after = inside(body)
    assert SITE in during
    assert SITE_6 in during
    assert "default" not in during
    assert before == after == ""


def test_a_second_device_of_the_name_is_refused(inside: Inside) -> None:
    def body() -> object:
        with TunDevice(DEVICE):
            try:
                TunDevice(DEVICE)
            except ProbeError as error:
                return type(error).__name__, str(error)
        return None

    kind, words = inside(body)
    assert kind == "DeviceUnavailable"
    assert "busy" in words


def test_ranges_that_this_machine_reaches_otherwise_are_left_alone(inside: Inside) -> None:
    needs("ip")

    def body() -> object:
        with TunDevice("other"):
            output("ip", "address", "add", "203.0.113.1/24", "dev", "other")
            output("ip", "link", "set", "dev", "other", "up")
            try:
                with behind_tun(Internet(INTERNET, 1)):
                    return "led"
            except ProbeError as error:
                return type(error).__name__, str(error)

    kind, words = inside(body)
    assert kind == "RouteRefused"
    assert "203.0.113.0/24" in words


def test_an_empty_topology_is_not_served(inside: Inside) -> None:
    def body() -> object:
        try:
            with behind_tun(Internet(Topology(), 1)):
                return "led"
        except ProbeError as error:
            return type(error).__name__

    assert inside(body) == "RouteRefused"
