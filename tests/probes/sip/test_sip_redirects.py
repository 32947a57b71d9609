"""Where a SIP server may lead the probe, and where it may not."""

import asyncio
import socket
from ipaddress import ip_address

import pytest
from sip_peers import measured
from sip_script import Send, SipScript, always, arrived, ear, failed, reply, run_script
from sipmessage import Request

from probes import FailureKind, Gate, TargetPolicy
from probes.connection import misled
from probes.errors import TargetRefused
from probes.sip import SipMethod, SipPlan, SipResult, SipTransport

UDP, TCP = SipTransport.UDP, SipTransport.TCP
BOTH = pytest.mark.parametrize("transport", [UDP, TCP])


@BOTH
@pytest.mark.parametrize("method", SipMethod)
def test_a_contact_that_is_closed_is_never_contacted(
    transport: SipTransport, method: SipMethod
) -> None:
    kind = socket.SOCK_STREAM if transport.reliable else socket.SOCK_DGRAM
    with ear(kind) as listening:
        contact = f"Contact: <sip:x@127.0.0.2:{listening.getsockname()[1]}>"
        result = run_script(SipScript(always(302, contact), transport), methods=(method,))
        assert not arrived(listening)
    message = failed(result, FailureKind.NOT_ALLOWED, "redirect")
    assert "127.0.0.2" in message


UDP, TCP, TLS = SipTransport
BOTH = pytest.mark.parametrize("transport", [UDP, TCP])


@pytest.mark.parametrize("name", ["127.0.0.2", "localhost.invalid"])
def test_a_call_stays_where_it_was_answered_whatever_its_contact_says(name: str) -> None:
    with ear(socket.SOCK_DGRAM) as listening:
        place = f"{name}:{listening.getsockname()[1]}"
        lines = (f"Contact: <sip:x@{place}>", f"Record-Route: <sip:{place};lr>")
        script = SipScript(always(200, *lines))
        result = run_script(script, methods=(SipMethod.INVITE,))
        assert not arrived(listening)
    assert result.ok, result
    assert script.methods == ["INVITE", "ACK", "BYE"]
    assert str(script.heard[1].uri) == f"sip:x@{place}"
    assert script.heard[2].headers["Route"] == f"<sip:{place};lr>"
    assert script.heard[2].headers["To"].endswith(";tag=server")


def test_a_redirect_to_an_open_address_is_followed() -> None:
    async def within() -> tuple[SipResult, SipScript]:
        target = SipScript(always(200))
        async with target.serving():
            first = SipScript(always(302, f"Contact: <sip:new@127.0.0.1:{target.port};x=y>"))
            async with first.serving():
                result = await measured(SipPlan("127.0.0.1", port=first.port))
        return result, target

    result, target = asyncio.run(within())
    assert result.ok, result
    assert (result.redirects, result.response_code) == (1, 200)
    assert str(target.heard[0].uri).startswith("sip:new@127.0.0.1")
    assert target.heard[0].headers["CSeq"] == "2 OPTIONS"
    assert result.redirect_ms is not None
    assert result.options_ms is not None
    assert result.total_ms == pytest.approx(
        (result.dns_ms or 0) + result.redirect_ms + result.options_ms
    )


def test_a_redirect_may_change_the_transport() -> None:
    async def within() -> SipResult:
        target = SipScript(always(200), TCP)
        async with target.serving():
            contact = f"Contact: <sip:127.0.0.1:{target.port};transport=tcp>"
            first = SipScript(always(302, contact))
            async with first.serving():
                return await measured(SipPlan("127.0.0.1", port=first.port))

    result = asyncio.run(within())
    assert result.ok, result
    assert (result.redirects, result.connect_ms) == (1, None)


def test_redirects_are_counted_and_bounded() -> None:
    def onwards(script: SipScript, request: Request, send: Send) -> None:
        contact = f"Contact: <sip:{len(script.heard)}@127.0.0.1:{script.port}>"
        send(reply(request, 302, contact))

    script = SipScript(onwards)
    result = run_script(script, most_redirects=3)
    failed(result, FailureKind.STATUS, "redirect")
    assert (result.redirects, len(script.heard)) == (3, 4)


@pytest.mark.parametrize(
    "lines",
    [(), ("Contact: <tel:+1>",), ("Contact: what",), ("Contact: <sip:x@127.0.0.1;transport=ws>",)],
)
def test_a_redirect_to_nowhere(lines: tuple[str, ...]) -> None:
    failed(run_script(SipScript(always(302, *lines))), FailureKind.PROTOCOL, "redirect")


def test_a_redirect_in_a_circle() -> None:
    def back(script: SipScript, request: Request, send: Send) -> None:
        send(reply(request, 302, f"Contact: <sip:x@127.0.0.1:{script.port}>"))

    script = SipScript(back)
    failed(run_script(script), FailureKind.PROTOCOL, "redirect")
    assert len(script.heard) == 2


def test_a_redirect_to_a_name_without_address() -> None:
    script = SipScript(always(302, "Contact: <sip:x@no-such-host.invalid>"))
    failed(run_script(script), FailureKind.RESOLVE, "redirect")


def test_others_may_not_point_into_this_machine() -> None:
    gate = Gate(TargetPolicy.allowing("192.0.2.0/24"))
    failure = misled(gate, ip_address("192.0.2.1"), "127.0.0.1", "redirect")
    assert failure
    assert failure.kind is FailureKind.NOT_ALLOWED
    assert misled(gate, ip_address("127.0.0.1"), "127.0.0.2", "redirect") is None
    assert misled(gate, ip_address("192.0.2.1"), "192.0.2.2", "redirect") is None


def test_a_target_that_is_closed_is_refused_before_the_first_packet() -> None:
    with ear(socket.SOCK_DGRAM) as listening:
        plan = SipPlan("127.0.0.2", port=listening.getsockname()[1])
        with pytest.raises(TargetRefused):
            asyncio.run(measured(plan))
        assert not arrived(listening)


def test_the_proxy_is_what_is_contacted() -> None:
    async def within() -> SipResult:
        async with (script := SipScript(always(200))).serving():
            plan = SipPlan("elsewhere.example", port=script.port, proxy="127.0.0.1")
            return await measured(plan)

    result = asyncio.run(within())
    assert result.ok, result
    assert "OPTIONS sip:probe@elsewhere.example SIP/2.0" in str(result.options_request)
