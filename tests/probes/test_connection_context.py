"""Reading the authorities for TLS, which takes long, happens beside the event loop."""

import asyncio
import ssl
import threading
from typing import Any

import pytest

from probes import LiveNetwork, TargetPolicy
from probes.connection import failure_of
from probes.dns import DnsPlan
from probes.ftp import FtpPlan
from probes.sip import SipPlan

HOME, PORT = "127.0.0.1", 1


@pytest.mark.parametrize(
    "plan",
    [
        DnsPlan(HOME, "a.b", transport="tls", port=PORT, timeout_s=0.2),
        DnsPlan(HOME, "a.b", transport="https", port=PORT, timeout_s=0.2),
        SipPlan(HOME, transport="tls", port=PORT, timeout_s=0.2),
        FtpPlan(f"{HOME}:{PORT}/a", security="explicit", timeout_s=0.2),
    ],
)
def test_no_authorities_are_read_in_the_loop(plan: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    make = ssl.create_default_context

    def noted(**settings: Any) -> ssl.SSLContext:
        threads.append(threading.get_ident())
        return make(**settings)

    monkeypatch.setattr(ssl, "create_default_context", noted)

    async def within() -> None:
        network = LiveNetwork(TargetPolicy())
        await asyncio.wait_for(network.measure(plan), 20)
        await network.close()

    asyncio.run(within())
    assert len(threads) == 1
    assert threading.get_ident() not in threads


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(113, "Connect call failed ('::1', 9, 0, 0)"), "(No route to host)."),
        (ConnectionRefusedError(111, "Connect call failed ('::1', 9)"), "the connection."),
        (OSError("uvloop says something"), "cannot be reached."),
    ],
)
def test_no_sentence_names_a_call(error: OSError, sentence: str) -> None:
    message = failure_of(error, "connect").message
    assert message.endswith(sentence)
    assert "call" not in message
