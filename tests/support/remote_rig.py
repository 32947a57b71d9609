"""Remote agents and servers as processes of their own, and a target that holds its answers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx
from peers import PATIENCE_S, until

ROOT = Path(__file__).parent.parent.parent
KEYS = {
    "pingplotter": {"X-API-KEY": "mock-pingplotter-key"},
    "thousandeyes": {"Authorization": "Bearer mock-thousandeyes-token"},
}


@dataclass
class Program:
    """A process of ours that has said its first line that matters."""

    process: subprocess.Popen[str]
    said: str

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)


def begin(*command: str, ready: str, cwd: Path) -> Program:
    """Start one of our commands; return once it said a line with `ready` in it."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if ready in line:
            return Program(process, line.strip())
    process.wait(PATIENCE_S)
    raise AssertionError(f"{command} ended: {said}")


def ask(url: str, path: str, **options: object) -> httpx.Response:
    """Send a request to a vendor at its own key: GET, or POST where there is a body."""
    vendor = path.split("/")[1]
    method = "POST" if "json" in options else "GET"
    return httpx.request(
        method,
        f"{url}{path}",
        headers=KEYS[vendor],
        timeout=PATIENCE_S,
        **options,  # type: ignore[arg-type]
    )


def thousandeyes_agent(url: str, name: str) -> dict[str, Any]:
    agents = ask(url, "/thousandeyes/v6/agents").json()["agents"]
    return next((one for one in agents if one["agentName"] == name), {})


def pingplotter_agent(url: str, name: str) -> dict[str, Any]:
    agents = ask(url, "/pingplotter/agents").json()
    return next((one for one in agents if one["Name"] == name), {})


@dataclass
class HoldingServer:
    """An HTTP server on loopback that notes each request and answers when it is let."""

    released: threading.Event = field(default_factory=threading.Event)
    paths: list[str] = field(default_factory=list)
    owners: list[int | None] = field(default_factory=list)
    owner_of: Callable[[int], int | None] = lambda _: None

    def __enter__(self) -> Self:
        rig = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                rig.owners.append(rig.owner_of(self.client_address[1]))
                rig.paths.append(self.path)
                rig.released.wait(PATIENCE_S)
                body = b"measured"
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

            def handle(self) -> None:
                # Who asked may have been killed meanwhile: that is what these tests are about.
                try:
                    super().handle()
                except OSError:
                    return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def await_request(self, after: int = 0) -> None:
        until(lambda: len(self.paths) > after, "a request comes")


def owner_among(pids: Callable[[], list[int]]) -> Callable[[int], int | None]:
    """Return what finds which of these processes holds the TCP socket of a local port."""

    def find(port: int) -> int | None:
        inode = _inode(port)
        return next((pid for pid in pids() if f"socket:[{inode}]" in _open(pid)), None)

    return find


def _inode(port: int) -> str:
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return next(row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port)


def _open(pid: int) -> list[str]:
    places = Path(f"/proc/{pid}/fd").iterdir()
    return [os.readlink(place) for place in places]  # noqa: PTH115
