"""The SIP probe: OPTIONS, REGISTER and INVITE, every transaction timed."""

from probes.sip.plan import SipMethod, SipPlan, SipTransport
from probes.sip.result import SipResult, SipStep

__all__ = ["SipMethod", "SipPlan", "SipResult", "SipStep", "SipTransport"]
