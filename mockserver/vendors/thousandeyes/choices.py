"""A creator's body → what is chosen for the test: known keys only, defaults for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.vendors.thousandeyes.defaults import DEFAULTS, DEPENDENT_DEFAULTS, Settings

Body = Mapping[str, Any]

_EVERY = ("groups", "sharedWithAccounts")
_HTTP = (
    "authType",
    "customHeaders",
    "httpTargetTime",
    "url",
    "useNtlm",
    "userAgent",
    "username",
)
_SIP = ("authUser", "password", "port", "protocol", "sipRegistrar", "user")

# Keys without a default of their own; those of the defaults are chosen as well.
_KEYS: dict[str, tuple[str, ...]] = {
    "agent-to-server": ("port", "server"),
    "agent-to-agent": ("mss", "targetAgentId", "throughputRate"),
    "http-server": (
        *_HTTP,
        "contentRegex",
        "desiredStatusCode",
        "dnsOverride",
        "downloadLimit",
        "headers",
        "postBody",
    ),
    "page-load": (*_HTTP, "httpInterval", "pageLoadTargetTime"),
    "web-transactions": (
        *_HTTP,
        "contentRegex",
        "credentials",
        "desiredStatusCode",
        "targetTime",
        "transactionScript",
    ),
    "ftp-server": (
        "downloadLimit",
        "ftpTargetTime",
        "requestType",
        "url",
        "useExplicitFtps",
        "username",
    ),
    "dns-trace": ("domain",),
    "dns-server": ("dnsServers", "domain", "recursiveQueries"),
    "dns-dnssec": ("domain",),
    "sip-server": ("authUser", "port", "sipRegistrar", "sipTargetTime", "user"),
    "voice": ("targetAgentId",),
}
# Kept for the measuring, and never shown.
_SECRETS: dict[str, tuple[str, ...]] = {
    "http-server": ("clientCertificate", "password"),
    "page-load": ("password",),
    "web-transactions": ("password",),
    "ftp-server": ("password",),
    "sip-server": ("password",),
}

TYPES = tuple(_KEYS)


def chosen(type_: str, body: Body) -> Settings:
    """Return what the test is to be, as its definition shows it."""
    given = _flat(type_, body)
    keys = (*DEFAULTS[type_], *_EVERY, *_KEYS[type_])
    settings = {**DEFAULTS[type_], **{key: given[key] for key in keys if key in given}}
    for key, default in DEPENDENT_DEFAULTS.get(type_, {}).items():
        value = settings.get(key, default(settings))
        if value is not None:
            settings[key] = value
    return settings


def secrets(type_: str, body: Body) -> Settings:
    """Return what the test needs to log in, and nobody may read."""
    given = _flat(type_, body)
    return {key: given[key] for key in _SECRETS.get(type_, ()) if key in given}


def _flat(type_: str, body: Body) -> Body:
    # A SIP server comes as an object or by flat keys; the object goes first.
    if type_ != "sip-server" or "targetSipCredentials" not in body:
        return body
    credentials = body["targetSipCredentials"]
    return {**body, **{key: credentials[key] for key in _SIP if key in credentials}}
