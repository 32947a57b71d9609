"""Servers that are slow, broken or hostile: every end is a named failure, never an exception."""

import asyncio
import gzip

import pytest
from http_peers import PATIENCE_S, Peer, Script, ask, fetched, for_ever, resets, response, says

from probes import FailureKind, LiveNetwork, TargetPolicy
from probes.http import HttpAuthentication, HttpPlan, HttpResult
from probes.http.answer import Answer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"


def failed(result: HttpResult) -> tuple[FailureKind | None, str | None]:
    return (result.failure and result.failure.kind, result.failure and result.failure.phase)


@pytest.mark.parametrize(
    ("answer", "then", "kind", "phase"),
    [
        (b"", None, FailureKind.RESET, "wait"),
        (b"", resets, FailureKind.RESET, "wait"),
        (HEAD + b"cut", None, FailureKind.RESET, "receive"),
        (HEAD + b"cut", resets, FailureKind.RESET, "receive"),
        (b"HTTP/1.1 200 OK\r\nX: ", None, FailureKind.RESET, "receive"),
        (b"garbage\r\n\r\n", None, FailureKind.PROTOCOL, "wait"),
        (b"\0\xff" * 100, None, FailureKind.PROTOCOL, "wait"),
        (b"HTTP/9.9 200 OK\r\n\r\n", None, FailureKind.PROTOCOL, "wait"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", None, FailureKind.PROTOCOL, "wait"),
        (b"220 mail.test ESMTP\r\n", None, FailureKind.PROTOCOL, "wait"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 400_000, None, FailureKind.PROTOCOL, "receive"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", None, FailureKind.PROTOCOL, "receive"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            None,
            FailureKind.PROTOCOL,
            "receive",
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            None,
            FailureKind.RESET,
            "receive",
        ),
        (
            response(b"not gzip", "200 OK", "Content-Encoding: gzip"),
            None,
            FailureKind.PROTOCOL,
            "receive",
        ),
    ],
)
def test_how_a_broken_answer_is_called(
    answer: bytes, then: Script | None, kind: FailureKind, phase: str
) -> None:
    result = ask(says(answer, then=then))
    assert failed(result) == (kind, phase), result.failure
    assert result.connect_ms
    assert (result.receive_ms, result.total_ms, result.throughput_kbps) == (None, None, None)


@pytest.mark.parametrize(
    ("answer", "phase"), [(b"", "wait"), (HEAD, "receive"), (HEAD + b"some", "receive")]
)
def test_the_phase_that_a_timeout_met(answer: bytes, phase: str) -> None:
    result = ask(says(answer, then=for_ever), timeout_s=0.6)
    assert failed(result) == (FailureKind.TIMEOUT, phase)
    assert getattr(result, f"{phase}_ms") is None


def test_a_tls_handshake_can_be_what_takes_too_long() -> None:
    assert failed(asyncio.run(_over_tls(Peer(for_ever), 0.6))) == (FailureKind.TIMEOUT, "tls")


async def _over_tls(peer: Peer, timeout_s: float) -> HttpResult:
    async with peer.serving():
        return await fetched(f"https://127.0.0.1:{peer.port}/", timeout_s=timeout_s)


def test_headers_without_end_are_cut_off() -> None:
    """Bounded by libcurl at some 300 kB, long before the time is over."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        while True:
            writer.write(b"X-More: and more and more and more\r\n" * 100)
            await writer.drain()

    result = ask(says(b"", then=endless))
    assert failed(result) == (FailureKind.PROTOCOL, "receive")
    assert result.last.header_bytes < 400_000


def test_interim_answers_without_end_are_cut_off_or_time_out() -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)
            await writer.drain()

    result = ask(says(b"", then=endless), timeout_s=2.0)
    assert not result.ok
    assert (result.status, len(result.last.interim_statuses)) == (None, 20)


@pytest.mark.parametrize(
    "odd",
    [
        b"HTTP/1.1 200 \xff\xfe\r\nX\xff: \xe9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: \xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: \xff\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: \xff\r\n\r\nx",
        b"HTTP/1.1 \xff\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\xff\x1b[2J\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon \xff\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Type: \xff; charset=\xff\r\n\r\nx",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest \xff\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_odd_bytes_raise_nothing(odd: bytes) -> None:
    way = HttpAuthentication.DIGEST
    result = ask(says(odd), body_match="x", user="ann", authentication=way, most_redirects=2)
    assert result.failure is None or result.failure.message.isprintable()


def test_interim_answers_are_told_and_passed_over() -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    last = ask(says(early + response())).last
    assert (last.interim_statuses, last.status) == ((100, 103), 200)
    assert last.response_headers == (("Content-Length", "5"),)


def test_repeated_headers_and_trailers_are_kept_in_order() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nSet-Cookie: b=1\r\nset-cookie: a=2\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n"
    )
    last = ask(says(answer)).last
    assert last.response_headers[:2] == (("Set-Cookie", "b=1"), ("set-cookie", "a=2"))
    assert last.trailers == (("X-Sum", "7"),)
    assert (last.content_bytes, last.body_bytes) == (2, 2)


def test_headers_may_trickle() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for index in range(len(answer)):
            writer.write(answer[index : index + 1])
            await writer.drain()
            await asyncio.sleep(0)

    answer = response(b"slow", "200 OK", "X-A: b")
    result = ask(says(b"", then=trickle))
    assert (result.status, result.body_start) == (200, b"slow")


def test_a_body_after_head_is_not_taken_for_one() -> None:
    result = ask(says(response(b"there should be none")), method="HEAD")
    assert (result.status, result.last.body_bytes, result.body_sha256) == (200, 0, None)
    assert result.ok


def test_what_comes_after_the_announced_length_is_left() -> None:
    result = ask(says(response(b"12345") + b"678"))
    assert (result.ok, result.body_start) == (True, b"12345")


def test_a_body_may_end_with_the_connection() -> None:
    result = ask(says(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"))
    assert (result.http_version, result.body_start) == ("1.0", b"until the end")


def test_a_small_answer_that_unpacks_to_very_much_is_bounded_in_memory() -> None:
    """100 MB of zeros in 100 kB: all of them hashed, a megabyte kept, a kilobyte shown."""
    packed = gzip.compress(bytes(100_000_000))
    limited = ask(
        says(response(packed, "200 OK", "Content-Encoding: gzip")), download_limit_bytes=5_000_000
    )
    assert (limited.last.body_bytes, limited.last.truncated) == (5_000_000, True)
    assert len(limited.body_start) == 1024


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=latin-1", "größer".encode("latin-1")),
        ("text/plain; charset=nonsense", "größer".encode()),
        ("text/plain; charset=hex", "größer".encode()),
        ("text/plain", "größer".encode()),
    ],
)
def test_the_body_is_searched_in_its_character_set(content_type: str, body: bytes) -> None:
    answer = response(body, "200 OK", f"Content-Type: {content_type}")
    assert ask(says(answer), body_match="gr[ö]ßer$").matched is True


def test_an_empty_body_does_not_hold_what_is_wanted() -> None:
    result = ask(says(response(b"")), body_match="something")
    assert (failed(result), result.matched) == ((FailureKind.CONTENT, "receive"), False)


@pytest.mark.parametrize("size", [0, 5, 3_000_000])
def test_a_body_is_sent_without_asking_first(size: int) -> None:
    """No "Expect: 100-continue", which would put a second into the figures of a large body."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.hear(reader)
        received.append(await reader.readexactly(size))
        writer.write(response())
        await writer.drain()

    peer, received = Peer(script), list[bytes]()
    result = ask(peer, method="PUT", body=b"x" * size, headers=(("Content-Type", "text/a"),))
    assert (result.status, received) == (200, [b"x" * size])
    assert b"Expect" not in peer.requests[0]
    assert b"Content-Type: text/a\r\n" in peer.requests[0]


def test_an_answer_before_the_whole_request_counts() -> None:
    result = ask(
        says(response(b"too much", "413 Too Large"), then=resets), method="POST", body=b"x" * 9**7
    )
    assert result.status == 413 or failed(result)[0] is FailureKind.RESET
    assert result.wait_ms is None or result.wait_ms >= 0


def test_no_more_than_a_megabyte_is_kept() -> None:
    answer = Answer(10**9)
    for _ in range(50):
        assert answer.on_body(bytes(100_000)) == 100_000
    assert (len(answer.body), answer.body_bytes) == (1 << 20, 5_000_000)


def test_a_challenge_is_answered_with_a_digest() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.hear(reader)
        writer.write(response(b"who?", "401 Unauthorized", challenge))
        await peer.hear(reader)
        writer.write(response(b"welcome"))
        await writer.drain()

    challenge = 'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256'
    peer = Peer(script)
    first, result = asyncio.run(asyncio.wait_for(_twice_by_digest(peer), PATIENCE_S))
    assert (first.status, result.status, result.body_start) == (200, 200, b"welcome")
    # One for both legs, and none that an earlier measurement left.
    assert peer.connections == 2
    assert b"Authorization" not in peer.requests[0]
    assert b'Digest username="ann"' in peer.requests[1]
    assert b"secret" not in b"".join(peer.requests)
    assert dict(result.last.request_headers)["Authorization"] == "***"


async def _twice_by_digest(peer: Peer) -> list[HttpResult]:
    async with peer.serving():
        network = LiveNetwork(TargetPolicy())
        way = HttpAuthentication.DIGEST
        plan = HttpPlan(peer.url, user="ann", password="secret", authentication=way)
        results = [await network.measure(plan) for _ in range(2)]
        await network.close()
    return results


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("ftp://127.0.0.1/", FailureKind.NOT_ALLOWED),
        ("file:///etc/passwd", FailureKind.NOT_ALLOWED),
        ("javascript:alert(1)", FailureKind.NOT_ALLOWED),
        ("http://", FailureKind.PROTOCOL),
        ("http://[::1", FailureKind.PROTOCOL),
        ("http://a b/", FailureKind.PROTOCOL),
        ("http://127.0.0.1:99999/", FailureKind.PROTOCOL),
        ("http://127.0.0.1\\@127.0.0.2/", FailureKind.PROTOCOL),
        ("", FailureKind.PROTOCOL),
    ],
)
def test_a_redirect_to_nowhere(location: str, kind: FailureKind) -> None:
    result = ask(says(response(b"", "302 Found", f"Location: {location}")))
    assert failed(result) == (kind, "redirect")
    assert (result.status, result.redirects) == (302, 0)


def test_a_redirect_without_location_is_an_answer() -> None:
    result = ask(says(response(b"", "302 Found")))
    assert (result.ok, result.status) == (True, 302)


def test_a_name_that_a_redirect_leads_to_may_not_resolve() -> None:
    result = ask(says(response(b"", "302 Found", "Location: http://gone.invalid/")))
    assert failed(result) == (FailureKind.RESOLVE, "dns")
    assert (result.redirects, result.address, result.dns_ms) == (1, None, None)


def test_a_reset_during_the_handshake_is_no_fault_of_tls() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        await resets(reader, writer)

    assert failed(asyncio.run(_over_tls(Peer(hang_up), 20.0))) == (FailureKind.RESET, "tls")
