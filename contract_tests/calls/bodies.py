"""Bodies as bytes: JSON, forms, parts of a form, plain text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from urllib3.filepost import encode_multipart_formdata

from contract_tests.calls.styles import Pairs, in_query, plain_text

_BOUNDARY = "contract-tests-boundary"


def encoded(body: Any, media: str, holder: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a body in a media type, and the Content-Type that names it.

    `holder` is the Media Type object of the contract, for the encoding of a form's fields.
    """
    if media.startswith("multipart/") and isinstance(body, Mapping):
        return _parts(body, media, holder.get("schema", {}))
    if media.endswith("urlencoded") and isinstance(body, Mapping):
        return urlencode(_fields(body, holder)).encode("utf-8", "surrogatepass"), media
    if "json" in media or not isinstance(body, str):
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass"), media
    return body.encode("utf-8", "surrogatepass"), media


def _fields(body: Mapping[str, Any], holder: Mapping[str, Any]) -> Pairs:
    pairs: Pairs = []
    for name, value in body.items():
        how = (holder.get("encoding") or {}).get(name, {})
        if isinstance(value, Mapping) and "style" not in how:
            # As the specification says of fields that are objects.
            pairs.append((name, json.dumps(value)))
        else:
            pairs += in_query({**how, "name": name}, value)
    return pairs


def _parts(body: Mapping[str, Any], media: str, schema: Mapping[str, Any]) -> tuple[bytes, str]:
    properties = schema.get("properties", {})
    fields = {
        name: (name, plain_text(value).encode(), "application/octet-stream")
        if properties.get(name, {}).get("format") == "binary"
        else plain_text(value)
        for name, value in body.items()
    }
    content, _ = encode_multipart_formdata(fields, boundary=_BOUNDARY)
    return content, f"{media}; boundary={_BOUNDARY}"
