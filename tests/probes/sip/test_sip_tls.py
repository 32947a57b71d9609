"""SIP over TLS: timed apart, and only with a certificate that is trusted."""

import asyncio
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import pytest
import trustme
from sip_peers import measured
from sip_script import SipScript, always, failed, run_script

from probes import FailureKind
from probes.sip import SipMethod, SipPlan, SipResult, SipTransport

TCP, TLS = SipTransport.TCP, SipTransport.TLS


def with_tls(tmp_path: Path) -> tuple[SSLContext, Path]:
    authority, file = trustme.CA(), tmp_path / "ca.pem"
    context = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(file))
    return context, file


@pytest.mark.parametrize("method", SipMethod)
def test_tls_is_timed_apart(tmp_path: Path, method: SipMethod) -> None:
    context, authority = with_tls(tmp_path)
    script = SipScript(always(200), TLS, context)
    result = run_script(script, ca_file=authority, methods=(method,))
    assert result.ok, result
    assert result.connect_ms is not None
    assert result.tls_ms is not None
    assert result.tls_ms > 0
    assert result.response_ms == pytest.approx(
        (result.dns_ms or 0) + result.connect_ms + result.tls_ms + (result.wait_ms or 0)
    )
    assert script.heard[0].headers["Via"].startswith("SIP/2.0/TLS ")


def test_a_certificate_of_an_unknown_authority_is_a_tls_failure(tmp_path: Path) -> None:
    context, _ = with_tls(tmp_path)
    script = SipScript(always(200), TLS, context)
    failed(run_script(script), FailureKind.TLS, "tls")
    assert script.heard == []
    assert run_script(SipScript(always(200), TLS, context), verify_certificate=False).ok


def test_a_server_without_tls_is_a_tls_failure_or_a_reset() -> None:
    async def within() -> SipResult:
        async with (script := SipScript(always(200), TCP)).serving():
            plan = SipPlan("127.0.0.1", port=script.port, transport=TLS, timeout_s=0.4)
            return await measured(plan)

    result = asyncio.run(within())
    assert result.failure
    assert result.failure.phase == "tls"
