"""What a caller and a responder say to each other: one JSON object a line, over TCP.

Version 1. The caller connects and sends a request, then reads a grant or an error:

    {"version": 1, "kind": "voice", "packets": 250, "size_bytes": 172, "duration_ms": 5000,
     "dscp": 46}
    {"version": 1, "port": 40123, "token": "<32 hex digits>", "machine": "<64 hex digits>",
     "bits_per_s": 1000000000}
    {"version": 1, "error": "one sentence"}

Streams over UDP: the caller proves its address with greetings that hold the token (packets.py),
and sends its packets to that port, or gets them from there. Streams over TCP: the caller opens a
second connection to the same port and begins it with the token and a newline. When it has sent
everything, or waited long enough, it asks for the report, and gets it once all packets have come
or `wait_ms` have passed:

    {"version": 1, "wait_ms": 500}
    {"version": 1, "rows": [[…], …]}

What a row of the report means depends on the kind (sessions.py). A line is at most 4096 bytes
long towards the responder and 4 MiB towards the caller; names, types and bounds are strict, and
whatever breaks them ends the connection. `machine` is a digest of the token and the kernel's boot
identifier: who runs on the same kernel gets the same, and then both clocks are one. `bits_per_s`
is what the responder keeps a TCP stream of its own below. Who hangs up ends the session at once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from probes.errors import PlanInvalid

VERSION = 1
DEFAULT_PORT = 49153
"""What ThousandEyes gives agent-to-agent tests unless told otherwise."""
LONGEST_REQUEST = 4096
LONGEST_REPORT = 4 << 20
MOST_LISTED, MOST_COUNTED = 30_000, 3_000_000
LEAST_BYTES, MOST_BYTES = 20, 65_000
LONGEST_MS = 60_000
LONGEST_WAIT_MS = 10_000
TOKEN_BYTES = 16
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class MessageInvalid(ValueError):
    """A line that is not the message that was due."""


class Denied(MessageInvalid):
    """The other end said in words why it will not."""


class Kind(StrEnum):
    """What a session is for."""

    VOICE = "voice"
    """RTP from the caller; the report has every arrival."""
    RECORD = "record"
    """Numbered packets from the caller; the report has every arrival."""
    REFLECT = "reflect"
    """The same, each sent back; the report has every arrival and departure."""
    UDP_SINK = "udp_sink"
    """Numbered packets from the caller; the report sums them up by the second."""
    UDP_SOURCE = "udp_source"
    """Numbered packets to the caller, who sums them up; the report says how many were sent."""
    TCP_SINK = "tcp_sink"
    """Bytes from the caller; the report sums them up by the second."""
    TCP_SOURCE = "tcp_source"
    """Bytes to the caller; the report has the kernel's view of the connection."""


