"""One FTP conversation with a server, every phase timed."""

import asyncio
import ssl
from time import perf_counter

import aioftp

from probes.connection import Stopped, client_context, failure_of
from probes.failure import Failure, FailureKind
from probes.ftp.client import Marks, PinnedClient
from probes.ftp.plan import FtpPlan, FtpSecurity
from probes.ftp.result import FtpResult
from probes.ftp.transfer import Transfer
from probes.live import LiveNetwork
from probes.resolve import PinnedTarget, literal_address


async def ftp(plan: FtpPlan, network: LiveNetwork) -> FtpResult:
    """Resolve and pin the host, converse, and report; ProbeError if that could not begin."""
    context = await _context(plan)
    began_s = perf_counter()
    pinned = await network.gate.admit(plan.location.host)
    client = PinnedClient(plan.passive, pinned, network.gate, plan.download_limit_bytes)
    # An address needs no resolving, however long its turn took to come.
    resolved_s = began_s if literal_address(plan.location.host) else perf_counter()
    client.marks.moments |= {"began": began_s, "resolved": resolved_s}
    transfer = Transfer(plan, client)
    failure = await _failure(plan, transfer, context)
    return _result(plan, pinned, transfer, failure)


async def _context(plan: FtpPlan) -> ssl.SSLContext | None:
    if plan.security is FtpSecurity.PLAIN:
        return None
    return await client_context(verify=plan.verify_certificate, ca_file=plan.ca_file)


async def _failure(
    plan: FtpPlan, transfer: Transfer, context: ssl.SSLContext | None
) -> Failure | None:
    """Hold the conversation and return why it ended early, if it did."""
    marks = transfer.client.marks
    try:
        async with asyncio.timeout(plan.timeout_s):
            await _converse(plan, transfer, context)
    except aioftp.StatusCodeError as error:
        return _rejected(plan, marks, error)
    except aioftp.AIOFTPException as error:
        return Failure(FailureKind.PROTOCOL, marks.phase, f"{str(error)[:200]}.")
    except (Stopped, OSError, EOFError) as error:
        return failure_of(error, marks.phase)
    finally:
        await transfer.client.leave()
    return _unwanted(plan, transfer)


async def _converse(plan: FtpPlan, transfer: Transfer, context: ssl.SSLContext | None) -> None:
    client, location = transfer.client, plan.location
    await client.connect(location.host, location.port)
    if context:
        await _encrypt(plan, client, context)
    await _log_in(plan, client)
    if location.directory:
        await client.command(f"CWD {location.directory}", "2xx")
    await transfer.run()


async def _encrypt(plan: FtpPlan, client: PinnedClient, context: ssl.SSLContext) -> None:
    try:
        await client.encrypt_control(context)
    except aioftp.StatusCodeError:
        if plan.security is FtpSecurity.AUTO and client.tls_version is None:
            return
        client.marks.stop(FailureKind.TLS, f"The server refuses TLS: {_said(client.marks)}.")


async def _log_in(plan: FtpPlan, client: PinnedClient) -> None:
    try:
        await client.login(plan.user, plan.password)
    except aioftp.StatusCodeError:
        code, marks = client.marks.reply_code, client.marks
        if code == plan.desired_reply_code or not (code == 332 or 500 <= (code or 0) < 600):
            raise
        marks.stop(FailureKind.AUTHENTICATION, f"The login was refused: {_said(marks)}.")


def _rejected(plan: FtpPlan, marks: Marks, error: aioftp.StatusCodeError) -> Failure | None:
    if marks.reply_code == plan.desired_reply_code:
        return None
    expected = " or ".join(error.expected_codes)
    message = f"The server answered {_said(marks)} where {expected} was expected."
    return Failure(FailureKind.STATUS, marks.phase, message)


def _unwanted(plan: FtpPlan, transfer: Transfer) -> Failure | None:
    wanted, marks = plan.desired_reply_code, transfer.client.marks
    if wanted in (None, marks.reply_code) or transfer.limited:
        return None
    message = f"The server answered {_said(marks)} where {wanted} was desired."
    return Failure(FailureKind.STATUS, marks.phase, message)


def _said(marks: Marks) -> str:
    return repr(marks.replies[-1][:120] if marks.replies else "")


def _result(
    plan: FtpPlan, pinned: PinnedTarget, transfer: Transfer, failure: Failure | None
) -> FtpResult:
    client, marks = transfer.client, transfer.client.marks
    return FtpResult(
        target=plan.target,
        address=str(pinned.address),
        port=plan.location.port,
        request=plan.request,
        dns_ms=marks.between_ms("began", "resolved"),
        connect_ms=marks.between_ms("connecting", "connected"),
        negotiation_ms=marks.between_ms("connected", "asked"),
        tls_ms=marks.between_ms("tls began", "tls ended"),
        wait_ms=marks.between_ms("asked", "first"),
        transfer_ms=marks.between_ms("first", "last"),
        wire_bytes=transfer.wire_bytes,
        limited=transfer.limited,
        tls_version=client.tls_version,
        reply_code=marks.reply_code,
        replies=tuple(marks.replies),
        listing=transfer.listing,
        failure=failure,
    )
