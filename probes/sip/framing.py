"""Where one message ends and the next begins, in datagrams and in streams."""

import re

from probes.errors import PacketError
from probes.sip.response import MOST_BODY_BYTES, MOST_HEADER_BYTES

_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*:[ \t\r\n]*([^\r\n]*)", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]{1,9}[ \t]*")


def cut_datagram(data: bytes) -> bytes:
    """Return the one message of a datagram (RFC 3261, section 18.3), or raise PacketError.

    What follows the body is dropped; a body that ends before its length is an error.
    """
    data = data.lstrip(b"\r\n")
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        raise PacketError("a datagram that is no SIP message")
    length = _content_length(head)
    if length is None:
        return data
    if length > len(body):
        raise PacketError(f"a SIP message of {len(body)} bytes that announces {length}")
    return head + separator + body[:length]


class StreamFramer:
    """Cuts a stream into messages by Content-Length, wherever its segments begin and end."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that are complete now; PacketError where no more can follow."""
        # Line ends between messages are how peers keep a connection alive (section 7.5).
        self._buffer = (self._buffer + data).lstrip(b"\r\n")
        messages = []
        while (end := self._end()) is not None:
            messages.append(self._buffer[:end])
            self._buffer = self._buffer[end:].lstrip(b"\r\n")
        return messages

    def _end(self) -> int | None:
        head_end = self._buffer.find(b"\r\n\r\n")
        if max(head_end, 0 if head_end >= 0 else len(self._buffer)) > MOST_HEADER_BYTES:
            raise PacketError(f"a SIP message with over {MOST_HEADER_BYTES} bytes of head")
        if head_end < 0:
            return None
        length = _content_length(self._buffer[:head_end])
        if length is None or length > MOST_BODY_BYTES:
            raise PacketError("a SIP message without a length, or too long")
        end = head_end + 4 + length
        return end if end <= len(self._buffer) else None


def _content_length(head: bytes) -> int | None:
    texts = set(_LENGTH.findall(head))
    if not texts:
        return None
    if len(texts) > 1 or not _DIGITS.fullmatch(*texts):
        raise PacketError("a SIP message with an odd Content-Length")
    return int(texts.pop())
