"""Names of choices and addresses, as people write them."""

import pytest
from sip_script import SipScript, always, run_script

from probes.sip import SipMethod, SipPlan, SipTransport


def test_choices_may_be_named() -> None:
    plan = SipPlan("h", methods=("OPTIONS", "INVITE"), transport="tcp")
    assert plan.transport is SipTransport.TCP
    assert plan.methods == (SipMethod.OPTIONS, SipMethod.INVITE)
    assert all(isinstance(method, SipMethod) for method in plan.methods)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_an_address_takes_no_time_to_resolve(transport: str) -> None:
    result = run_script(SipScript(always(200), SipTransport(transport)))
    assert result.ok
    assert result.dns_ms == 0.0
