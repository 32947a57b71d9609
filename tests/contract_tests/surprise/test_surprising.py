"""The layer on a real socket: what is bent stays of one piece, and connections break."""

import gzip
import http.client
import json
from contextlib import closing, contextmanager
from urllib.parse import quote, urlsplit

import pytest

from contract_tests.client.world import world
from contract_tests.surprise.book import book
from contract_tests.surprise.severable import SeverableProtocol
from contract_tests.surprise.surprise import Surprise
from contract_tests.surprise.surprising import Surprising

_LIST, _GET = "list_application_sessions", "get_application_session"
_ITEMS = "/application_sessions"


class Asking:
    """Asks one stand-in."""

    def __init__(self, place):
        self._place = place

    def __call__(self, target, **headers):
        parts = urlsplit(self._place.urls["ngrok"])
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        own = {"Authorization": f"Bearer {self._place.keys['ngrok']}", "Ngrok-Version": "2"}
        with closing(connection):
            connection.request("GET", target, headers={**own, **headers})
            with closing(connection.getresponse()) as response:
                return response, response.read()

    def json(self, target):
        return json.loads(self(target)[1])


@contextmanager
def asked(*plan):
    heard = []

    def around(app):
        surprises = tuple(Surprise("ngrok", *each) for each in plan)
        return Surprising(app, surprises, {"ngrok": book("ngrok")})

    def hear(vendor, one):
        heard.extend([one] if vendor == "ngrok" else [])

    with world(["ngrok"], hear, around, protocol=SeverableProtocol) as place:
        asking = Asking(place)
        asking.heard = heard
        yield asking


def test_an_odd_id_is_understood_when_it_comes_back():
    with asked((_LIST, "id_odd", f"{_ITEMS}/*/id")) as ask:
        name = ask.json("/app/sessions")["application_sessions"][0]["id"]
        again = ask.json(f"/app/sessions/{quote(name, safe='')}")
    assert name.endswith("%+")
    assert again["id"] == name


def test_many_pages_lead_to_an_end():
    seen, target = [], "/app/sessions?limit=50"
    with asked((_LIST, "pages_many", _ITEMS)) as ask:
        while target:
            page = ask.json(target)
            seen += [one["id"] for one in page["application_sessions"]]
            target = page["next_page_uri"] and page["next_page_uri"].partition("//")[2]
            target = target and target[target.index("/") :]
    assert len(seen) == len(set(seen)) == 60


def test_an_empty_page_leads_to_a_full_one():
    with asked((_LIST, "pages_empty_first", _ITEMS)) as ask:
        first = ask.json("/app/sessions")
        link = urlsplit(first["next_page_uri"])
        second = ask.json(f"{link.path}?{link.query}")
    assert first["application_sessions"] == []
    assert second["application_sessions"] != []


@pytest.mark.parametrize("kind", ["cut_end", "cut_chunk", "cut_reset", "cut_headless"])
def test_a_cut_connection_is_noticed_by_those_who_look(kind):
    with asked((_LIST, kind)) as ask, pytest.raises((http.client.HTTPException, OSError)):
        ask("/app/sessions")


def test_an_error_comes_as_often_as_it_says():
    with asked((_LIST, "busy_twice")) as ask:
        answers = [ask("/app/sessions")[0] for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].getheader("Retry-After") == "1"


def test_only_who_accepts_it_gets_a_compressed_body():
    with asked((_LIST, "gzip")) as ask:
        packed, body = ask("/app/sessions", **{"Accept-Encoding": "gzip"})
        plain, _ = ask("/app/sessions")
    assert packed.getheader("Content-Encoding") == "gzip"
    assert json.loads(gzip.decompress(body))
    assert plain.getheader("Content-Encoding") is None


def test_small_chunks_say_the_same():
    with asked((_LIST, "crumbs")) as ask:
        response, body = ask("/app/sessions")
    assert response.getheader("Transfer-Encoding") == "chunked"
    assert json.loads(body)["application_sessions"]


def test_what_was_done_is_told_to_the_ear():
    with asked((_GET, "extra", ""), (_LIST, "charset")) as ask:
        ask("/app/sessions")
    assert [one.surprise for one in ask.heard] == ["ngrok:list_application_sessions:0:charset:"]
