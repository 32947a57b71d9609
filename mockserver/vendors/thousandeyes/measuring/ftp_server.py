"""An ftp-server test: one download, upload or listing, and its phases."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.entries import known, rounded
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.network_layer import network_layer, nothing_below
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import PlanInvalid, ProbeError
from probes.failure import Failure, FailureKind
from probes.ftp.location import locate
from probes.ftp.plan import FtpPlan, FtpRequest, FtpSecurity
from probes.ftp.result import FtpResult
from probes.network import Network


async def measure(network: Network, task: Task) -> Findings:
    """Speak FTP with the server, then measure the network towards it."""
    return {"web/ftp-server": [await _entry(network, task)], **await _below(network, task)}


async def _below(network: Network, task: Task) -> Findings:
    try:
        where = locate(task.settings["url"])
    except ProbeError as error:
        return nothing_below(task, error)
    return await network_layer(network, task, where.host, where.port)


def _plan(task: Task) -> FtpPlan:
    settings = task.settings
    if settings.get("useActiveFtp"):
        raise PlanInvalid("useActiveFtp 1 is not measured here: expected 0, passive FTP.")
    return FtpPlan(
        settings["url"],
        FtpRequest(settings["requestType"].lower()),
        user=settings["username"],
        password=task.secrets.get("password", ""),
        security=FtpSecurity.EXPLICIT if settings.get("useExplicitFtps") else FtpSecurity.AUTO,
        # The test has no setting for it, so no certificate can be declared good.
        verify_certificate=False,
        download_limit_bytes=settings.get("downloadLimit") or None,
        timeout_s=settings.get("ftpTimeLimit", 10),
    )


async def _entry(network: Network, task: Task) -> Document:
    try:
        result = await network.measure(_plan(task))
    except ProbeError as error:
        return fault(error)
    return known(_figures(result)) | _fault(result.failure)


def _fault(failure: Failure | None) -> Document:
    if failure is not None and failure.kind is FailureKind.STATUS:
        return {"errorType": "FTP", "errorDetails": str(failure)}
    return fault(failure)


def _figures(result: FtpResult) -> Document:
    return {
        "serverIp": result.address,
        "responseCode": result.reply_code,
        "dnsTime": rounded(result.dns_ms),
        "connectTime": rounded(result.connect_ms),
        "negotiationTime": rounded(result.negotiation_ms),
        "waitTime": rounded(result.wait_ms),
        "responseTime": rounded(result.response_ms),
        "transferTime": rounded(result.transfer_ms),
        "totalTime": rounded(result.total_ms),
        "wireSize": result.wire_bytes,
        "throughput": _bytes_per_s(result),
    }


def _bytes_per_s(result: FtpResult) -> int | None:
    kbps = result.throughput_kbps
    return None if kbps is None else round(kbps * 125)
