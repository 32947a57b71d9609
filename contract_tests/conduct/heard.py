"""One exchange as it passed between a client and a server, with its moments."""

from __future__ import annotations

from dataclasses import dataclass

from contract_tests.wire.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one request.

    `exchange` holds the target below the vendor's base URL. `number` counts requests in the order
    in which they began, from 1. `began_s` and `ended_s` are seconds of one clock: the head of the
    request had come, the last byte of the answer was handed over. `asker` tells accounts apart: it
    is made from the credential, and empty where none was shown. `given_up` says that the client
    went away before the answer was whole. `surprise` is the id of what was done to the answer.
    `request_cut` and `answer_cut` say that not all of a body was kept: it cannot be judged.
    `recorded` says that it was read from a recording: its URL is where it went, and somebody may
    have taken the credentials out; `headers_untold`, that none of the request's headers was saved.
    `scene` tells apart parts of a program that know nothing of one
    another, such as tests of a suite; it is empty where nobody tells.
    """

    exchange: Exchange
    number: int
    began_s: float
    ended_s: float
    asker: str = ""
    given_up: bool = False
    surprise: str = ""
    request_cut: bool = False
    answer_cut: bool = False
    recorded: bool = False
    headers_untold: bool = False
    scene: str = ""
