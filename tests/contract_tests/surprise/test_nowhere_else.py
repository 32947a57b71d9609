"""No answer that is drawn or bent leads a client to a host that is somebody's."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

import specs
from contract_tests.surprise.bending import bent, possible
from contract_tests.surprise.book import NOWHERE, book
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.surprise import Surprise

# What the vendors' things are about, not where their API is: documented fields.
_ABOUT = frozenset({"public_url", "url", "DownloadUrl", "permalink", "transactionScript"})
_LINK = re.compile(r"https?://[^\s\"'<>\\]+")
_OWN = ("api.invalid", "127.0.0.1")


@pytest.mark.parametrize("vendor", specs.vendors())
def test_realistic_answers_lead_nowhere(vendor):
    known = book(vendor)
    for operation in known.operations:
        for code in known.statuses(operation):
            answer = known.plain(operation, code)
            assert set(_hosts(answer)) <= {"api.invalid"}, (operation, code)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_bent_answers_lead_to_the_stand_in_or_nowhere(vendor):
    known = book(vendor)
    for operation in known.operations:
        plain = known.plain(operation, known.statuses(operation)[0])
        scene = Scene(known, operation, plain, url="http://127.0.0.1:9/somewhere")
        for kind, place in possible(scene):
            answer, _ = bent(scene, [Surprise(vendor, operation, kind, place)])
            assert set(_hosts(answer)) <= set(_OWN), (operation, kind, place)


@pytest.mark.parametrize("kind", ["pages_many", "pages_full", "pages_empty_first"])
def test_a_next_page_of_a_drawn_answer_is_nowhere(kind):
    known = book("ngrok")
    name = "list_application_sessions"
    scene = Scene(known, name, known.plain(name, 200))
    answer, done = bent(scene, [Surprise("ngrok", name, kind, "/application_sessions")])
    assert done
    assert answer.json()["next_page_uri"].startswith(f"{NOWHERE}/")


def _hosts(answer) -> Iterator[str]:
    texts = [text for _, text in answer.headers]
    texts += _texts(answer.json()) if _is_json(answer) else []
    for text in texts:
        yield from (urlsplit(link).hostname or "" for link in _LINK.findall(text))


def _is_json(answer):
    return bool(answer.body) and "json" in (answer.header("content-type") or "")


def _texts(value, name=""):
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in _texts(inner, key)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner, name)]
    return [value] if isinstance(value, str) and name not in _ABOUT else []
