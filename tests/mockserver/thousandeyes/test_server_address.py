"""`server` is shown with its port, and may be sent so: a definition can be sent again."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("sent", "shown", "port"),
    [
        ({"server": "www.example.com"}, "www.example.com:80", 80),
        ({"server": "www.example.com:443"}, "www.example.com:443", 443),
        ({"server": "www.example.com:443", "port": 8443}, "www.example.com:8443", 8443),
        ({"server": "[2001:db8::1]:443"}, "[2001:db8::1]:443", 443),
        ({"server": "2001:db8::1"}, "[2001:db8::1]:80", 80),
        ({"server": "www.example.com:443", "protocol": "ICMP"}, "www.example.com", None),
    ],
)
async def test_a_port_in_the_address_is_the_port(api, sent, shown, port):
    body = {"agents": [{"agentId": 113}], **sent}
    answer = await api.client.post("/v6/instant/agent-to-server", json=body)
    (test,) = answer.json()["test"]
    assert (test["server"], test.get("port")) == (shown, port)
