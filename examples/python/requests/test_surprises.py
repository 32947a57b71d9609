"""Answers that the contract allows and nobody expects."""

from datetime import UTC, datetime

import pytest
import requests
from hypothesis import given, settings
from sessions import Sessions, sign_out_old

from contract_tests.generate import answers_of


@settings(max_examples=30, deadline=None, derandomize=True)
@given(answer=answers_of("ngrok", "list_application_sessions", 200))
def test_it_lives_with_every_list(surprising_api, answer):
    with surprising_api(answer) as api, api.session() as http:
        sessions = Sessions(http, api.local_url, api.key, sleep=lambda _: None)
        assert sign_out_old(sessions, datetime(2020, 1, 1, tzinfo=UTC)) >= 0


@settings(max_examples=10, deadline=None, derandomize=True)
@given(answer=answers_of("ngrok", "list_application_sessions", 400))
def test_a_refusal_is_an_error(surprising_api, answer):
    with (
        surprising_api(answer) as api,
        api.session() as http,
        pytest.raises(requests.HTTPError, match="400"),
    ):
        list(Sessions(http, api.local_url, api.key, sleep=lambda _: None).all())
