"""The tests that every account begins with: those of the contract's examples, and a few more."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.store import Document

# 2017-03-14 16:21:58 and its round at 16:20:00: with these the contract's examples fit together.
EXAMPLES_CREATED_MS = 1_489_508_518_000
EXAMPLES_ROUND_ID = 1_489_508_400
EXAMPLES_DNS_SERVER_ID = 465

_SITE = "https://www.example.com/"
_SCRIPT = """import { driver } from 'thousandeyes';
await driver.get('https://www.example.com/');"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One test: its number and type, and the body that might have created it."""

    test_id: int
    type: str
    body: Document
    interval: int = 0


def _example(test_id: int, type_: str, **choices: object) -> Sample:
    agents = [{"agentId": 113}, {"agentId": 11}] if type_ == "dns-dnssec" else [{"agentId": 113}]
    return Sample(test_id, type_, {"agents": agents, "testName": "API Instant test", **choices})


def _scheduled(
    test_id: int, type_: str, name: str, agents: tuple[int, ...], **choices: object
) -> Sample:
    sources = [{"agentId": agent_id} for agent_id in agents]
    return Sample(test_id, type_, {"agents": sources, "testName": name, **choices}, interval=300)


EXAMPLES = (
    _example(344811, "agent-to-server", server="www.example.com"),
    _example(344812, "agent-to-agent", targetAgentId=29),
    _example(344813, "http-server", url=_SITE),
    _example(344814, "page-load", url=_SITE, pageLoadTargetTime=6),
    _example(344815, "web-transactions", url=_SITE, transactionScript=_SCRIPT),
    _example(
        344816,
        "ftp-server",
        url="ftp://ftp.example.com/pub/",
        requestType="List",
        username="anonymous",
        password="anonymous@example.com",  # noqa: S106  (what anonymous FTP asks for)
    ),
    _example(344817, "dns-trace", domain="www.example.com A"),
    _example(
        344818,
        "dns-server",
        domain="www.example.com A",
        dnsServers=[{"serverName": "ns1.example.com."}],
    ),
    _example(344819, "dns-dnssec", domain="www.example.com A"),
    _example(
        344820,
        "sip-server",
        targetSipCredentials={"sipRegistrar": "sip.example.com", "port": 5060, "user": "6054"},
        registerEnabled=1,
    ),
    _example(344821, "voice", targetAgentId=29),
)

SCHEDULED = (
    _scheduled(281101, "agent-to-server", "VPN gateway", (201, 202), server="vpn.example.com"),
    _scheduled(281102, "http-server", "Shop", (11, 12, 31), url="https://shop.example.com/"),
    _scheduled(281103, "page-load", "Intranet", (201, 113), url="https://intranet.example.net/"),
    _scheduled(
        281104,
        "dns-server",
        "Name servers",
        (7, 26, 204),
        domain="example.org NS",
        dnsServers=[{"serverName": "ns1.example.org."}, {"serverName": "ns2.example.org."}],
    ),
    _scheduled(281105, "voice", "Calls Berlin to Dallas", (201,), targetAgentId=205),
)
