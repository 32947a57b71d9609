"""A server that runs already: passed on to, judged both ways, reached with its own key."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from wrapped_clients import run, run_python, script, under_command

from contract_tests.client.elsewhere import elsewhere
from contract_tests.client.streams import Pipes
from contract_tests.target import StandIn, stand_in
from contract_tests.wire.address import BadAddress

ASK = """
    import requests
    page = requests.get(U + "/app/sessions?limit=1", headers=H).json()
    print(page["next_page_uri"].startswith(U), page["uri"].startswith(U))
    requests.get(U + "/app/session", headers=H)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    """Serve what is elsewhere."""
    with stand_in() as served:
        yield served


def test_requests_are_judged_with_their_lines(tmp_path: Path, server: StandIn) -> None:
    found = run_python(tmp_path, ASK, url=f"{server.url}/ngrok")
    (finding,) = [each for outcome, _ in found.told for each in outcome.findings]
    assert finding.rule == "operation_exists"
    assert "app.py:" in finding.exchanges[-1].caller


def test_links_lead_back_through_us(tmp_path: Path, server: StandIn) -> None:
    pipes = Pipes()
    run_python(tmp_path, ASK, url=f"{server.url}/ngrok", pipes=pipes)
    assert pipes.out.text == "True True\n", pipes.err.text


def test_a_base_path_is_that_of_the_vendor(server: StandIn) -> None:
    with elsewhere("thousandeyes", f"{server.url}/thousandeyes/v6", print, {"TE_TOKEN": "x"}):
        pipes = Pipes()
        run(
            "sh",
            "-c",
            'curl -s -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $TE_TOKEN" '
            '"$TE_API_ENDPOINT/agents"',
            vendors=("thousandeyes",),
            url=f"{server.url}/thousandeyes/v6",
            pipes=pipes,
        )
    assert pipes.out.text == "200"


def test_a_key_of_the_users_is_handed_on(server: StandIn) -> None:
    own = {"NGROK_API_KEY": "of-the-user"}
    with elsewhere("ngrok", f"{server.url}/ngrok", print, own) as place:
        assert place.keys == {"ngrok": "of-the-user"}


def test_elsewhere_no_public_key_is_tried() -> None:
    with (
        pytest.raises(BadAddress, match="set NGROK_API_KEY"),
        elsewhere("ngrok", "http://192.0.2.1", print, {}),
    ):
        pass


@pytest.mark.slow
def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = script(tmp_path, "import requests\nprint(requests.get(U + '/app/sessions').text)")
    done = under_command(
        "--vendor", "ngrok", "--url", "http://127.0.0.1:1", "--", sys.executable, file
    )
    assert b"proxy" in done.stdout.lower()