OVER_TCP = frozenset({Kind.TCP_SINK, Kind.TCP_SOURCE})
LISTED = frozenset({Kind.VOICE, Kind.RECORD, Kind.REFLECT})


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller wants: so many UDP payloads of this size, evenly spread over the duration.

    Over TCP there are no packets: `packets` is 0, and `size_bytes` is not looked at.
    """

    kind: Kind
    packets: int
    size_bytes: int
    duration_ms: int
    dscp: int

    def __post_init__(self) -> None:
        """Refuse what no session could be."""
        most = most_packets(self.kind)
        _within("packets", self.packets, min(1, most), most)
        _within("size_bytes", self.size_bytes, LEAST_BYTES, MOST_BYTES)
        _within("duration_ms", self.duration_ms, 1, LONGEST_MS)
        _within("dscp", self.dscp, 0, 63)

    @property
    def interval_ns(self) -> int:
        """Time from one packet to the next."""
        return self.duration_ms * 1_000_000 // max(1, self.packets)

    @property
    def bits_per_s(self) -> float:
        """UDP payload a second; 0 for TCP, which finds its own rate."""
        return self.packets * self.size_bytes * 8000 / self.duration_ms

    def line(self) -> bytes:
        """Write it."""
        return line(asdict(self))


@dataclass(frozen=True, slots=True)
class Grant:
    """Where the stream goes, and what proves that it comes from the caller."""

    port: int
    token: bytes
    machine: str
    bits_per_s: int
    """The most that the responder sends over TCP."""

    def line(self) -> bytes:
        """Write it."""
        return line(asdict(self) | {"token": self.token.hex()})


def most_packets(kind: Kind) -> int:
    """Say how many packets a session may have: few where each is listed in the report."""
    if kind in OVER_TCP:
        return 0
    return MOST_LISTED if kind in LISTED else MOST_COUNTED


def line(content: dict[str, Any]) -> bytes:
    """Write any message."""
    return json.dumps({"version": VERSION} | content, separators=(",", ":")).encode() + b"\n"


def read_request(text: bytes) -> Request:
    """Read a request; MessageInvalid says what is wrong with it."""
    content = _object(text, {"kind", "packets", "size_bytes", "duration_ms", "dscp"})
    try:
        kind = Kind(content.pop("kind"))
        return Request(kind, **{name: integer(value) for name, value in content.items()})
    except (ValueError, TypeError, PlanInvalid) as error:
        raise MessageInvalid(f"this is no request: {error}") from None


def read_wait_ms(text: bytes) -> int:
    """Read the wish for a report."""
    wait_ms = integer(_object(text, {"wait_ms"})["wait_ms"])
    if not 0 <= wait_ms <= LONGEST_WAIT_MS:
        raise MessageInvalid(f"wait_ms is {wait_ms}: expected 0 to {LONGEST_WAIT_MS}")
    return wait_ms


def read_grant(text: bytes) -> Grant:
    """Read a grant."""
    content = _object(text, {"port", "token", "machine", "bits_per_s"})
    port, token, machine = integer(content["port"]), content["token"], content["machine"]
    if not 1 <= port <= 65_535:
        raise MessageInvalid(f"port {port} is none")
    if (most := integer(content["bits_per_s"])) < 1:
        raise MessageInvalid(f"{most} bit/s are no rate")
    if not (isinstance(token, str) and isinstance(machine, str)):
        raise MessageInvalid("token and machine are not both text")
    try:
        secret = bytes.fromhex(token)
    except ValueError:
        secret = b""
    if len(secret) != TOKEN_BYTES:
        raise MessageInvalid("the token is not 16 bytes of hex digits")
    return Grant(port, secret, machine[:64], most)


def read_rows(text: bytes, width: int) -> list[list[int]]:
    """Read a report whose rows have this many whole numbers each."""
    rows = _object(text, {"rows"})["rows"]
    if not isinstance(rows, list):
        raise MessageInvalid("the rows are no list")
    for row in rows:
        if not (isinstance(row, list) and len(row) == width and all(map(_is_integer, row))):
            raise MessageInvalid(f"a row is not {width} whole numbers: {str(row)[:80]}")
    return rows


def integer(value: Any) -> int:
    """Return a whole number of at most 64 bits, which true and 1.0 are not."""
    if not _is_integer(value):
        raise MessageInvalid(f"{str(value)[:40]!r} is no whole number of 64 bits")
    return int(value)


def machine_digest(token: bytes) -> str:
    """Name this kernel to somebody who knows its boot identifier already, and to nobody else."""
    try:
        boot = _BOOT_ID.read_bytes()
    except OSError:
        # Nobody else can come to the same, so nobody will take our clock for theirs.
        boot = repr(object()).encode()
    return hashlib.sha256(token + boot).hexdigest()


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 63


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise PlanInvalid(f"{name} is {value}: expected {low} to {high}.")


def _object(text: bytes, names: set[str]) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageInvalid(f"this is no JSON: {str(error)[:80]}") from None
    if not isinstance(content, dict):
        raise MessageInvalid("this is no JSON object")
    if content.get("version") != VERSION or isinstance(content.get("version"), bool):
        raise MessageInvalid(f"version {VERSION} is spoken here")
    if "error" in content:
        raise Denied(f"The other end says: {str(content['error'])[:200]}")
    if set(content) != names | {"version"}:
        raise MessageInvalid(f"expected the names {', '.join(sorted(names))}")
    return {name: content[name] for name in names}
