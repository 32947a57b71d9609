"""Other spellings that ThousandEyes accepts: suffixes, paths without a version, lower case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.core.errors import NotAcceptable
from mockserver.core.vendor import Call

_HOST_AND_PORT = re.compile(
    r"(?:(?P<name>[^:\[\]]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\]):(?P<port>[0-9]{1,5})"
)
_VERSION = re.compile(r"v[0-9]+")
_SUFFIXES = ("json", "xml")
_XML = frozenset({"text/xml", "application/xml"})
_JSON = frozenset({"application/json", "text/json"})
_WILD = frozenset({"*/*", "application/*", "text/*"})
# Their values are all upper case in the documents; public programs send lower case.
_UPPER_CASE = frozenset({"protocol", "probeMode", "authType", "direction", "dnsTransportProtocol"})


def normalise(call: Call) -> Call:
    """Take a format off the path and put the version on it; NotAcceptable if XML is wanted."""
    segments, suffix = _without_suffix(call.segments)
    if _wants_xml(suffix, call):
        raise NotAcceptable("Only JSON is available, XML is not: ask for application/json")
    if not (segments and _VERSION.fullmatch(segments[0])):
        segments = ("v6", *segments)  # without a version the current one is meant
    return replace(call, segments=segments)


def normalise_body(operation_id: str, value: Any) -> Any:
    """Read the names of protocols and modes in any case."""
    if not operation_id.startswith("create_") or not isinstance(value, dict):
        return value
    body = _upper(value)
    credentials = body.get("targetSipCredentials")
    if isinstance(credentials, dict):
        body["targetSipCredentials"] = _upper(credentials)
    return split_server(body) if operation_id == "create_agent_to_server_test" else body


def split_server(body: dict[str, Any]) -> dict[str, Any]:
    """Return a creation whose `server` is a host alone: definitions show `host:port`.

    So a definition that was read can be sent again; a `port` beside it counts more.
    """
    match = _HOST_AND_PORT.fullmatch(str(body.get("server", "")))
    if match is None or not 1 <= int(match["port"]) <= 65_535:
        return body
    # ICMP knows no ports, so there one that only stands in the address is left out.
    port = {} if body.get("protocol") == "ICMP" else {"port": int(match["port"])}
    return {**port, **body, "server": match["name"] or match["v6"]}


def _without_suffix(segments: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    if not segments:
        return segments, ""
    stem, dot, suffix = segments[-1].rpartition(".")
    if not dot or suffix not in _SUFFIXES:
        return segments, ""
    return (*segments[:-1], stem), suffix


def _wants_xml(suffix: str, call: Call) -> bool:
    # The documented order: the suffix goes first, then Accept, then the parameter.
    if suffix:
        return suffix == "xml"
    accepted = _accepted(call.headers.get("accept", ""))
    if accepted & _JSON:
        return False
    if accepted & _XML and not accepted & _WILD:
        return True
    formats = [value for name, value in call.query if name == "format"]
    return formats[-1:] == ["xml"]


def _accepted(header: str) -> frozenset[str]:
    ranges = [part.lower().replace(" ", "").split(";") for part in header.split(",")]
    refused = re.compile(r"q=0(\.0*)?")
    return frozenset(
        name for name, *rest in ranges if not any(refused.fullmatch(part) for part in rest)
    )


def _upper(fields: Mapping[str, Any]) -> dict[str, Any]:
    # ASCII only: other letters may have an upper case that is an ASCII letter.
    return {
        name: value.upper()
        if name in _UPPER_CASE and isinstance(value, str) and value.isascii()
        else value
        for name, value in fields.items()
    }
