"""What a definition shows that nobody chose: labels of numbers, addresses with ports."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import AddressValueError, IPv6Address

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes import labels
from mockserver.vendors.thousandeyes.model import VOICE_PORT


def described(test: Document) -> Document:
    """Return what belongs to the definition of a test beside the choices."""
    describe = _BY_TYPE.get(test["type"])
    return describe(test) if describe else {}


def _agent_to_server(test: Document) -> Document:
    settings = test["settings"]
    server, port = settings["server"], settings.get("port")
    shown = server if port is None else with_port(server, port)
    return {"server": shown, "networkMeasurements": 1, "pingPayloadSize": -1}


def _agent_to_agent(test: Document) -> Document:
    return {"dscp": labels.dscp(test["settings"]["dscpId"])}


def _http(test: Document) -> Document:
    return {"sslVersion": labels.SSL_VERSIONS[test["settings"]["sslVersionId"]]}


def _ftp_server(test: Document) -> Document:
    del test
    return {"bandwidthMeasurements": 0}


def _dns(test: Document) -> Document:
    del test
    return {"dnsQueryClass": "IN"}


def _sip_server(test: Document) -> Document:
    settings = test["settings"]
    return {
        "server": with_port(settings["sipRegistrar"], settings["port"]),
        "sipProxy": "",
        "bandwidthMeasurements": 0,
        "numPathTraces": 3,
        "probeMode": "AUTO",
    }


def _voice(test: Document) -> Document:
    settings = test["settings"]
    return {
        "server": with_port(test["target_host"], VOICE_PORT),
        "codec": labels.CODECS[settings["codecId"]],
        "dscp": labels.dscp(settings["dscpId"]),
    }


def with_port(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if _is_ipv6(host) else f"{host}:{port}"


def _is_ipv6(host: str) -> bool:
    try:
        return bool(IPv6Address(host))
    except AddressValueError:
        return False


_BY_TYPE: dict[str, Callable[[Document], Document]] = {
    "agent-to-server": _agent_to_server,
    "agent-to-agent": _agent_to_agent,
    "http-server": _http,
    "page-load": _http,
    "web-transactions": _http,
    "ftp-server": _ftp_server,
    "dns-trace": _dns,
    "dns-server": _dns,
    "sip-server": _sip_server,
    "voice": _voice,
}
