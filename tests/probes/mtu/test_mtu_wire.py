"""Answers and errors that are about something else change nothing."""

import asyncio
import os
import socket
import struct
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tcp_peers import measured

from probes import (
    LiveNetwork,
    PermissionMissing,
    PinnedTarget,
    PlanInvalid,
    TargetPolicy,
    TargetRefused,
)
from probes.errors import TargetUnresolvable
from probes.failure import FailureKind
from probes.mtu import MtuPlan, MtuResult
from probes.mtu.carriers import DatagramCarrier, EchoCarrier
from probes.mtu.error_queue import _read
from probes.packet import Echo, build_echo, checksum

HOME = PinnedTarget("home", ip_address("127.0.0.1"))


def too_big(quoted: bytes, mtu: int) -> bytes:
    """Write an ICMP "fragmentation needed"."""
    head = struct.pack("!BBHHH", 3, 4, 0, 0, mtu)
    total = checksum(head + quoted)
    return head[:2] + total.to_bytes(2, "big") + head[4:] + quoted


def forge(ident: int, seq: int) -> None:
    """Tell this host that an echo request of its own was too big."""
    inner = struct.pack("!BBHHH", 8, 0, 0, ident, seq) + bytes(20)
    outer = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 1500, 1, 0x4000, 64, 1, 0, *[b"\x7f\0\0\1"] * 2)
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as mouth:
        mouth.sendto(too_big(outer + inner, 576), ("127.0.0.1", 0))


@pytest.mark.parametrize(
    ("offset", "seq", "expected"), [(0, 0, [0]), (1, 0, []), (0, 9, [])], ids=str
)
def test_only_errors_that_quote_a_request_of_ours_count(
    namespace: Any, offset: int, seq: int, expected: list[int]
) -> None:
    def use() -> list[int]:
        carrier = EchoCarrier(HOME)
        carrier.send(0, 600)
        list(carrier.arrivals())
        forge((carrier._ident + offset) & 0xFFFF, seq)
        found = [key for key, _ in carrier.arrivals()]
        carrier.close()
        return found

    assert namespace().run(use) == expected


def searched_among(namespace: Any, responder: Any, script: Any) -> MtuResult:
    """Search a home at which the script answers in place of the kernel."""

    async def within() -> MtuResult:
        network = LiveNetwork(TargetPolicy())
        plan = MtuPlan("127.0.0.1", longest_bytes=1500, tries=1, timeout_s=0.05)
        try:
            with responder(script):
                return await asyncio.wait_for(network.measure(plan), 30)
        finally:
            await network.close()

    result: MtuResult = namespace(silent=True).run(lambda: asyncio.run(within()))
    return result


def test_an_answer_of_another_size_is_no_answer(namespace: Any, responder: Any) -> None:
    def shorten(peer: Any, echo: Echo, host: str) -> None:
        reply = replace(echo.reply(), size=min(echo.size, 1000))
        peer.send(build_echo(reply), host)

    result = searched_among(namespace, responder, shorten)
    assert (result.mtu_bytes, result.black_hole) == (1028, True)


def test_an_answer_from_another_host_is_no_answer(namespace: Any, responder: Any) -> None:
    def elsewhere(peer: Any, echo: Echo, host: str) -> None:
        peer.send(build_echo(echo.reply()), "127.0.0.2")

    result = searched_among(namespace, responder, elsewhere)
    assert result.failure.kind is FailureKind.TIMEOUT


def test_an_error_that_stands_in_the_way_of_a_packet_is_kept(namespace: Any) -> None:
    def use() -> list[int]:
        carrier = DatagramCarrier(HOME, 33_434)
        # On loopback "port unreachable" is there before the next packet can be sent.
        objections = [carrier.send(carrier.next_key(), 600) for _ in range(3)]
        assert objections == [None] * 3
        keys = [key for key, _ in carrier.arrivals()]
        carrier.close()
        return keys

    assert namespace().run(use) == [33_434, 33_435, 33_436]


@given(st.binary(min_size=16, max_size=64), st.binary(max_size=64))
def test_no_message_of_the_error_queue_breaks_its_reader(content: bytes, quoted: bytes) -> None:
    assert _read(content, 0, quoted).quoted == quoted


def test_without_any_right_it_is_said(namespace: Any) -> None:
    def use() -> str:
        os.setgroups([])
        os.setresuid(65534, 65534, 65534)
        with pytest.raises(PermissionMissing) as caught:
            measured(MtuPlan("127.0.0.1"))
        return str(caught.value)

    assert "ping_group_range" in namespace().run(use)


def test_udp_needs_no_right(namespace: Any) -> None:
    def use() -> int | None:
        os.setgroups([])
        os.setresuid(65534, 65534, 65534)
        return measured(MtuPlan("127.0.0.1", "udp")).mtu_bytes

    assert namespace().run(use) == 65_535


def test_targets_that_may_not_or_cannot_be_probed_are_errors() -> None:
    with pytest.raises(TargetRefused):
        measured(MtuPlan("192.0.2.1"))
    with pytest.raises(TargetUnresolvable):
        measured(MtuPlan(""))


@pytest.mark.parametrize(
    "settings",
    [
        {"protocol": "tcp"},
        {"longest_bytes": 1279},
        {"longest_bytes": 65_536},
        {"tries": 0},
        {"tries": 11},
        {"port": 0},
        {"spacing_s": -1},
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
    ],
)
def test_impossible_settings_make_no_plan(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        MtuPlan("127.0.0.1", **settings)
