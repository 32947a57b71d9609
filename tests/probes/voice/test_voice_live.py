"""Voice over real sockets: on loopback, and through a cable that counts what it loses."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from netlab import Impair, Lab
from peers import needs, until
from voice_rig import HOME, Drops, measured, serve_in, with_responder

from probes.quality import CODECS
from probes.voice import VoicePlan, VoiceResult

RTP = b"\x80"


def at_home(**settings: Any) -> VoiceResult:
    async def use(responder: Any) -> VoiceResult:
        result = await measured(VoicePlan(HOME, responder.port, **settings))
        assert isinstance(result, VoiceResult)
        return result

    result = with_responder(use)
    assert isinstance(result, VoiceResult)
    return result


def test_loopback_loses_nothing() -> None:
    result = at_home(duration_s=0.5)
    assert result.ok
    assert (result.sent, result.received, result.lost, result.duplicates) == (25, 25, 0, 0)


def test_on_one_kernel_both_clocks_are_one() -> None:
    result = at_home(duration_s=0.2)
    assert (result.clock_offset_ms, result.clock_error_ms) == (0, 0)
    assert result.min_latency_ms is not None
    assert result.min_latency_ms > 0


def together(*settings: dict[str, Any]) -> list[VoiceResult]:
    async def use(responder: Any) -> list[VoiceResult]:
        plans = [VoicePlan(HOME, responder.port, duration_s=0.2, **each) for each in settings]
        return await asyncio.gather(*map(measured, plans))

    results: list[VoiceResult] = with_responder(use)
    return results


def test_the_receiver_tells_the_dscp_that_it_saw() -> None:
    results = together({"dscp": 0}, {"dscp": 46}, {"dscp": 56})
    assert [result.dscp_received for result in results] == [0, 46, 56]


def test_every_codec_gets_through() -> None:
    results = together(*({"codec_id": codec_id} for codec_id in CODECS))
    assert [result.codec_id for result in results] == list(range(10))
    assert all(result.received == result.sent > 2 for result in results)


@pytest.mark.slow
def test_a_dead_path_behind_the_greeting_is_total_loss() -> None:
    """A responder that takes no RTP reports none: the stream is sent, and nothing arrives."""

    async def use(responder: Any) -> Any:
        plan = VoicePlan(HOME, responder.port, duration_s=0.1)
        return await measured(plan)

    from probes.responder import sessions  # noqa: PLC0415

    original = sessions.UdpSession._note
    sessions.UdpSession._note = lambda *_: None  # type: ignore[method-assign]
    try:
        result = with_responder(use)
    finally:
        sessions.UdpSession._note = original  # type: ignore[method-assign]
    assert not result.ok
    assert (result.loss_percent, result.mos) == (100, None)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(routers=1, links={1: Impair()}) as made:
        yield made


@pytest.fixture(scope="module")
def port(lab: Lab) -> Iterator[int]:
    with serve_in(lab) as port:
        yield port


def across(lab: Lab, port: int, **settings: Any) -> VoiceResult:
    plan = VoicePlan(lab.address("server"), port, **settings)
    network = lab.network()
    result = lab.client.run(lambda: measured(plan, None, network))
    assert isinstance(result, VoiceResult)
    return result


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.3])
def test_loss_is_the_cables_to_the_packet(lab: Lab, port: int, share: float) -> None:
    """Four streams at once: what they report lost is what the cable dropped, and no more."""
    lab.impair(1, Impair(delay_s=0.002, drops=Drops(RTP, share, 1)), Impair())
    plan, network = VoicePlan(lab.address("server"), port, duration_s=1.2), lab.network()

    async def four() -> list[VoiceResult]:
        return await asyncio.gather(*(measured(plan, None, network) for _ in range(4)))

    results = lab.client.run(four)
    assert sum(result.sent for result in results) == 240
    assert sum(result.lost for result in results) == lab.counters(1).forward["udp"].dropped > 0
    assert all(result.sent - result.received == result.lost for result in results)


@pytest.mark.slow
def test_latency_is_what_the_cable_adds(lab: Lab, port: int) -> None:
    """The fastest of fifty packets is judged: the others wait for the relay to get a core."""
    found = []
    for _ in range(8):
        lab.impair(1, Impair(delay_s=0.02), Impair())
        result = across(lab, port, duration_s=1.0)
        assert result.min_latency_ms is not None
        assert result.latency_ms is not None
        assert 20 <= result.min_latency_ms <= result.latency_ms
        found.append(result.min_latency_ms)
        if result.min_latency_ms <= 20.3:
            return
    pytest.fail(f"least latencies of {found} ms on a path of 20 ms")


@pytest.mark.slow
def test_late_packets_are_discarded_as_the_buffer_allows(lab: Lab, port: int) -> None:
    """30 ± 20 ms even: half come after the median, none 40 ms after it."""
    lab.impair(1, Impair(delay_s=0.03, jitter_s=0.02), Impair())
    tight = across(lab, port, duration_s=2.0, jitter_buffer_ms=0)
    lab.impair(1, Impair(delay_s=0.03, jitter_s=0.02), Impair())
    roomy = across(lab, port, duration_s=2.0, jitter_buffer_ms=60)
    assert tight.lost == roomy.lost == 0
    assert tight.discards_percent == pytest.approx(50, abs=20)
    assert roomy.discards_percent == pytest.approx(0, abs=2)
    assert tight.mos is not None
    assert roomy.mos is not None
    assert tight.mos < roomy.mos


@pytest.mark.slow
def test_jitter_is_tsharks_for_the_same_packets(lab: Lab, port: int, tmp_path: Path) -> None:
    needs("tcpdump", "tshark")
    lab.impair(1, Impair(delay_s=0.02, jitter_s=0.005, in_order=True), Impair())
    capture = tmp_path / "rtp.pcap"
    result = captured(lab, capture, lambda: across(lab, port, duration_s=3.0, codec_id=0))
    packets, mean_jitter_ms = rtp_streams(capture)
    assert packets == result.received
    assert result.mean_jitter_ms == pytest.approx(mean_jitter_ms, rel=0.05)


def captured(lab: Lab, capture: Path, measure: Callable[[], VoiceResult]) -> VoiceResult:
    """Measure while tcpdump listens where the stream arrives."""
    argv = ["tcpdump", "-Z", "root", "-i", "left0", "--immediate-mode", "-U"]
    argv += ["-w", str(capture), "udp"]
    with (capture.with_suffix(".log")).open("wb") as log:
        dump = lab.server.popen(argv, stderr=log, stdout=log)
    try:
        until(lambda: capture.exists() and capture.stat().st_size >= 24, "tcpdump listens")
        result = measure()
        until(lambda: grown(capture), "tcpdump has written all")
    finally:
        dump.terminate()
        dump.wait(20)
    return result


def grown(capture: Path) -> bool:
    """Tell whether the file has stopped growing."""
    before = capture.stat().st_size
    time.sleep(0.2)
    return capture.stat().st_size == before


def rtp_streams(capture: Path) -> tuple[int, float]:
    """Return packets and mean jitter, ms, of tshark's row for the one stream."""
    (tshark,) = needs("tshark")
    argv = [tshark, "-r", str(capture), "-d", "udp.port==1-65535,rtp", "-q", "-z", "rtp,streams"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    # … payload, packets, lost (share), min mean max delta, min mean max jitter, problems
    shape = r"(\d+)\s+-?\d+ \(\S+%\)" + r"\s+([\d.]+)" * 6
    rows = re.findall(shape, done.stdout)
    assert rows, f"{done.stdout}\n{done.stderr}"
    row = max(rows, key=lambda row: int(row[0]))
    return int(row[0]), float(row[5])


def test_nothing_is_left_open() -> None:
    """An engine-less probe gives every descriptor back, even when it fails."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    at_home(duration_s=0.1)
    asyncio.run(measured(VoicePlan(HOME, 9, duration_s=0.1)))
    until(lambda: len(list(Path("/proc/self/fd").iterdir())) <= before, "sockets are closed")
