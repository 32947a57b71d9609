"""The client of ngrok against a stand-in that needs no port: everything it asks is judged."""

from datetime import timedelta

import pytest
import requests
from sessions import Sessions, sign_out_old

pytestmark = pytest.mark.contract(vendor="ngrok")


@pytest.fixture
def sessions(mock_api, clock):
    with mock_api.session() as http:
        # Where the client would sleep, the stand-in's clock is moved ahead.
        yield Sessions(http, mock_api.local_url(), mock_api.key(), clock.advance)


def test_old_sessions_are_signed_out(sessions, mock_api, clock):
    there = len(list(sessions.all()))
    gone = sign_out_old(sessions, clock.now)
    assert len(list(sessions.all())) == there - gone
    assert len(mock_api.requests.of("delete_application_session")) == gone


def test_nobody_is_signed_out_twice(sessions):
    first = next(sessions.all())
    assert sessions.sign_out(first["id"])
    assert not sessions.sign_out(first["id"])


def test_it_waits_as_long_as_it_is_told(sessions, faults, clock):
    faults.add(operation="list_application_sessions", status=429, retry_after_s=30, times=1)
    before = clock.now
    assert list(sessions.all())
    assert clock.now - before >= timedelta(seconds=30)


def test_it_gives_up_in_the_end(sessions, faults, mock_api):
    faults.add(status=503)
    with pytest.raises(requests.HTTPError):
        list(sessions.all())
    assert len(mock_api.requests) == 4


def test_over_a_port(mock_api):
    with requests.Session() as http:
        assert list(Sessions(http, mock_api.url(), mock_api.key()).all())
