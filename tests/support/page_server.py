"""A web server in a process of its own, that answers as told and keeps a log of when it did.

Run as a program it reads its routes from a file; `serving` starts it so. Times in the log are
seconds of the monotonic clock, which Chromium uses too.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE_S = 30.0


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    port: int
    log: Path
    scheme: str = "http"

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    def exchanges(self, path: str | None = None) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in lines if path in (None, line["path"])]


@contextmanager
def serving(
    place: Path, routes: Mapping[str, Mapping[str, Any]], tls: tuple[Path, Path] | None = None
) -> Iterator[Served]:
    """Serve the routes until the block ends; `{port}` in a body becomes the server's port."""
    place.mkdir(parents=True, exist_ok=True)
    told, log = place / "routes.json", place / "log.jsonl"
    told.write_text(json.dumps(routes))
    log.touch()
    command = [sys.executable, __file__, str(told), str(log), *map(str, tls or ())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            port = int(process.stdout.readline())
            yield Served(port, log, "https" if tls else "http")
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


class _Server:
    def __init__(self, routes: dict[str, dict[str, Any]], log: Path) -> None:
        self.routes, self.log, self.port = routes, log, 0

    async def run(self, tls: ssl.SSLContext | None) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        print(self.port, flush=True)
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = time.monotonic()
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                if await self._answer(head, reader, writer, accepted):
                    break
        writer.close()

    async def _answer(self, head: str, reader: Any, writer: Any, accepted: float) -> bool:
        got = time.monotonic()
        line, *fields = head.split("\r\n")
        headers = {n.lower(): v.strip() for n, _, v in (f.partition(":") for f in fields) if n}
        sent = await reader.readexactly(int(headers.get("content-length", 0)))
        path = line.split()[1]
        route = self.routes.get(path.partition("?")[0], {"status": 404})
        await asyncio.sleep(route.get("delay_ms", 0) / 1000)
        began = time.monotonic()
        if not route.get("silent"):
            writer.write(self._response(route, headers, path))
            await writer.drain()
        entry = {"path": path, "accepted": accepted, "got": got, "began": began}
        entry["sent"] = sent.decode("latin-1")
        with self.log.open("a") as log:
            log.write(json.dumps({**entry, "ended": time.monotonic(), "headers": headers}) + "\n")
        if route.get("silent"):
            await asyncio.sleep(600)
        return bool(route.get("close"))

    def _response(self, route: dict[str, Any], headers: dict[str, str], path: str) -> bytes:
        status = route.get("status", 200)
        extra = dict(route.get("headers", {}))
        if "login" in route:
            wanted = "Basic " + base64.b64encode(route["login"].encode()).decode()
            if headers.get("authorization") != wanted:
                status, extra = 401, {**extra, "www-authenticate": 'Basic realm="r"'}
        if route.get("broken"):
            return b""
        text = route.get("body", "").replace("{port}", str(self.port))
        text = text.replace("{query}", path.partition("?")[2])
        body = text.encode() + b"x" * route.get("pad", 0)
        lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
        lines.append(f"Content-Type: {route.get('type', 'text/html')}")
        lines += [f"{n}: {v}".replace("{port}", str(self.port)) for n, v in extra.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def main() -> None:
    routes, log, *pair = sys.argv[1:]
    context = None
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
    with suppress(KeyboardInterrupt):
        asyncio.run(_Server(json.loads(Path(routes).read_text()), Path(log)).run(context))


if __name__ == "__main__":
    main()
