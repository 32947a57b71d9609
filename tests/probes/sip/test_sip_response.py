"""Reading responses: what is taken from them, and what they may not do to the reader."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import PacketError
from probes.sip.response import SipResponse, parse_response

HEAD = (
    "SIP/2.0 {code} OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5;branch=z9hG4bKx;rport=5\r\n"
    "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 7 INVITE\r\n"
)


def read(extra: str = "", code: int = 200) -> SipResponse:
    return parse_response(f"{HEAD.format(code=code)}{extra}\r\n".encode())


def test_the_parts_are_found() -> None:
    response = read()
    assert (response.code, response.reason, response.branch) == (200, "OK", "z9hG4bKx")
    assert (response.cseq, response.method, response.to) == (7, "INVITE", "<sip:b@h>;tag=2")
    assert response.text.startswith("SIP/2.0 200 OK\r\n")


def test_compact_folded_and_spaced_headers_are_the_same() -> None:
    odd = (
        b"SIP/2.0 180 Ring ing\r\nv : SIP/2.0/UDP\r\n 127.0.0.1:5 ; branch = z9hG4bKx\r\n"
        b"f: <sip:a@h>\r\nT\t:\r\n\t<sip:b@h>\r\ni: c\r\nCSEQ:  7   INVITE\r\n\r\n"
    )
    response = parse_response(odd)
    assert (response.branch, response.to, response.cseq) == ("z9hG4bKx", "<sip:b@h>", 7)


def test_contacts_come_in_the_order_of_their_q() -> None:
    contacts = "Contact: <sip:c@h>;q=0.1, <sip:a@h>\r\nContact: <sip:b@h>;q=0.5\r\n"
    assert [uri.user for uri in read(contacts).contacts] == ["a", "b", "c"]


def test_a_contact_that_is_none_is_left_out() -> None:
    assert read("Contact: what\r\n").contacts == ()


def test_challenges_keep_the_order_of_the_server() -> None:
    asked = (
        'WWW-Authenticate: Digest realm="r", nonce="1", algorithm=SHA-256\r\n'
        'WWW-Authenticate: Digest realm="r", nonce="1"\r\n'
        'Proxy-Authenticate: Digest realm="p", nonce="2", qop="auth,auth-int"\r\n'
    )
    names = [name for name, _ in read(asked, 401).challenges]
    assert names == ["Authorization", "Authorization", "Proxy-Authorization"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"INVITE sip:a@h SIP/2.0\r\n\r\n",
        b"SIP/2.0 2000 OK\r\n\r\n",
        b"SIP/2.0 200\r\n\r\n",
        b"SIP/2.0 200 OK\r\n\r\n",
        "SIP/2.0 ٢٠٠ OK\r\n\r\n".encode(),
        HEAD.format(code=200).encode() + b"no colon\r\n\r\n",
        HEAD.format(code=200).encode() + b"X: a\nVia: b\r\n\r\n",
        HEAD.format(code=200).encode() + b"X: a\x00b\r\n\r\n",
        HEAD.format(code=200).encode() + b"X: \xff\r\n\r\n",
        HEAD.replace(";branch=z9hG4bKx", "").format(code=200).encode() + b"\r\n",
        HEAD.replace("rport", "self").format(code=200).encode() + b"\r\n",
        HEAD.replace("CSeq: 7", "CSeq: x").format(code=200).encode() + b"\r\n",
        HEAD.replace("To: <sip:b@h>;tag=2\r\n", "").format(code=200).encode() + b"\r\n",
        HEAD.format(code=200).encode() + b"X: " + b"x" * 20_000 + b"\r\n\r\n",
        HEAD.format(code=200).encode() + b"Contact: " + b"x" * 3000 + b"\r\n\r\n",
        HEAD.format(code=200).encode() + b"Contact: <sip:a@h>\r\n" * 50 + b"\r\n",
        HEAD.format(code=200).encode() + b"\r\n" + b"x" * 70_000,
    ],
)
def test_what_is_no_response_is_a_packet_error(data: bytes) -> None:
    with pytest.raises(PacketError):
        parse_response(data)


@given(st.binary(max_size=400))
def test_garbage_raises_nothing_but_the_packet_error(garbage: bytes) -> None:
    for data in (garbage, HEAD.format(code=200).encode() + garbage + b"\r\n\r\n"):
        try:
            parse_response(data)
        except PacketError:
            continue


@given(st.text(max_size=200), st.sampled_from(["Via", "Contact", "CSeq", "To", "Record-Route"]))
def test_garbage_in_a_header_raises_nothing_but_the_packet_error(value: str, name: str) -> None:
    lines = f"SIP/2.0 200 OK\r\n{name}: {value}\r\n{HEAD.partition(chr(10))[2]}\r\n"
    try:
        parse_response(lines.encode("utf-8", "replace"))
    except PacketError:
        return


@pytest.mark.parametrize(
    "value",
    [
        "<tel:" + "-" * 2000 + "!>",
        "sip:" + "a-" * 1000 + "!",
        '"' + '\\"' * 1000,
        "sip:" + "%41" * 600 + "@",
        "<sip:h" + ";a=b" * 480 + "!>",
        "sip:" + "a." * 1000 + "1",
        "<sip:h>" + ';a="' * 500,
        "sip:[" + "1:" * 1000 + "]!",
    ],
)
def test_no_contact_keeps_the_reader_busy(value: str) -> None:
    began_s = time.process_time()
    assert isinstance(read(f"Contact: {value}\r\n").contacts, tuple)
    # The processor's time, not the clock's; exponential would be for ever.
    assert time.process_time() - began_s < 5
