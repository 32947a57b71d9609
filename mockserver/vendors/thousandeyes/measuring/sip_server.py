"""sip-server: what a SIP server answers to OPTIONS, and to REGISTER where that is wanted."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.faults import fault
from mockserver.vendors.thousandeyes.measuring.network_layer import network_layer
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import ProbeError
from probes.failure import Failure, FailureKind
from probes.http.matching import search
from probes.network import Network
from probes.sip.plan import SipMethod, SipPlan, SipTransport
from probes.sip.result import SipResult

_USER = "probe"
_SPOKEN = frozenset({FailureKind.STATUS, FailureKind.PROTOCOL})
_UNHEARD = frozenset({FailureKind.TIMEOUT, FailureKind.RESET})
_ASKING = frozenset({"options", "register"})


async def measure(network: Network, task: Task) -> Findings:
    """Return one entry of `voice/sip-server`, and the network layer below the server."""
    settings = task.settings
    port = None if settings["protocol"] == "UDP" else settings["port"]
    entry, below = await asyncio.gather(
        _asked(network, task), network_layer(network, task, settings["sipRegistrar"], port)
    )
    return {"voice/sip-server": [entry], **below}


async def _asked(network: Network, task: Task) -> Document:
    user = known({"authUser": task.settings.get("authUser")})
    try:
        result = await _result(network, _plan(task))
    except ProbeError as error:
        return {"availability": 0.0, **user, **_told(error)}
    return {**user, **_entry(result, task)}


async def _result(network: Network, plan: SipPlan) -> SipResult:
    """Measure, and search the response apart: an expression may take for ever to match."""
    result = await network.measure(replace(plan, options_regex=None))
    text, expression = result.options_response, plan.options_regex
    if not (result.ok and text and expression):
        return result
    matched = await search(expression, text, plan.timeout_s)
    if matched is True:
        return result
    message = matched or f"The response to OPTIONS does not match {expression!r}."
    return replace(result, failure=Failure(FailureKind.CONTENT, "options", message))


def _plan(task: Task) -> SipPlan:
    settings = task.settings
    register = (SipMethod.REGISTER,) if settings["registerEnabled"] else ()
    return SipPlan(
        settings["sipRegistrar"],
        (SipMethod.OPTIONS, *register),
        SipTransport(settings["protocol"].lower()),
        settings["port"],
        user=settings.get("user") or _USER,
        auth_user=settings.get("authUser") or None,
        password=task.secrets.get("password") or None,
        options_regex=settings["optionsRegex"] or None,
        # No document speaks of certificates, so none is a reason to fail.
        verify_certificate=False,
        timeout_s=settings["sipTimeLimit"],
    )


def _entry(result: SipResult, task: Task) -> Document:
    failure = None if _is_asked_who(result, task) else result.failure
    over_tcp = result.transport == SipTransport.TCP
    return known(
        {
            "serverIp": result.address,
            "availability": 0.0 if failure else 100.0,
            "connectTime": whole_ms(result.connect_ms) if over_tcp else None,
            "dnsTime": whole_ms(result.dns_ms),
            "numRedirects": result.redirects,
            "optionsRequest": result.options_request,
            "optionsResponse": result.options_response,
            "optionsTime": whole_ms(result.options_ms),
            "registerTime": whole_ms(result.register_ms),
            "responseCode": result.response_code,
            "responseTime": whole_ms(result.response_ms),
            "totalTime": whole_ms(result.total_ms),
            "waitTime": whole_ms(result.wait_ms),
            **_told(failure),
        }
    )


def _is_asked_who(result: SipResult, task: Task) -> bool:
    """Tell whether the server only wants to know who asks, where the test does not say it.

    The documents show such an answer to OPTIONS, 401, as that of an available server.
    """
    challenged = result.failure is not None and result.response_code in (401, 407)
    return challenged and not (task.secrets.get("password") or task.settings["registerEnabled"])


def _told(failure: Failure | ProbeError | None) -> Document:
    told = fault(failure)
    if isinstance(failure, Failure):
        told["errorType"] = _word(failure) or told["errorType"]
    detail = {"problemDetail": told["errorDetails"]} if told["errorDetails"] else {}
    return {"errorType": told["errorType"], **detail}


def _word(failure: Failure) -> str | None:
    if failure.kind in _SPOKEN:
        return "SIP"
    return "RECEIVE" if failure.kind in _UNHEARD and failure.phase in _ASKING else None
