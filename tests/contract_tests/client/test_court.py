"""The court hears what the client asks, and nobody who was there before."""

from __future__ import annotations

import pytest

from contract_tests.client.court import Court
from contract_tests.conduct.heard import Heard
from contract_tests.wire.exchange import Exchange, Request, Response


@pytest.mark.parametrize(("began_s", "heard"), [(99.9, 0), (100.0, 1), (107.0, 1)])
def test_what_began_before_the_client_is_not_heard(began_s: float, heard: int) -> None:
    court = Court()
    court.begin(["ngrok"])
    court.since_s = 100.0
    exchange = Exchange(
        "http://127.0.0.1/nowhere", Request("GET", "/nowhere"), Response(404, (), b"")
    )
    court.hear("ngrok", Heard(exchange, 1, began_s, began_s + 1))
    court.close()
    assert (court.requests, court.errors) == (heard, [])
