"""Challenges of a scripted server: which are answered, how often, and in which header."""

import pytest
from sip_script import Send, SipScript, always, failed, reply, run_script
from sipmessage import Request

from probes import FailureKind


def test_challenges_for_ever_are_an_authentication_failure() -> None:
    def never(script: SipScript, request: Request, send: Send) -> None:
        nonce = f'nonce="{len(script.heard)}", stale=true'
        send(reply(request, 401, f'WWW-Authenticate: Digest realm="r", {nonce}'))

    script = SipScript(never)
    failed(run_script(script, password="x"), FailureKind.AUTHENTICATION, "options")
    assert len(script.heard) == 6


def test_a_password_that_is_refused_is_not_tried_again() -> None:
    def never(script: SipScript, request: Request, send: Send) -> None:
        line = f'WWW-Authenticate: Digest realm="r", nonce="{len(script.heard)}"'
        send(reply(request, 401, line))

    script = SipScript(never)
    failed(run_script(script, password="x"), FailureKind.AUTHENTICATION, "options")
    assert len(script.heard) == 2


def test_a_stale_nonce_is_answered_anew() -> None:
    def stale(script: SipScript, request: Request, send: Send) -> None:
        number = len(script.heard)
        more = ", stale=true" if number == 2 else ""
        line = f'WWW-Authenticate: Digest realm="r", nonce="{number}"{more}'
        send(reply(request, 401, line) if number < 3 else reply(request))

    assert run_script(SipScript(stale), password="x").ok


@pytest.mark.parametrize(
    "challenge",
    ["Basic realm=x", 'Digest realm="r", nonce="n", algorithm=what', "Digest", ""],
)
def test_a_challenge_that_cannot_be_answered(challenge: str) -> None:
    script = SipScript(always(401, f"WWW-Authenticate: {challenge}"))
    failed(run_script(script, password="x"), FailureKind.AUTHENTICATION, "options")
    assert len(script.heard) == 1


def test_the_best_known_of_several_challenges_is_answered() -> None:
    lines = (
        'WWW-Authenticate: Digest realm="r", nonce="1", algorithm=SHA3-1024',
        'WWW-Authenticate: Digest realm="r", nonce="2", algorithm=SHA-256, qop="auth"',
        'WWW-Authenticate: Digest realm="r", nonce="3", algorithm=MD5',
    )

    def choose(script: SipScript, request: Request, send: Send) -> None:
        first = len(script.heard) == 1
        send(reply(request, 401, *lines) if first else reply(request))

    script = SipScript(choose)
    assert run_script(script, password="x").ok
    assert 'nonce="2"' in script.heard[1].headers["Authorization"]


def test_a_proxy_is_answered_in_its_own_header() -> None:
    def ask(script: SipScript, request: Request, send: Send) -> None:
        line = 'Proxy-Authenticate: Digest realm="r", nonce="1", qop="auth"'
        send(reply(request, 407, line) if len(script.heard) == 1 else reply(request))

    script = SipScript(ask)
    assert run_script(script, password="x").ok
    assert script.heard[1].headers["Proxy-Authorization"].startswith("Digest ")
