"""SIP plans: what is refused before anything is sent, and what they cost to import."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sip_peers import run

import probes
from probes.errors import PlanInvalid
from probes.sip import SipMethod, SipPlan, SipTransport
from probes.sip.timers import Timers


@pytest.mark.parametrize(
    "settings",
    [
        {"target": "h\r\nX: y"},
        {"target": "a b"},
        {"target": ""},
        {"target": "x@y"},
        {"domain": "<h>"},
        {"proxy": "h;lr"},
        {"user": "a b"},
        {"user": ""},
        {"callee": "a@b"},
        {"auth_user": "a\r\nb"},
        {"password": "a\nb"},
        {"methods": ()},
        {"methods": ("SHOUT",)},
        {"methods": "OPTIONS"},
        {"methods": (SipMethod.OPTIONS,) * 11},
        {"transport": "sctp"},
        {"port": 0},
        {"port": 65_536},
        {"expires_s": 0},
        {"desired_code": 100},
        {"most_redirects": -1},
        {"timeout_s": 0},
        {"timeout_s": float("inf")},
        {"options_regex": "("},
        {"headers": (("X", "a\r\nb"),)},
        {"headers": (("X Y", "a"),)},
        {"headers": (("Via", "a"),)},
        {"headers": (("v", "a"),)},
        {"headers": (("X-Y", "a"),) * 21},
        {"headers": (("X-Y", "a" * 501),)},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        SipPlan(**{"target": "h", **settings})


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_timers_that_cannot_be_are_refused(value: float) -> None:
    with pytest.raises(PlanInvalid):
        Timers(t1_s=value)


def test_the_port_follows_from_the_transport() -> None:
    assert SipPlan("h").server_port == 5060
    assert SipPlan("h", transport=SipTransport.TLS).server_port == 5061
    assert SipPlan("h", port=9).server_port == 9


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    plan = SipPlan("::1", proxy="[::2]")
    assert (plan.host, plan.server) == ("[::1]", "::2")


def test_the_password_is_not_shown() -> None:
    assert "secret word" not in repr(SipPlan("h", password="secret word"))


def test_authorities_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanInvalid, match="cannot be read"):
        run(1, transport=SipTransport.TLS, ca_file=tmp_path / "absent")


def test_a_plan_is_cheap_to_import() -> None:
    code = "import sys, probes.sip, probes.cli.sip; print({'sipmessage'} & {*sys.modules})"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(probes.__file__).parent.parent,
    )
    assert "sipmessage" not in ran.stdout
