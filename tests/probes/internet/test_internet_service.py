"""The service behind a device: in time, every packet counted, and only where it is allowed."""

import os
import time
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from cable import needs_tun
from internet_calls import Caller, router, topology
from peers import needs_root

from probes.errors import ProbeError
from probes.internet import Counts, Delay, Internet, Link, Target, Topology
from probes.internet.routes import check_free, routes_of
from probes.internet.serve import Service
from probes.internet.tun import DeviceUnavailable, TunDevice
from probes.ip_packet import ICMP, IpPacket, build_ip
from probes.targets import parse_range


class Pipe:
    """A device that is a pipe of packets of 84 bytes; ends the service after so many answers."""

    def __init__(self, most: int, takes: bool) -> None:  # noqa: FBT001
        self.most, self.takes = most, takes
        self.outside, self.inside = os.pipe()
        self.stop, self.wake = os.pipe()
        os.set_blocking(self.outside, False)
        self.sent: list[tuple[float, bytes]] = []

    def fileno(self) -> int:
        return self.outside

    def packets(self, most: int) -> Iterator[bytes]:
        for _ in range(most):
            try:
                yield os.read(self.outside, 84)
            except BlockingIOError:
                return

    def send(self, packet: bytes) -> bool:
        self.sent.append((time.monotonic(), packet))
        if len(self.sent) == self.most:
            os.write(self.wake, b"!")
        return self.takes

    def overruns(self) -> int:
        return 0

    def close(self) -> None:
        for descriptor in (self.outside, self.inside, self.stop, self.wake):
            os.close(descriptor)


def echo(ttl: int = 64) -> bytes:
    caller = Caller(Internet())
    message = bytes((8, 0, 0xF7, 0xFF)) + bytes(60)
    return build_ip(IpPacket(caller.source, caller.destination, ICMP, ttl, 1, message))


def served(
    internet: Internet, *packets: bytes, answers: int = 1, takes: bool = True
) -> tuple[Service, Pipe]:
    """Serve these packets until so many answers were delivered."""
    device = Pipe(answers, takes)
    for packet in packets:
        os.write(device.inside, packet)
    service = Service(internet, device)
    service.run(device.stop, time.monotonic() + 30)
    device.close()
    return service, device


def test_an_answer_is_not_delivered_before_its_time() -> None:
    began_s = time.monotonic()
    _, device = served(Internet(topology([], Link(Delay(base_ms=25.0)))), echo())
    ((at_s, _),) = device.sent
    assert at_s >= began_s + 0.05


def test_answers_are_delivered_in_the_order_of_their_times() -> None:
    far = router(1, slow_icmp=Delay(base_ms=100.0))
    _, device = served(Internet(topology([far])), echo(ttl=1), echo(), answers=2)
    first, last = (packet for _, packet in device.sent)
    assert (first[20], last[20]) == (0, 11)


def test_every_packet_is_counted_once() -> None:
    slow = router(2, slow_icmp=Delay(base_ms=60_000.0))
    internet = Internet(topology([router(1, silent=True), slow]))
    service, _ = served(internet, echo(1), echo(2), bytes(84), echo())
    report = service.report("sim0", ["203.0.113.80/32"], 1.0)
    assert report.counts == Counts(answered=2, silent=1, malformed=1)
    assert (report.received, report.delivered, report.refused, report.late) == (4, 1, 0, 1)


def test_what_the_kernel_refuses_is_counted_apart() -> None:
    service, _ = served(Internet(topology([])), echo(), takes=False)
    assert (service.delivered, service.refused) == (0, 1)


def test_it_ends_when_its_time_is_over() -> None:
    device = Pipe(1, takes=True)
    Service(Internet(), device).run(device.stop, time.monotonic() + 0.01)
    device.close()
    assert device.sent == []


def listed(*ranges: str) -> Topology:
    return Topology((Target(tuple(map(parse_range, ranges))),))


def test_the_ranges_of_the_topology_are_led_there() -> None:
    ranges = ("203.0.113.0/24", "2001:db8::/32", "198.51.100.7")
    assert routes_of(listed(*ranges)) == tuple(map(parse_range, ranges))


def test_a_part_of_them_may_be_chosen() -> None:
    assert routes_of(listed("203.0.113.0/24"), ["203.0.113.64/26"]) == (
        ip_network("203.0.113.64/26"),
    )


@pytest.mark.parametrize("wanted", ["0.0.0.0/0", "203.0.112.0/23", "198.51.100.0/24", "::/0"])
def test_nothing_outside_the_topology_is_led_there(wanted: str) -> None:
    with pytest.raises(ProbeError, match="outside the targets"):
        routes_of(listed("203.0.113.0/24", "2001:db8::/32"), [wanted])


@pytest.mark.parametrize(
    "listed_range",
    ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "::/0", "2000::/3", "127.0.0.0/8",
     "127.1.2.3", "169.254.169.254", "224.0.0.0/4", "255.255.255.255", "0.0.0.1", "::1",
     "fe80::/64", "ff02::/16"],
)  # fmt: skip
def test_some_ranges_are_never_led_anywhere(listed_range: str) -> None:
    with pytest.raises(ProbeError, match=r"wider than|never led"):
        routes_of(listed("203.0.113.0/24", listed_range))


@pytest.mark.parametrize(("taken", "is_free"), [
    ("203.0.113.0/25", False), ("203.0.112.0/23", False), ("203.0.114.0/24", True),
    ("0.0.0.0/0", True), ("2001:db8::/32", True),
])  # fmt: skip
def test_a_range_with_another_route_is_not_taken_over(taken: str, is_free: bool) -> None:  # noqa: FBT001
    ranges = [parse_range("203.0.113.0/24")]
    if is_free:
        check_free(ranges, [parse_range(taken)])
        return
    with pytest.raises(ProbeError, match="there is a route"):
        check_free(ranges, [parse_range(taken)])


@pytest.mark.parametrize("name", ["", "a" * 16, "a/b", "..", "a b", "ünde"])
def test_a_device_name_is_checked_before_anything_is_opened(name: str) -> None:
    with pytest.raises(DeviceUnavailable, match="letters and digits"):
        TunDevice(name)


def test_who_is_not_root_is_told_so(namespace: type) -> None:
    def body() -> str:
        os.setgid(65_534)
        os.setuid(65_534)
        try:
            TunDevice("sim9")
        except DeviceUnavailable as error:
            return str(error)
        return "made"

    needs_root()
    needs_tun()
    assert "be root" in namespace().run(body)
