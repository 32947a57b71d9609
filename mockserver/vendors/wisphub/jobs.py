"""The slow half of a ping task: packets to the device, counted."""

from __future__ import annotations

from typing import cast

from mockserver.core.backend import Backend
from mockserver.core.job_queue import Payload
from mockserver.core.jobs import JobType
from mockserver.core.store import Document
from mockserver.vendors.wisphub.backend import WisphubBackend
from probes.errors import ProbeError
from probes.network import Network
from probes.ping import PingPlan

INTERVAL_S, TIMEOUT_S = 0.2, 1.0


class NothingMeasured(ProbeError):
    """The ping came to an end and yet says nothing about the device."""


async def _run(network: Network, payload: Payload) -> Document:
    if payload["address"] is None:
        # Ordinary: not every customer is connected. What raises below is told in the log as well.
        return {"error": "The service has no IP address yet: there is no device to ping."}
    plan = PingPlan(payload["address"], payload["pings"], INTERVAL_S, TIMEOUT_S)
    found = await network.measure(plan)
    if found.send_error and not found.received:
        # What never left this machine would look like a client without internet.
        raise NothingMeasured(f"The packets could not be sent: {found.send_error}.")
    return {"sent": found.sent, "received": found.received}


async def _record(backend: Backend, payload: Payload, result: Document) -> None:
    await cast("WisphubBackend", backend).finish_ping(payload["task_id"], result)


ping_job = JobType(_run, _record)
