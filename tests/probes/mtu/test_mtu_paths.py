"""The path MTU of router chains with a narrow link, told of or not, is found to the byte."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvloop
from netlab import Impair, Lab
from peers import needs
from tcp_peers import measured

from probes import TargetPolicy
from probes.errors import TargetRefused
from probes.failure import FailureKind
from probes.mtu import MtuPlan, MtuResult

NARROW = 1400
ALL_WAYS = pytest.mark.parametrize(
    ("version", "protocol"), [(4, "icmp"), (4, "udp"), (6, "icmp"), (6, "udp")]
)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The link between r2 and r3 is narrow; packets of the last hop can be lost."""
    with Lab(routers=3, mtus={2: NARROW}, links={3: Impair()}, ipv6=True) as made:
        yield made


@pytest.fixture(scope="module")
def mute_lab() -> Iterator[Lab]:
    """The same, but r2 says nothing."""
    needs("iptables", "ip6tables")
    with Lab(routers=3, mtus={2: NARROW}, ipv6=True) as made:
        made.routers[1].exec(
            "iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP;"
            " ip6tables -A OUTPUT -p icmpv6 --icmpv6-type packet-too-big -j DROP"
        )
        yield made


def search(lab: Lab, version: int = 4, host: str | None = None, **settings: Any) -> MtuResult:
    """Search as nobody, without any right."""
    policy = TargetPolicy.allowing(lab.network(), lab.network(6), "10.99.0.0/16")
    plan = MtuPlan(host or lab.address("server", version), **settings)
    result: MtuResult = lab.client.run_unprivileged(lambda: measured(plan, policy))
    return result


@ALL_WAYS
def test_a_narrow_link_is_found_and_its_router_named(
    lab: Lab, version: int, protocol: str
) -> None:
    result = search(lab, version, protocol=protocol)
    assert (result.mtu_bytes, result.interface_mtu_bytes) == (NARROW, 1500)
    assert result.limited_by == lab.address("r2", version)
    assert result.black_hole is False


@ALL_WAYS
def test_a_black_hole_is_told_apart(mute_lab: Lab, version: int, protocol: str) -> None:
    result = search(mute_lab, version, protocol=protocol, timeout_s=0.1, spacing_s=0.01)
    assert (result.mtu_bytes, result.black_hole) == (NARROW, True)
    assert (result.reports, result.limited_by) == ((), None)


@pytest.mark.parametrize("protocol", ["icmp", "udp"])
def test_another_event_loop_finds_the_same(lab: Lab, protocol: str) -> None:
    def use() -> MtuResult:
        policy = TargetPolicy.allowing(lab.network())
        return measured(MtuPlan(lab.address("server"), protocol), policy, uvloop.run)

    result = lab.client.run(use)
    assert (result.mtu_bytes, result.limited_by) == (NARROW, lab.address("r2"))


def test_raw_sockets_find_the_same(lab: Lab) -> None:
    def use() -> MtuResult:
        return measured(MtuPlan(lab.address("server")), TargetPolicy.allowing(lab.network()))

    lab.client.set("ipv4/ping_group_range", "1 0")
    try:
        result = lab.client.run(use)
    finally:
        lab.client.set("ipv4/ping_group_range", "0 2147483647")
    assert (result.mtu_bytes, result.limited_by) == (NARROW, lab.address("r2"))


def test_a_path_without_a_narrow_link_has_the_interface_mtu(lab: Lab) -> None:
    result = search(lab, host=lab.address("r2"))
    assert (result.mtu_bytes, result.interface_mtu_bytes, result.black_hole) == (1500, 1500, False)
    assert result.reports == ()


@contextmanager
def width(lab: Lab, mtu: int) -> Iterator[None]:
    """Make the narrow link another width; a veth drops what its other end would not send."""
    ends = ((lab.routers[1], "right0"), (lab.routers[2], "left0"))
    for node, device in ends:
        node.exec(f"ip link set {device} mtu {mtu}")
    try:
        yield
    finally:
        for node, device in ends:
            node.exec(f"ip link set {device} mtu {NARROW}")


@pytest.mark.slow
@pytest.mark.parametrize("mtu", [1281, 1333, 1399, 1473, 1499])
def test_any_width_is_found_to_the_byte_in_a_black_hole(mute_lab: Lab, mtu: int) -> None:
    with width(mute_lab, mtu):
        result = search(mute_lab, timeout_s=0.1, spacing_s=0.01)
    assert (result.mtu_bytes, result.black_hole) == (mtu, True)


def test_what_the_kernel_remembers_of_a_path_is_not_believed(lab: Lab) -> None:
    search(lab)
    assert f"mtu {NARROW}" in lab.client.exec(f"ip route get {lab.address('server')}")
    with width(lab, 1500):
        assert search(lab).mtu_bytes == 1500


def test_loss_is_not_mistaken_for_a_narrow_link(lab: Lab) -> None:
    lab.impair(3, Impair(loss=0.3), Impair(), seed=4)
    try:
        result = search(lab, tries=8, spacing_s=0.02, timeout_s=0.3)
        lost = lab.counters(3).forward["icmp"].dropped
    finally:
        lab.impair(3, Impair())
    assert result.mtu_bytes == NARROW
    assert lost > 0


def test_silence_gives_no_number(lab: Lab) -> None:
    lab.impair(3, Impair(loss=1.0))
    try:
        result = search(lab, timeout_s=0.2, spacing_s=0.01)
    finally:
        lab.impair(3, Impair())
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.mtu_bytes, result.black_hole, result.time_ms) == (None, None, None)


def test_a_router_that_knows_no_way_is_heard(lab: Lab) -> None:
    result = search(lab, host="10.99.0.1", timeout_s=10)
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert lab.address("r1") in result.failure.message


def test_a_port_that_somebody_else_calls_closed_is_no_answer(lab: Lab) -> None:
    needs("iptables")
    rule = "FORWARD -p udp -j REJECT --reject-with icmp-port-unreachable"
    lab.routers[2].exec(f"iptables -I {rule}")
    try:
        result = search(lab, protocol="udp")
    finally:
        lab.routers[2].exec(f"iptables -D {rule}")
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert lab.address("r3") in result.failure.message


def test_a_closed_target_gets_no_packet() -> None:
    def use() -> None:
        for protocol in ("icmp", "udp"):
            with pytest.raises(TargetRefused):
                measured(MtuPlan("10.77.1.2", protocol))

    with Lab(routers=1, links={0: Impair()}) as lab:
        lab.client.run(use)
        assert lab.counters(0).forward["all"].seen == 0
