"""A web-transactions test: its script carried out in a browser, and the network below."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring.browsing import browser_settings
from mockserver.vendors.thousandeyes.measuring.entries import known, whole_ms
from mockserver.vendors.thousandeyes.measuring.faults import NO_ERROR, fault
from mockserver.vendors.thousandeyes.measuring.http_plans import with_scheme
from mockserver.vendors.thousandeyes.measuring.http_server import network_below
from mockserver.vendors.thousandeyes.measuring.script import Journey, ScriptRefused, translate
from mockserver.vendors.thousandeyes.measuring.task import Findings, Task
from probes.errors import ProbeError
from probes.failure import FailureKind
from probes.network import Network
from probes.transaction import TransactionPlan, TransactionResult

# What the script itself finds wrong with a page is no phase of a connection.
_OF_SCRIPT = (FailureKind.TIMEOUT, FailureKind.CONTENT)


async def measure(network: Network, task: Task) -> Findings:
    """Carry the script out, then measure the network towards the test's URL."""
    return {
        "web/web-transactions": [await _gone_through(network, task)],
        **await network_below(network, task),
    }


async def _gone_through(network: Network, task: Task) -> Document:
    settings = task.settings
    url, limit_s = with_scheme(settings["url"]), settings.get("timeLimit", 30)
    try:
        journey = translate(settings["transactionScript"], url, limit_s)
        result = await network.measure(_plan(task, journey, url, limit_s))
    except ScriptRefused as refusal:
        return _other(f"transactionScript, {refusal}.")
    except ProbeError as error:
        return fault(error)
    return _entry(result, journey)


def _plan(task: Task, journey: Journey, url: str, limit_s: float) -> TransactionPlan:
    return TransactionPlan(
        url,
        steps=journey.steps,
        timeout_s=limit_s,
        browser=browser_settings(task, journey.viewport),
    )


def _entry(result: TransactionResult, journey: Journey) -> Document:
    figures = {
        "componentErrors": result.errors,
        "transactionTime": whole_ms(result.total_ms),
    }
    return known(figures) | _fault(result, journey)


def _fault(result: TransactionResult, journey: Journey) -> Document:
    failure = result.failure
    if failure is None:
        return dict(NO_ERROR)
    thrown = journey.thrown.get(failure.phase)
    words = failure.message if thrown is None else f"Error: {thrown}\n{failure.message}"
    if failure.kind in _OF_SCRIPT:
        return _other(words)
    return fault(failure) | {"errorDetails": words}


def _other(details: str) -> Document:
    return {"errorType": "OTHER", "errorDetails": details}
