"""Voice plans, their simulation, and the verb."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner
from voice_rig import with_responder

from probes import FailureKind, PathProfile, PlanInvalid, SimulatedNetwork
from probes.cli import main
from probes.clock import InstantClock
from probes.quality import CODECS
from probes.voice import VoicePlan, VoiceResult

LOSSY = PathProfile(base_rtt_ms=40, jitter_ms=2, loss_probability=0.1)


def simulated(plan: VoicePlan, seed: int = 7, **settings: Any) -> VoiceResult:
    return asyncio.run(SimulatedNetwork(seed, **settings).measure(plan))


@pytest.mark.parametrize(
    "settings",
    [
        {"codec_id": 10},
        {"codec_id": -1},
        {"port": 0},
        {"port": 65_536},
        {"dscp": 64},
        {"jitter_buffer_ms": 151},
        {"jitter_buffer_ms": -1},
        {"duration_s": 0},
        {"duration_s": 61},
        {"duration_s": float("nan")},
        {"timeout_s": 0},
    ],
)
def test_impossible_plans_say_what_is_expected(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid, match=r"expected|more than"):
        VoicePlan("x", **settings)


@pytest.mark.parametrize("codec", CODECS.values(), ids=lambda codec: codec.name)
def test_a_stream_lasts_as_long_as_asked(codec: Any) -> None:
    request = VoicePlan("x", codec_id=codec.id, duration_s=6).request
    assert request.duration_ms == 6000
    assert request.size_bytes == codec.payload_bytes + 12


def test_the_same_seed_gives_the_same_stream() -> None:
    assert simulated(VoicePlan("a.name")) == simulated(VoicePlan("a.name"))


def test_other_targets_do_not_matter() -> None:
    async def after_others() -> VoiceResult:
        network = SimulatedNetwork(7)
        for name in ("b.name", "c.name"):
            await network.measure(VoicePlan(name))
        return await network.measure(VoicePlan("a.name"))

    assert asyncio.run(after_others()) == simulated(VoicePlan("a.name"))


def test_the_figures_follow_from_the_path() -> None:
    plan = VoicePlan("a.name", duration_s=30)
    result = simulated(plan, profiles={"a.name": LOSSY})
    assert result.latency_ms == pytest.approx(21, abs=0.3)
    assert result.loss_percent == pytest.approx(10, abs=3)
    assert result.mos is not None
    assert result.mos < result.codec_max_mos


def test_a_simulated_stream_fills_every_figure() -> None:
    result = simulated(VoicePlan("a.name"), profiles={"a.name": PathProfile()})
    unknown = [name for name in VoiceResult.__dataclass_fields__ if getattr(result, name) is None]
    assert unknown == ["failure"]


def test_an_unreachable_path_fails_like_a_live_one() -> None:
    gone = PathProfile(loss_probability=1)
    result = simulated(VoicePlan("a.name"), profiles={"a.name": gone})
    assert result.failure is not None
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")


def test_a_simulated_stream_takes_its_time() -> None:
    clock = InstantClock()
    simulated(VoicePlan("a.name", duration_s=12), clock=clock, profiles={"a.name": PathProfile()})
    assert 12_000 <= clock.now_ms() <= 12_100


def test_the_verb_simulates() -> None:
    done = CliRunner().invoke(main, ["voice", "any.name", "--simulate", "7", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["codec_name"] == "G.711 @ 64 Kbps"


def test_the_verb_says_why_there_is_no_measurement() -> None:
    done = CliRunner().invoke(main, ["voice", "127.0.0.1", "--codec", "11"])
    assert done.exit_code == 2
    assert "codec 11" in done.output


def test_the_verb_measures() -> None:
    async def use(responder: Any) -> Any:
        argv = ["voice", "127.0.0.1", "--port", str(responder.port), "--duration", "0.2"]
        return await asyncio.to_thread(CliRunner().invoke, main, argv)

    done = with_responder(use)
    assert done.exit_code == 0
    assert "10 sent, 10 received, 0.000 % lost" in done.output
