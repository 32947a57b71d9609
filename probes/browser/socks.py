"""The few bytes of SOCKS 5 that a browser and its guard exchange (RFC 1928)."""

import ipaddress
from asyncio import IncompleteReadError, StreamReader
from enum import IntEnum

VERSION, CONNECT, NO_LOGIN = 5, 1, 0
WELCOME = bytes((VERSION, NO_LOGIN))

_NAME = 3
_ADDRESS_BYTES = {1: 4, 4: 16}


class SocksError(Exception):
    """Bytes that are no CONNECT request of SOCKS 5."""


class Reply(IntEnum):
    """What a request is answered with (RFC 1928, section 6)."""

    DONE = 0
    NOT_ALLOWED = 2
    HOST_UNREACHABLE = 4
    REFUSED = 5

    def encoded(self) -> bytes:
        """Write the answer; the bound address is of no use to a browser and left zero."""
        return bytes((VERSION, self, 0, 1)) + bytes(6)


async def read_greeting(reader: StreamReader) -> None:
    """Read the offer of methods, which must hold the one without a login."""
    version, count = await _read(reader, 2)
    methods = await _read(reader, count)
    if version != VERSION or NO_LOGIN not in methods:
        raise SocksError(f"greeting of version {version} with methods {methods.hex()}")


async def read_request(reader: StreamReader) -> tuple[str, int]:
    """Read where to connect to: a name or the text of an address, and a port."""
    version, command, _, kind = await _read(reader, 4)
    if (version, command) != (VERSION, CONNECT):
        raise SocksError(f"version {version}, command {command}")
    host = await _read_host(reader, kind)
    return host, int.from_bytes(await _read(reader, 2), "big")


async def _read_host(reader: StreamReader, kind: int) -> str:
    if kind in _ADDRESS_BYTES:
        return str(ipaddress.ip_address(await _read(reader, _ADDRESS_BYTES[kind])))
    if kind != _NAME:
        raise SocksError(f"address of type {kind}")
    name = await _read(reader, (await _read(reader, 1))[0])
    try:
        return name.decode("ascii")
    except UnicodeDecodeError:
        raise SocksError(f"name {name!r}") from None


async def _read(reader: StreamReader, count: int) -> bytes:
    try:
        return await reader.readexactly(count)
    except IncompleteReadError as error:
        raise SocksError(f"ended after {len(error.partial)} of {count} bytes") from None
