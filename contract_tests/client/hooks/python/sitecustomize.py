"""Tells the line of a client's code that sends a request; standard library only, Python 3.8 on.

Python imports this file at its start, because its folder stands first in PYTHONPATH. It adds a
header to requests that go to addresses of CONTRACT_TESTS_HOSTS, and to no others. Whatever goes
wrong here is kept here: a client must run as it would without it.
"""
# A folder of its own, no package; pathlib would slow every start, and 3.8 knows no removeprefix.
# ruff: noqa: INP001, PTH100, PTH109, PTH120, FURB188

from __future__ import annotations

import os
import sys
import zlib
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from typing import Any

_NAME = "X-Contract-Tests-Caller"
_HERE = os.path.dirname(os.path.abspath(__file__))
_CWD = os.getcwd() + os.sep
_HOSTS = tuple(filter(None, os.environ.get("CONTRACT_TESTS_HOSTS", "").split(",")))
_OTHERS = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_DEFAULT_PORTS = (80, 443, None)


def _is_ours(host: Any, port: Any) -> bool:
    """Say whether a request to this place is to bear the header."""
    name = host.decode("latin-1") if isinstance(host, bytes) else str(host)
    if f"{name}:{port}" in _HOSTS:
        return True
    below = f"*.{name.partition('.')[2]}"
    return port in _DEFAULT_PORTS and (name in _HOSTS or below in _HOSTS)


def _is_own(path: str) -> bool:
    """Say whether a file is the client's own: neither a library's, nor Python's, nor this one."""
    if path.startswith("<"):
        return path in ("<string>", "<stdin>")
    if path.startswith((_HERE, _LIBRARY)):
        return False
    return not any(part in path for part in _OTHERS)


def _caller() -> str:
    """Return `path:line in function` of the nearest own line, or nothing."""
    frame: Any = sys._getframe(1)  # noqa: SLF001  (made for this)
    while frame is not None and not _is_own(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return ""
    path = frame.f_code.co_filename
    short = path[len(_CWD) :] if path.startswith(_CWD) else path
    return f"{short}:{frame.f_lineno} in {frame.f_code.co_name}\n{_scene(frame)}"


def _scene(frame: Any) -> str:
    """Name the test that runs, or the own functions that are under way, each once.

    Not their lines: one that tries again on the next line is still the same one.
    """
    under_way = []
    while frame is not None:
        code = frame.f_code
        place = (code.co_filename, code.co_firstlineno)
        if _is_own(code.co_filename) and place not in under_way:
            under_way.append(place)
        frame = frame.f_back
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    return f"{zlib.crc32(repr((test, under_way)).encode()):08x}"


def _value(host: Any, port: Any) -> str:
    """Return the header's value for a request to this place, or nothing."""
    with suppress(Exception):
        if _is_ours(host, port):
            from urllib.parse import quote  # noqa: PLC0415  (few processes need it)

            return quote(_caller(), safe="/:. ()<>")
    return ""


def _patch_http_client(module: Any) -> None:
    plain = module.HTTPConnection.endheaders

    def endheaders(self: Any, *args: Any, **named: Any) -> Any:
        is_led = bool(getattr(self, "_tunnel_host", None))
        value = (
            _value(self._tunnel_host, self._tunnel_port)
            if is_led
            else _value(self.host, self.port)
        )
        if value:
            with suppress(Exception):
                self.putheader(_NAME, value)
        return plain(self, *args, **named)

    module.HTTPConnection.endheaders = endheaders


def _patch_httpcore(module: Any) -> None:
    plain = module.ConnectionPool.handle_request
    plain_async = module.AsyncConnectionPool.handle_async_request

    def tell(request: Any) -> None:
        with suppress(Exception):
            value = _value(request.url.host, request.url.port)
            if value:
                request.headers = [*request.headers, (_NAME.encode(), value.encode())]

    def handle_request(self: Any, request: Any) -> Any:
        tell(request)
        return plain(self, request)

    async def handle_async_request(self: Any, request: Any) -> Any:
        tell(request)
        return await plain_async(self, request)

    module.ConnectionPool.handle_request = handle_request
    module.AsyncConnectionPool.handle_async_request = handle_async_request


def _patch_aiohttp(module: Any) -> None:
    plain = module.ClientRequest.send

    async def send(self: Any, *args: Any, **named: Any) -> Any:
        with suppress(Exception):
            value = _value(self.url.host, self.url.port)
            if value:
                self.headers[_NAME] = value
        return await plain(self, *args, **named)

    module.ClientRequest.send = send


_PATCHES = {
    "http.client": _patch_http_client,
    "httpcore": _patch_httpcore,
    "aiohttp.client_reqrep": _patch_aiohttp,
}


class _Patching:
    """Finds what the others find, and patches it once it is there."""

    def __init__(self) -> None:
        self._waiting = dict(_PATCHES)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return what the next finder finds of a module that is to be patched, else nothing."""
        patch = self._waiting.pop(name, None)
        if patch is None:
            return None
        for finder in sys.meta_path:
            found = None if finder is self else finder.find_spec(name, path, target)
            if found is not None and found.loader is not None:
                _patched(found.loader, patch)
                return found
        return None


def _patched(loader: Any, patch: Any) -> None:
    plain = loader.exec_module

    def exec_module(module: Any) -> None:
        plain(module)
        with suppress(Exception):
            patch(module)

    with suppress(Exception):
        loader.exec_module = exec_module


def _chain() -> None:
    """Run the `sitecustomize` that this one stands before."""
    found = PathFinder.find_spec("sitecustomize", [p for p in sys.path if p != _HERE])
    if found is None or found.loader is None:
        return
    module = module_from_spec(found)
    sys.modules["sitecustomize"] = module
    found.loader.exec_module(module)


sys.path[:] = [path for path in sys.path if path != _HERE]
if _HOSTS:
    sys.meta_path.insert(0, _Patching())
_chain()
