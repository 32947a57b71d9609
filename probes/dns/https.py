"""A question over HTTPS (RFC 8484), with libcurl held to one address."""

import errno
import socket
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pycurl
from dns.message import Message

from probes.dns.question import read_answer
from probes.dns.reply import Reply, Server, unanswered
from probes.errors import PacketError
from probes.failure import Failure, FailureKind
from probes.resolve import literal_address

MEDIA_TYPE = "application/dns-message"
LONGEST_ANSWER = 65_535
_LONGEST_WORDS = 120

_TLS_ERRORS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CERTPROBLEM,
    }
)
_KINDS = MappingProxyType(
    {
        pycurl.E_GOT_NOTHING: FailureKind.RESET,
        pycurl.E_RECV_ERROR: FailureKind.RESET,
        pycurl.E_SEND_ERROR: FailureKind.RESET,
        pycurl.E_WRITE_ERROR: FailureKind.CONTENT,
    }
)


@dataclass(frozen=True, slots=True)
class WebWay:
    """The name in the URL and in the certificate, the path, and whom to trust."""

    name: str
    path: str
    verify: bool
    ca_file: Path | None


class Page:
    """Holds an answer, but no more of it than a DNS message can have."""

    def __init__(self) -> None:
        self.content = BytesIO()

    def write(self, part: bytes) -> int:
        """Take a part; taking less than was given makes libcurl stop."""
        if self.content.tell() + len(part) > LONGEST_ANSWER:
            return 0
        return self.content.write(part)


class Door:
    """Opens sockets to one server for libcurl, and to nobody else."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._opened: list[socket.socket] = []

    def open(self, purpose: int, where: Any) -> Any:
        """Open a socket; libcurl makes a descriptor of its own from it."""
        host, port = where.addr[:2]
        if purpose != pycurl.SOCKTYPE_IPCXN or port != self.server.port:
            return pycurl.SOCKET_BAD
        if literal_address(_text(host)) != self.server.address:
            return pycurl.SOCKET_BAD
        opened = socket.socket(where.family, where.socktype, where.protocol)
        self._opened.append(opened)
        return opened

    def close(self) -> None:
        """Give our descriptors back."""
        for opened in self._opened:
            opened.close()


def _text(host: str | bytes) -> str:
    return host.decode() if isinstance(host, bytes) else host


async def ask_https(server: Server, query: Message, timeout_s: float, way: WebWay) -> Reply:
    """Ask by POST; what goes wrong on the wire is in the reply."""
    query.id = 0  # so that caches find equal questions equal (RFC 8484, 4.1)
    question, page = query.to_wire(), Page()
    with closing(Door(server)) as door, closing(pycurl.Curl()) as curl:
        _instruct(curl, server, timeout_s, way)
        _pin(curl, door)
        curl.setopt(pycurl.POSTFIELDS, question)
        curl.setopt(pycurl.WRITEFUNCTION, page.write)
        async with pycurl.AsyncCurlMulti() as multi:
            try:
                await multi.perform(curl)
            except pycurl.error as error:
                failure = _failure(curl, error.args[0], str(error.args[1]), timeout_s)
                return Reply(failure=failure, transport="https", **_times(curl))
            return _reply(curl, query, len(question), page.content.getvalue())


def _instruct(curl: Any, server: Server, timeout_s: float, way: WebWay) -> None:
    host = f"[{way.name}]" if ":" in way.name else way.name
    curl.setopt(pycurl.URL, f"https://{host}:{server.port}{way.path}")
    curl.setopt(pycurl.HTTPHEADER, [f"Content-Type: {MEDIA_TYPE}", f"Accept: {MEDIA_TYPE}"])
    curl.setopt(pycurl.TIMEOUT_MS, max(1, round(timeout_s * 1000)))
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FOLLOWLOCATION, 0)
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
    curl.setopt(pycurl.SSL_VERIFYPEER, int(way.verify))
    curl.setopt(pycurl.SSL_VERIFYHOST, 2 if way.verify else 0)
    if way.ca_file is not None:
        curl.setopt(pycurl.CAINFO, str(way.ca_file))


def _pin(curl: Any, door: Door) -> None:
    """Let libcurl neither look the name up, nor use a proxy, nor open any other socket."""
    address = door.server.address
    bracketed = f"[{address}]" if address.version == 6 else str(address)
    curl.setopt(pycurl.PROXY, "")
    # For any host and port; what it names is an address, so nothing is left to look up.
    curl.setopt(pycurl.CONNECT_TO, [f"::{bracketed}:{door.server.port}"])
    curl.setopt(pycurl.OPENSOCKETFUNCTION, door.open)


def _reply(curl: Any, query: Message, size: int, content: bytes) -> Reply:
    status = int(curl.getinfo(pycurl.RESPONSE_CODE))
    facts = {"transport": "https", "http_status": status, "query_bytes": size, **_times(curl)}
    if not 200 <= status <= 299:
        message = f"The server answered with HTTP status {status} instead of 200."
        return Reply(failure=Failure(FailureKind.STATUS, "resolution", message), **facts)
    media_type = str(curl.getinfo(pycurl.CONTENT_TYPE) or "nothing").partition(";")[0]
    if media_type.strip().lower() != MEDIA_TYPE:
        message = f"The server sent {media_type[:_LONGEST_WORDS]!r} instead of {MEDIA_TYPE}."
        return Reply(failure=Failure(FailureKind.PROTOCOL, "resolution", message), **facts)
    try:
        answer = read_answer(content, query)
    except PacketError as error:
        message = f"The server sent {error}."
        return Reply(failure=Failure(FailureKind.PROTOCOL, "resolution", message), **facts)
    facts["resolution_ms"] = curl.getinfo(pycurl.TOTAL_TIME) * 1000
    return Reply(answer, answer_bytes=len(content), **facts)


def _times(curl: Any) -> dict[str, Any]:
    connected = curl.getinfo(pycurl.CONNECT_TIME) * 1000
    shaken = curl.getinfo(pycurl.APPCONNECT_TIME) * 1000
    return {
        "connect_ms": connected or None,
        "tls_ms": shaken - connected if shaken else None,
    }


def _failure(curl: Any, code: int, words: str, timeout_s: float) -> Failure:
    phase = _phase(curl)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return unanswered(timeout_s, phase)
    if code == pycurl.E_COULDNT_CONNECT:
        number = curl.getinfo(pycurl.OS_ERRNO)
        refused = number == errno.ECONNREFUSED
        kind = FailureKind.REFUSED if refused else FailureKind.UNREACHABLE
    else:
        usual = FailureKind.TLS if code in _TLS_ERRORS else FailureKind.PROTOCOL
        kind = _KINDS.get(code, usual)
    return Failure(kind, phase, f"The server could not be asked: {words[:_LONGEST_WORDS]}.")


def _phase(curl: Any) -> str:
    if not curl.getinfo(pycurl.CONNECT_TIME):
        return "connect"
    return "resolution" if curl.getinfo(pycurl.APPCONNECT_TIME) else "tls"
