"""What a test is when its creator does not say: the documented defaults, type by type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Settings = dict[str, Any]

_EVERY: Settings = {"description": ""}
_PROBE: Settings = {"protocol": "TCP", "probeMode": "AUTO", "mtuMeasurements": 1}
_TRACE: Settings = {"pathTraceMode": "classic", "numPathTraces": 3}
_LAYER: Settings = {"networkMeasurements": 1, "bandwidthMeasurements": 0}
_DOMAIN: Settings = {"dnsTransportProtocol": "UDP"}
_HTTP: Settings = {
    **_EVERY,
    **_PROBE,
    **_TRACE,
    **_LAYER,
    "httpTimeLimit": 5,
    "httpVersion": 2,
    "sslVersionId": 0,
    "verifyCertificate": 1,
}

DEFAULTS: dict[str, Settings] = {
    "agent-to-server": {**_EVERY, **_PROBE, **_TRACE, "bandwidthMeasurements": 0},
    "agent-to-agent": {
        **_EVERY,
        **_TRACE,
        "direction": "TO_TARGET",
        "protocol": "TCP",
        "port": 49153,
        "dscpId": 0,
        "throughputMeasurements": 0,
        "throughputDuration": 10_000,
    },
    "http-server": {**_HTTP, "followRedirects": 1},
    "page-load": {**_HTTP, "includeHeaders": 1, "pageLoadTimeLimit": 10},
    "web-transactions": {**_HTTP, "followRedirects": 1, "includeHeaders": 1, "timeLimit": 30},
    "ftp-server": {
        **_EVERY,
        **_PROBE,
        **_TRACE,
        "ftpTimeLimit": 10,
        "networkMeasurements": 1,
        "useActiveFtp": 0,
    },
    "dns-trace": {**_EVERY, **_DOMAIN},
    "dns-server": {
        **_EVERY,
        **_DOMAIN,
        **_PROBE,
        **_LAYER,
        "pathTraceMode": "classic",
        "numPathTraces": 1,
    },
    "dns-dnssec": _EVERY,
    "sip-server": {
        **_EVERY,
        "protocol": "TCP",
        "registerEnabled": 0,
        "optionsRegex": "",
        "sipTimeLimit": 5,
        "networkMeasurements": 1,
        "mtuMeasurements": 1,
        "pathTraceMode": "classic",
    },
    "voice": {
        **_EVERY,
        "codecId": 0,
        "dscpId": 46,
        "duration": 5,
        "jitterBuffer": 40,
        "numPathTraces": 3,
    },
}


def _tcp_port(settings: Settings) -> int | None:
    return 80 if settings["protocol"] == "TCP" else None


def _auth_type(settings: Settings) -> str:
    # The older switch has a meaning only together with a user.
    if "useNtlm" not in settings or not settings.get("username"):
        return "NONE"
    return "NTLM" if settings["useNtlm"] else "BASIC"


def _half_of_time_limit(settings: Settings) -> int:
    limit: int = settings["timeLimit"]
    return min(limit // 2, 60)  # a limit may be 180 s, a target 60 s at most


# Defaults that hang on other keys; None is no value.
DEPENDENT_DEFAULTS: dict[str, dict[str, Callable[[Settings], object]]] = {
    "agent-to-server": {"port": _tcp_port},
    "http-server": {"authType": _auth_type},
    "page-load": {"authType": _auth_type},
    "web-transactions": {"authType": _auth_type, "targetTime": _half_of_time_limit},
}
