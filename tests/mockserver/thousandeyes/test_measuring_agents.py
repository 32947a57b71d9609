"""voice and agent-to-agent tests towards `probes respond`, judged by the kernel's counters."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ftp_peers import free_port
from namespaces import Namespace
from peers import needs, running
from te_tasks import HOME, apply_rules, found, measured, packets, task

from mockserver.core.networks import Witness
from mockserver.vendors.thousandeyes.measuring import MEASURES
from probes.remote.letters import write_plan

pytestmark = pytest.mark.slow

# UDP lengths, header included: RTP with G.711, and what agents exchange otherwise.
VOICE_BYTES, EXCHANGE_BYTES, LARGE_BYTES = 8 + 12 + 160, 8 + 64, 8 + 700
RULES = f"""table inet t {{
  counter voice {{}}
  counter marked {{}}
  counter lost {{}}
  counter exchanged {{}}
  counter marked_exchanged {{}}
  counter large {{}}
  chain heard {{
    type filter hook input priority 0;
    udp length {VOICE_BYTES} counter name voice
    udp length {VOICE_BYTES} ip dscp 46 counter name marked
    udp length {VOICE_BYTES} numgen inc mod 5 0 counter name lost drop
    udp length {EXCHANGE_BYTES} counter name exchanged
    udp length {EXCHANGE_BYTES} ip dscp 34 counter name marked_exchanged
    udp length {LARGE_BYTES} counter name large
  }}
}}"""


@contextmanager
def responder(folder: Path) -> Iterator[int]:
    """Run the command `probes respond` on loopback; the value is its port."""
    command = [sys.executable, "-m", "probes", "respond", "--host", HOME, "--port", "0"]
    log = folder / "respond.log"
    with running(command, log, lambda: "port" in log.read_text()):
        yield int(log.read_text().split()[-1])


def counted(type_: str, body: dict[str, Any], port: int) -> dict[str, Any]:
    """Measure, and count what arrived meanwhile."""
    before = packets()
    fields = {"target_host": HOME, "responder_port": port}
    findings = measured(type_, {"targetAgentId": 29, **body}, **fields)
    after = {name: count - before[name] for name, count in packets().items()}
    return {"findings": findings, "counted": after}


def received_bytes() -> int:
    """Return what the loopback of this namespace has carried."""
    (ip,) = needs("ip")
    done = subprocess.run(
        [ip, "-s", "-o", "link", "show", "lo"], check=True, capture_output=True, text=True
    )
    match = re.search(r"RX:.*?\\\s+(\d+)", done.stdout)
    assert match, done.stdout
    return int(match[1])


def study(folder: Path) -> dict[str, Any]:
    apply_rules(RULES)
    both = {"direction": "BIDIRECTIONAL", "dscpId": 34}
    stream = {"throughputMeasurements": 1, "throughputDuration": 500}
    with responder(folder) as port:
        results = {
            "voice": counted("voice", {"duration": 5}, port),
            "to": counted("agent-to-agent", {}, port),
            "from": counted("agent-to-agent", {"direction": "FROM_TARGET"}, port),
            "both": counted("agent-to-agent", both, port),
            "large": counted("agent-to-agent", {"mss": 700, "protocol": "UDP"}, port),
        }
        before = received_bytes()
        results["tcp"] = counted("agent-to-agent", {**both, **stream}, port)
        results["carried"] = {"bytes": received_bytes() - before}
        udp = {"protocol": "UDP", "throughputRate": 2, **stream}
        results["udp"] = counted("agent-to-agent", udp, port)
        results["port"] = {"port": port}
    return results


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    needs("nft", "ip")
    folder = tmp_path_factory.mktemp("respond")
    results: Any = Namespace().run(lambda: study(folder))
    return results


def metrics(lab: Any, case: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = lab[case]["findings"]["net/metrics"]
    return entries


def test_a_streams_loss_is_what_the_kernel_dropped(lab: Any) -> None:
    (entry,), counts = lab["voice"]["findings"]["voice/rtp-stream"], lab["voice"]["counted"]
    assert counts["voice"] == 250
    assert counts["lost"] == 50
    assert entry["loss"] == 100 * counts["lost"] / counts["voice"]


def test_a_streams_mark_is_what_the_kernel_saw(lab: Any) -> None:
    (entry,), counts = lab["voice"]["findings"]["voice/rtp-stream"], lab["voice"]["counted"]
    assert counts["marked"] == counts["voice"]
    assert (entry["dscp"], entry["dscpName"]) == (46, "EF (DSCP 46)")


def test_a_stream_with_losses_scores_below_the_codecs_best(lab: Any) -> None:
    (entry,) = lab["voice"]["findings"]["voice/rtp-stream"]
    assert (entry["codecName"], entry["codecMaxMos"]) == ("G.711 @ 64 Kbps", 4.41)
    assert 1 < entry["mos"] < 3
    assert entry["serverIp"] == HOME
    assert isinstance(entry["latency"], int)
    assert "errorDetail" not in entry


def test_voice_has_paths_and_no_metrics(lab: Any) -> None:
    findings = lab["voice"]["findings"]
    assert set(findings) == {"voice/rtp-stream", "net/path-vis"}
    (path,) = findings["net/path-vis"]
    assert [end["ipAddress"] for end in path["endpoints"]] == [HOME] * 3


@pytest.mark.parametrize(("case", "direction"), [("to", "TO_TARGET"), ("from", "FROM_TARGET")])
def test_one_direction_is_one_entry(lab: Any, case: str, direction: str) -> None:
    (entry,) = metrics(lab, case)
    assert entry["_direction"] == direction
    assert (entry["loss"], entry["serverIp"]) == (0, HOME)
    assert 0 <= entry["minLatency"] <= entry["avgLatency"] <= entry["maxLatency"]
    assert entry["jitter"] >= 0


def test_the_server_is_where_the_probes_went(lab: Any) -> None:
    assert metrics(lab, "to")[0]["server"] == f"{HOME}:{lab['port']['port']}"
    assert metrics(lab, "large")[0]["server"] == HOME  # over UDP it has no port


def test_as_many_packets_arrived_as_the_plan_sends(lab: Any) -> None:
    assert lab["to"]["counted"]["exchanged"] == 50
    assert lab["from"]["counted"]["exchanged"] == 100  # there and back
    assert lab["large"]["counted"]["large"] == 50


def test_both_directions_and_the_round_trip_are_entries(lab: Any) -> None:
    there, back, both = metrics(lab, "both")
    ways = [entry["_direction"] for entry in (there, back, both)]
    assert ways == ["TO_TARGET", "FROM_TARGET", "BIDIRECTIONAL"]
    assert both["minLatency"] >= there["minLatency"] + back["minLatency"] - 0.001
    counts = lab["both"]["counted"]
    assert (counts["exchanged"], counts["marked_exchanged"]) == (100, 100)


def test_only_the_way_there_has_a_path(lab: Any) -> None:
    assert lab["from"]["findings"]["net/path-vis"] == []
    (path,) = lab["both"]["findings"]["net/path-vis"]
    assert path["_direction"] == "TO_TARGET"
    assert path["server"] == f"{HOME}:{lab['port']['port']}"
    assert path["routes"][0]["hops"][-1]["ipAddress"] == HOME


def test_without_throughput_measurements_there_is_no_throughput(lab: Any) -> None:
    assert all("throughput" not in entry for entry in metrics(lab, "both"))


def test_throughput_is_what_the_kernel_carried(lab: Any) -> None:
    there, back, both = metrics(lab, "tcp")
    payload = (there["throughput"] + back["throughput"]) * 1e6 * 0.5 / 8
    # On loopback nothing else passes; a stream may last a little more or less than half a second.
    assert 0.5 < payload / lab["carried"]["bytes"] < 1.5
    assert "throughput" not in both


def test_udp_offers_the_rate_that_is_chosen(lab: Any) -> None:
    (entry,) = metrics(lab, "udp")
    assert entry["throughput"] == pytest.approx(2, rel=0.3)


def test_without_a_responder_behind_the_port_each_page_says_so() -> None:
    fields = {"target_host": HOME, "responder_port": free_port()}
    body = {"targetAgentId": 29, "direction": "BIDIRECTIONAL", "throughputMeasurements": 1}
    entries = measured("agent-to-agent", body, **fields)["net/metrics"]
    assert len(entries) == 3
    for entry in entries:
        assert entry["errorType"] == "CONNECT"
        assert "avgLatency" not in entry
    (stream,) = measured("voice", {"targetAgentId": 29}, **fields)["voice/rtp-stream"]
    assert "refused" in stream["errorDetail"]
    assert not {"mos", "loss", "latency"} & set(stream)


@pytest.mark.parametrize("type_", ["voice", "agent-to-agent"])
def test_an_agent_without_a_known_responder_is_simulated_even_on_loopback(type_: str) -> None:
    one = task(type_, {"targetAgentId": 29}, target_host="127.9.8.7")
    _, origins = asyncio.run(found(one))
    assert origins == ["simulated"]


class FarPlace:
    """Measures on another machine, which gets its plans as letters."""

    async def measured(self, plan: Any) -> Any:
        write_plan(plan)


@pytest.mark.parametrize("type_", ["voice", "agent-to-agent"])
def test_from_another_machine_nothing_is_simulated(type_: str) -> None:
    one = task(type_, {"targetAgentId": 29}, target_host="agent29.example.com")
    findings = asyncio.run(as_coroutine(MEASURES[type_](Witness(FarPlace()), one)))
    assert "`probes respond`" in str(findings["net/path-vis"])


async def as_coroutine(awaited: Any) -> Any:
    return await awaited


@pytest.mark.parametrize(
    ("type_", "page", "key"),
    [
        ("voice", "voice/rtp-stream", "errorDetail"),
        ("agent-to-agent", "net/metrics", "errorDetails"),
    ],
)
def test_in_live_mode_it_is_an_error_that_says_what_to_do(type_: str, page: str, key: str) -> None:
    one = task(type_, {"targetAgentId": 29}, target_host="127.9.8.7")
    findings, origins = asyncio.run(found(one, mode="live"))
    assert origins == []
    assert "`probes respond`" in findings[page][0][key]
