"""A file that may be a recording: opened as UTF-8, or named for what it is instead."""

from __future__ import annotations

import codecs
import gzip
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from contract_tests.traffic.sound import Sound

_CHUNK = 2**20
_MOST_UNPACKED_MIB = 512
_MOST_PACKINGS = 3
_HEAD = 4096
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PCAP = "a packet capture: it shows no HTTP inside TLS; record with a browser or mitmproxy"
# How a file begins that is no HAR, and how its program saves one.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xd4\xc3\xb2\xa1", _PCAP),
    (b"\xa1\xb2\xc3\xd4", _PCAP),
    (b"\x4d\x3c\xb2\xa1", _PCAP),
    (b"\x0a\x0d\x0d\x0a", _PCAP),
    (b"<?xml", "XML (a session of Charles or Burp): export it as HTTP Archive (.har) instead"),
    (b"<", "a page or XML, no HAR"),
    (b"openapi:", "an OpenAPI document, no recording: `contract-tests specs` reads it"),
    (b"swagger:", "a Swagger document, no recording: `contract-tests specs` reads it"),
    (
        b"type: collection.insomnia",
        "a collection of Insomnia: it holds requests only; save a response as HAR in its timeline",
    ),
)
_FLOWS = "a dump of mitmproxy: mitmdump -nr FILE --set hardump=FILE.har writes it as HAR"
_SESSION = "a session of Charles: File > Export Session… > HTTP Archive (.har)"
_ARCHIVE = "an archive of Fiddler: File > Export Sessions > HTTPArchive v1.2"
_MEMBERS: Mapping[str, str] = {"raw/": _ARCHIVE, "[Content_Types].xml": _ARCHIVE}


class NotRecording(Exception):
    """A file is no HAR, or cannot be read; the message says what it is and what to do."""


def opened(path: Path) -> Recoded:
    """Return the text of a file in UTF-8, to be read from its beginning; `-` is standard input.

    NotRecording says why it cannot be one.
    """
    try:
        file = _read(sys.stdin.buffer) if str(path) == "-" else path.open("rb")
        with ExitStack() as stack:
            stack.callback(file.close)
            found = _plain(path, file)
            if found.holds(file):
                stack.pop_all()
            return found
    except (OSError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NotRecording(f"{path}: {why}") from None


def _plain(path: Path, file: IO[bytes], packings: int = 0) -> Recoded:
    if packings > _MOST_PACKINGS:
        raise NotRecording(f"{path} is packed more than {_MOST_PACKINGS} times")
    head = file.read(_HEAD)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        with gzip.GzipFile(fileobj=file, mode="rb") as packed:
            return _inner(path, *_unpacked(path, packed), packings)
    if head.startswith(b"PK"):
        return _inner(path, *_member(path, file), packings)
    why = _other(head, path)
    if why:
        raise NotRecording(f"{path} is {why}")
    encoding = next((name for bom, name in _BOMS if head.startswith(bom)), "utf-8")
    return Recoded(file, encoding)


def _inner(path: Path, file: IO[bytes], fault: str, packings: int) -> Recoded:
    with ExitStack() as stack:
        stack.callback(file.close)
        found = _plain(path, file, packings + 1)
        if found.holds(file):
            stack.pop_all()
    found.fault = fault or found.fault
    return found


def _other(head: bytes, path: Path) -> str:
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not plain:
        return "empty"
    if path.suffix in {".chls", ".chlz", ".chlsj"}:
        return _SESSION
    number, colon, _ = plain.partition(b":")
    if colon and number.isdigit():
        return _FLOWS
    found = next((why for start, why in _OTHERS if start in {head[:4], plain[: len(start)]}), "")
    is_text = head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} or b"\0" not in head
    return found or ("" if is_text else "no text, and no HAR")


def _member(path: Path, file: IO[bytes]) -> tuple[IO[bytes], str]:
    """Return the HAR that a zip file holds (Playwright writes such)."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        har = next((name for name in names if name.endswith(".har")), None)
        if har is not None:
            with archive.open(har) as member:
                return _unpacked(path, member)
    known = (why for start, why in _MEMBERS.items() if any(n.startswith(start) for n in names))
    raise NotRecording(f"{path} is {next(known, 'an archive without a .har file')}")


def _read(file: Any) -> IO[bytes]:
    """Return the content of a file that cannot go back to its beginning as one that can."""
    spool = _spool()
    while chunk := file.read(_CHUNK):
        spool.write(chunk)
    spool.seek(0)
    return spool


def _unpacked(path: Path, file: Any) -> tuple[IO[bytes], str]:
    """Return what a packed file holds, as far as it is whole, and why it is not."""
    spool, fault, size = _spool(), "", 0
    # What came before a fault is given out by this alone.
    read: Callable[[int], bytes] = file.read1
    try:
        while chunk := read(_CHUNK):
            size += spool.write(chunk)
            if size > _MOST_UNPACKED_MIB * 2**20:
                spool.close()
                raise NotRecording(
                    f"{path} holds more than {_MOST_UNPACKED_MIB} MiB: unpack it first"
                )
    except EOFError:
        fault = "the packed file ends in the middle"
    except (zlib.error, zipfile.BadZipFile, gzip.BadGzipFile):
        fault = "the packed file is broken"
    spool.seek(0)
    return spool, fault


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=64 * _CHUNK)


class Recoded:
    """A file read as UTF-8 whatever it is written in; `fault` says why it is not whole."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        """Read `file`, which is at its beginning, from `encoding`."""
        self._file = file
        self._encoding = encoding
        self.fault = ""
        self._begin()

    def holds(self, file: IO[bytes]) -> bool:
        """Say whether this is the file that is read."""
        return self._file is file

    def rewind(self) -> None:
        """Go back to the beginning."""
        self._file.seek(0)
        self._begin()

    def _begin(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self._encoding)("replace")
        self._left, self._sound = b"", Sound()

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes of UTF-8, none at the end."""
        while not self._left:
            chunk = self._file.read(_CHUNK)
            text = self._decoder.decode(chunk, final=not chunk)
            self._left = self._sound.passed(text.encode("utf-8", "replace"), final=not chunk)
            if not self._left and (not chunk or self._sound.is_over):
                return b""
        size = len(self._left) if size < 0 else size
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was read so far, each with its line."""
        return self._sound.faults

    @property
    def is_ended(self) -> bool:
        """Whether it was left off before its end."""
        return self._sound.is_over

    def close(self) -> None:
        """Close the file behind it."""
        self._file.close()
