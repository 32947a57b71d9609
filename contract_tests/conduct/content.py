"""The body of a request: which media type it is to be, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote_to_bytes

from contract_tests.conduct.demands import Demand
from contract_tests.wire.exchange import Request
from contract_tests.words.json_text import NotJson, parsed
from contract_tests.words.media import documented, is_json, plain
from specs.json_schema import Schema

FORM = "application/x-www-form-urlencoded"
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2}).{0,2}")


@dataclass(frozen=True, slots=True)
class Content:
    """What a request has for a body.

    `sent` is its Content-Type, `media` the documented media type that it was read as, empty where
    it was not read. `fault` says why it could not be, `repeated` names fields that stand twice.
    """

    sent: str | None
    media: str = ""
    schema: Schema | None = None
    value: Any = None
    fault: NotJson | None = None
    is_documented: bool = False
    is_cut: bool = False

    @property
    def is_read(self) -> bool:
        """Whether there is a value."""
        return bool(self.media) and self.fault is None


def content_of(request: Request, demand: Demand | None, *, is_cut: bool) -> Content:
    """Return the body of a request, read as the contract has it, whatever it is called."""
    sent = _header(request, "content-type")
    if demand is None or not request.body or is_cut or _encoding(request):
        return Content(sent, is_cut=is_cut)
    named = documented(demand.content, sent)
    media = named or next(iter(demand.content), "")
    holder: Mapping[str, Any] = demand.content.get(media) or {}
    if not (is_json(media) or plain(media) == FORM):
        return Content(sent, is_documented=named is not None)
    read = Content(sent, media, holder.get("schema"), is_documented=named is not None)
    try:
        value = parsed(request.body) if is_json(media) else form(request.body)
    except NotJson as fault:
        return replace(read, fault=fault)
    return replace(read, value=value)


def form(body: bytes) -> dict[str, str]:
    """Return the fields of a form; NotJson if it is none, or says a field twice."""
    fields: dict[str, str] = {}
    for part in filter(None, body.split(b"&")):
        name, _, value = part.partition(b"=")
        key = _text(name)
        if key in fields:
            raise NotJson(f"repeated field {key}", f"{key} twice", "each field once", _FORMS)
        fields[key] = _text(value)
    return fields


_FORMS = "WHATWG URL, 5.1"


def _text(raw: bytes) -> str:
    broken = _BROKEN.search(raw)
    try:
        text = unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        text, broken = "", broken or re.match(rb".{0,20}", raw)
    if broken or not raw.isascii():
        seen = (broken[0] if broken else raw[:20]).decode("latin-1")
        raise NotJson("percent-encoding", seen, "percent-encoded UTF-8", _FORMS)
    return text


def _encoding(request: Request) -> bool:
    return (_header(request, "content-encoding") or "identity").lower() != "identity"


def _header(request: Request, name: str) -> str | None:
    return next((value for key, value in request.headers if key.lower() == name), None)
