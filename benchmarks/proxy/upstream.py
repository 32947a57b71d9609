"""What stands behind every proxy that is measured: `python -m benchmarks.proxy.upstream PORT`."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn

_PAGE = (
    b'{"application_sessions": [], "uri": "https://api.ngrok.com/app/sessions", '
    b'"next_page_uri": null}'
)
_PIECE = b"x" * 2**16


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer a page of sessions; `/big/N` is N MiB."""
    del receive
    mib = int(scope["path"].rpartition("/")[2]) if scope["path"].startswith("/big/") else 0
    pieces = [_PIECE] * 16 * mib or [_PAGE]
    headers = [
        (b"content-type", b"application/octet-stream" if mib else b"application/json"),
        (b"content-length", str(sum(map(len, pieces))).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", lifespan="off", ws="none")
