"""The DNS server probe: one question to one name server, over UDP, TCP, TLS or HTTPS."""

from probes.dns.plan import DnsPlan
from probes.dns.result import DnsRecord, DnsResult

__all__ = ["DnsPlan", "DnsRecord", "DnsResult"]
