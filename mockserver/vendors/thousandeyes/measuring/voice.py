"""voice: an RTP stream to the target agent, and the paths that lead there."""

from __future__ import annotations

import asyncio

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import labels
from mockserver.vendors.thousandeyes.measuring.entries import known, rounded, whole_ms
from mockserver.vendors.thousandeyes.measuring.network_layer import path_layer
from mockserver.vendors.thousandeyes.measuring.responders import towards_target
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from mockserver.vendors.thousandeyes.model import VOICE_PORT
from probes.errors import ProbeError
from probes.network import Network
from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult


async def measure(network: Network, task: Task) -> Findings:
    """Return one entry of `voice/rtp-stream` and one of `net/path-vis`."""
    network = towards_target(network, task)
    stream, paths = await asyncio.gather(
        _stream(network, task), path_layer(network, task, str(task.target_host), None)
    )
    return {"voice/rtp-stream": [stream], **paths}


async def _stream(network: Network, task: Task) -> Document:
    try:
        return _entry(await network.measure(_plan(task)))
    except ProbeError as error:
        codec = labels.CODECS[task.settings["codecId"]]
        return {"codecName": codec, "errorDetail": str(error)}


def _plan(task: Task) -> VoicePlan:
    settings = task.settings
    return VoicePlan(
        str(task.target_host),
        task.responder_port or VOICE_PORT,
        settings["codecId"],
        settings["dscpId"],
        settings["duration"],
        settings["jitterBuffer"],
    )


def _entry(result: VoiceResult) -> Document:
    mark = result.dscp_received
    return known(
        {
            "serverIp": result.address,
            "codecName": labels.CODECS[result.codec_id],
            "codecMaxMos": rounded(result.codec_max_mos, 2),
            "mos": rounded(result.mos, 6),
            "loss": rounded(result.loss_percent),
            "discards": result.discards if result.received else None,
            "latency": whole_ms(result.latency_ms),
            "pdv": rounded(result.pdv_ms),
            "dscp": mark,
            "dscpName": None if mark is None else labels.dscp(mark),
            "errorDetail": str(result.failure) if result.failure else None,
        }
    )
