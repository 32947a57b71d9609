"""Servers on another machine that point back into this one, whose loopback is open."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
from ftp_script import Script
from ftp_script import measured as ftp_measured
from netlab import Lab
from sip_peers import measured
from sip_script import SipScript, always, arrived, ear

from probes import FailureKind, TargetPolicy
from probes.ftp import FtpPlan, PassiveMode
from probes.sip import SipPlan

pytestmark = pytest.mark.slow


def test_a_contact_in_this_machine_is_never_contacted() -> None:
    with Lab(routers=0) as lab:
        address, policy = lab.address("server"), TargetPolicy.allowing(lab.network())

        async def serve(announce: Callable[[Any], None]) -> None:
            async with SipScript(always(302, "Contact: <sip:127.0.0.1:7777>")).serving(
                address
            ) as script:
                announce(script.port)
                await asyncio.Event().wait()

        def probe() -> tuple[Any, bool]:
            with ear(socket.SOCK_DGRAM, "127.0.0.1", 7777) as listening:
                result = asyncio.run(measured(SipPlan(address, port=port), policy))
                return result, arrived(listening)

        with lab.server.serving(serve) as port:
            result, reached = lab.client.run(probe)
    assert not reached
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert "this machine itself" in result.failure.message


def test_a_pasv_address_in_this_machine_is_never_contacted() -> None:
    with Lab(routers=0) as lab:
        address, policy = lab.address("server"), TargetPolicy.allowing(lab.network())

        async def serve(announce: Callable[[Any], None]) -> None:
            script = Script({"PASV": "227 Come here (127,0,0,1,30,97)."})
            async with script.serving(address):
                announce(script.port)
                await asyncio.Event().wait()

        def probe() -> tuple[Any, bool]:
            plan = FtpPlan(f"{address}:{port}/a", passive=PassiveMode.PASV)
            with ear(socket.SOCK_STREAM, "127.0.0.1", 7777) as listening:
                return asyncio.run(ftp_measured(plan, policy)), arrived(listening)

        with lab.server.serving(serve) as port:
            result, reached = lab.client.run(probe)
    assert not reached
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert "this machine itself" in result.failure.message
