"""An address that is signed is a secret: who has it may use it."""

from __future__ import annotations

import json

import pytest
from conduct_cases import conduct, heard

from contract_tests.conduct.secret_names import is_secret_field, is_secret_name

SECRET = "7f3e9c0d5a1b8e6f"
FAR = "https://files.example/a?X-Amz-Date=20260305T100000Z&"


@pytest.mark.parametrize(
    "name",
    [
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Credential",
        "X-Goog-Signature",
        "AWSAccessKeyId",
        "GoogleAccessId",
        "Signature",
        "sig",
        "X-Hub-Signature-256",
        "aws_secret_access_key",
    ],
)
def test_what_a_signed_address_shows_is_told_nowhere(name: str) -> None:
    link = f"{FAR}{name}={SECRET}"
    requests = (
        heard("ngrok", f"GET /app/sessions?{name}={SECRET}"),
        heard("ngrok", "GET /app/sessions", headers={"Referer": link}),
        heard("ngrok", "GET /app/sessions", answer_headers=(("Location", link),)),
        heard("ngrok", "GET /app/sessions", answer=json.dumps({"uri": link}).encode()),
        heard("ngrok", "GET /app/sessions", answer=link.replace("&", "\\u0026").encode()),
    )
    judge = conduct("ngrok", answers=True)
    found = [judge.hear(one) for one in requests]
    assert SECRET not in repr((found, judge.outcome(), judge.course().heard))


@pytest.mark.parametrize(
    "name", ["signature_algorithm", "next_token", "page_token", "monkey", "keyboard", "design"]
)
def test_a_name_that_is_like_one_is_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("name", ["signature", "access_key_id", "key"])
def test_what_is_common_in_bodies_is_no_secret_there(name: str) -> None:
    assert not is_secret_field(name)


def test_what_an_address_says_besides_is_left_alone() -> None:
    link = "https://api.ngrok.com/app/sessions?before_id=as_2r4XDR110nrzyxJ0b9RJ&limit=100"
    judge = conduct("ngrok", answers=True)
    judge.hear(heard("ngrok", "GET /app/sessions", answer=json.dumps({"uri": link}).encode()))
    response = judge.course().heard[0].exchange.response
    assert response is not None
    assert link.encode() in response.body
