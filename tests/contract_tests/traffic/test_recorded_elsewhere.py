"""A recording tells where else a client has gone: a key that is shown there is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import har_dialects as har
import pytest
from har_dialects import read

from contract_tests.run.subject import subject_of
from contract_tests.traffic.run import conduct_of


def led(headers: Any, elsewhere: str, key: str = "Bearer k-1234567890") -> Any:
    """Return a recording in which an answer leads to another host, where a key is shown."""
    own = har.entry(
        status=307, text="{}", request={"headers": har.pairs(Authorization="Bearer k-1234567890")}
    )
    own["response"]["headers"] = headers
    other = har.entry(
        url=elsewhere,
        startedDateTime="2026-03-05T10:00:01.125Z",
        request={"headers": har.pairs(Authorization=key)},
    )
    return har.log(own, other)


FAR = "https://far.example/app/sessions"
MOVED = har.pairs(Location=FAR)


@pytest.mark.parametrize(
    ("headers", "url", "key", "is_accused"),
    [
        (MOVED, FAR, "Bearer k-1234567890", True),
        (MOVED, FAR, "Bearer another-0987654321", False),
        (MOVED, "https://far.example/other", "Bearer k-1234567890", False),
        ([], FAR, "Bearer k-1234567890", False),
    ],
    ids=["shown", "another key", "not led there", "no redirect"],
)
def test_a_key_that_is_shown_to_another_host(
    tmp_path: Path, headers: Any, url: str, key: str, *, is_accused: bool
) -> None:
    found = read(tmp_path, led(headers, url, key))
    outcome = conduct_of(found, subject_of("ngrok")).outcome()
    rules = {one.rule for one in outcome.findings if one.grade == "breach"}
    assert ("redirects_are_bounded" in rules) == is_accused
    assert "k-1234567890" not in repr(outcome)


def test_a_link_in_an_answer_leads_to_another_host_too(tmp_path: Path) -> None:
    har_ = led([], FAR)
    first = har_["log"]["entries"][0]
    first["response"]["status"] = 200
    first["response"]["content"]["text"] = har.BODY.replace("null", f'"{FAR}"')
    outcome = conduct_of(read(tmp_path, har_), subject_of("ngrok")).outcome()
    assert "redirects_are_bounded" in {one.rule for one in outcome.findings}
