"""ngrok's own client, over a port: its requests are judged all the same."""

import ngrok
import pytest
from people import people


@pytest.mark.contract(vendor="ngrok")
def test_everybody_is_named(mock_api):
    found = people(ngrok.Client(mock_api.key(), base_url=mock_api.url()))
    assert found
    assert all("@" in email for email in found)


def test_a_wrong_key_is_an_error(mock_api):
    with pytest.raises(ngrok.Error) as caught:
        people(ngrok.Client("nobody", base_url=mock_api.url()))
    assert caught.value.http_status_code == 401
