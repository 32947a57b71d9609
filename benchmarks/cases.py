"""What is asked: a literal table of requests for each vendor, valid for both servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, byte for byte the same to both servers."""

    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A request with a name, and the status with which both servers answer it."""

    name: str
    request: Request
    status: int = 200


Ask = Callable[[Request], Any]


@dataclass(frozen=True, slots=True)
class Vendor:
    """The cases of one vendor.

    `first` is asked to tell when a server is up; `cases` may ask the stand-in for ids that exist
    (Prism answers from examples and takes any id).
    """

    name: str
    first: Request
    cases: Callable[[Ask], tuple[Case, ...]]


# The Host header of the real vendor: both servers then serve the contract's own paths.
_NGROK = {
    "Host": "api.ngrok.com",
    "Authorization": "Bearer mock_ngrok_key",
    "Ngrok-Version": "2",
}
_PINGPLOTTER = {"Host": "bench.api.pingplotter.cloud", "X-API-KEY": "mock-pingplotter-key"}
_NGROK_LIST = Request("/app/sessions?limit=1", _NGROK)
_PINGPLOTTER_LIST = Request("/sessions", _PINGPLOTTER)


def _ngrok(ask: Ask) -> tuple[Case, ...]:
    id_ = ask(_NGROK_LIST)["application_sessions"][0]["id"]
    return (
        # One entry, as Prism's example has, so that both answers are of about one size.
        Case("ngrok: list", _NGROK_LIST),
        Case("ngrok: get by id", Request(f"/app/sessions/{id_}", _NGROK)),
        Case("ngrok: invalid request", Request("/app/sessions?limit=0", _NGROK), 400),
    )


def _pingplotter(ask: Ask) -> tuple[Case, ...]:
    id_ = ask(_PINGPLOTTER_LIST)[0]["SessionId"]
    headers = {**_PINGPLOTTER, "Content-Type": "application/json"}
    body = json.dumps({"SessionIds": [id_]})
    asked = Request("/sessions/status", headers, "POST", body)
    return (Case("pingplotter: POST with body", asked),)


VENDORS = (
    Vendor("ngrok", _NGROK_LIST, _ngrok),
    Vendor("pingplotter", _PINGPLOTTER_LIST, _pingplotter),
)
