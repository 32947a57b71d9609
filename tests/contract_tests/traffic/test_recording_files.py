"""Files that are no recording, or a broken one, are named for what they are."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import har_dialects as har
import pytest
from har_dialects import read
from hypothesis import given
from hypothesis import strategies as st

import specs
from contract_tests.traffic import opening
from contract_tests.traffic.opening import NotRecording
from contract_tests.traffic.reading import recorded
from contract_tests.traffic.sound import Sound
from contract_tests.wire.depth import is_too_deep

SIZES = st.integers(1, 40)
DOCUMENTS = st.recursive(
    st.text('a"\\[]{}N', max_size=5) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def sounded(text: bytes, size: int) -> tuple[bytes, list[str]]:
    """Return a text that has passed in pieces, and what was wrong with it."""
    sound = Sound()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    got = b"".join(sound.passed(piece, final=False) for piece in pieces)
    return got + sound.passed(b"", final=True), sound.faults


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()


def packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: packed("run.har", text)])
def test_a_packed_recording_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert len(read(tmp_path, pack(har.newman())).entries) == 2


OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"", "is empty"),
    (b"\xd4\xc3\xb2\xa1\2\0", "packet capture"),
    (b"\x0a\x0d\x0d\x0a\x1c", "packet capture"),
    (b"5013:9:websocket;0:~8:response;", "hardump"),
    (b"<?xml version='1.0'?><charles-session>", "XML"),
    (b"<!doctype html>", "a page"),
    (packed("raw/01_c.txt", b"GET /"), "Fiddler"),
    (packed("notes.txt", b""), "without a .har"),
    (b'{"info": {"_postman_id": "1", "schema": "v2.1"}, "item": []}', "Postman"),
    (b'{"collection": {"info": {}}, "run": {}}', "Newman"),
    (b'{"_type": "export", "resources": []}', "Insomnia"),
    (b"type: collection.insomnia.rest/5.0\n", "Insomnia"),
    (b'{"openapi": "3.0.3"}', "OpenAPI"),
    (b"openapi: 3.0.3\n", "OpenAPI"),
    (b'[{"status": "COMPLETE"}]', "array"),
    (b'{"log": {"version": "1.2"}}', "no log.entries"),
    (b'{\n  "log": {\n    oops', "line 3"),
    (b'{\n  "lo', "line 2: the file ends in the middle"),
    (b"\x00\x01\x02", "no text"),
    (b"GET / HTTP/1.1\r\n\r\n", "line 1"),
)


@pytest.mark.parametrize(("content", "words"), OTHERS, ids=range(len(OTHERS)))
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(NotRecording, match=words):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotRecording, match="nowhere"):
        recorded([tmp_path / "nowhere.har"], specs.load("ngrok"))


@pytest.mark.parametrize("end", [-3, -40, -900])
def test_what_is_whole_of_a_broken_file_is_read(tmp_path: Path, end: int) -> None:
    text = json.dumps(har.log(*har.two(), *har.two()), indent=1).encode()
    found = read(tmp_path, text[:end])
    assert len(found.entries) >= 3
    line = text[:end].count(b"\n") + 1
    assert f"line {line}: the file ends in the middle" in found.broken[0]


def test_a_fault_in_the_middle_is_named_by_its_line(tmp_path: Path) -> None:
    first, second = (json.dumps(one) for one in har.two())
    text = f'{{"log": {{"entries": [\n{first},\n{second[:-1]} oops}}\n]}}}}'
    found = read(tmp_path, text.encode())
    assert len(found.entries) == 1
    assert "line 3: " in found.broken[0]


def test_what_is_whole_of_a_packed_file_that_ends_early_is_read(tmp_path: Path) -> None:
    text = gzip.compress(json.dumps(har.log(*har.two(), *har.two(), *unlike(2000))).encode())
    found = read(tmp_path, text[: len(text) // 2])
    assert len(found.entries) > 4
    assert found.broken[0].endswith(
        f"the packed file ends in the middle; {len(found.entries)} entries were whole"
    )


def test_only_the_end_of_a_packed_file_is_missing(tmp_path: Path) -> None:
    found = read(tmp_path, gzip.compress(har.newman())[:-4])
    assert len(found.entries) == 2
    assert "the packed file ends in the middle; 2 entries were whole" in found.broken[0]


def unlike(count: int) -> list[Any]:
    """Return entries that no compression makes short."""
    return [har.entry(url=f"{har.URL}&x={hash((n, 'x')):x}") for n in range(count)]


def test_a_packed_file_that_is_broken_is_read_as_far_as_it_is_not(tmp_path: Path) -> None:
    text = bytearray(gzip.compress(har.newman()))
    text[-8] ^= 1
    found = read(tmp_path, bytes(text))
    assert len(found.entries) == 2
    assert "the packed file is broken" in found.broken[0]


def test_what_unfolds_without_an_end_is_left_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_MOST_UNPACKED_MIB", 2)
    with pytest.raises(NotRecording, match="more than 2 MiB: unpack it first"):
        read(tmp_path, gzip.compress(b'{"log": ' + b" " * 3 * 2**20))


def test_what_is_packed_again_and_again_is_left_off(tmp_path: Path) -> None:
    text = har.newman()
    for _ in range(5):
        text = gzip.compress(text)
    with pytest.raises(NotRecording, match="packed more than 3 times"):
        read(tmp_path, text)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_has_none_of_is_named_and_nothing_is_lost(
    tmp_path: Path, name: str
) -> None:
    first, second = (json.dumps(one) for one in har.two(time=0.5))
    told = first.replace('"time": 0.5', f'"time": {name}')
    text = f'{{"log": {{"entries": [\n{second},\n{told},\n{told}]}}}}'
    found = read(tmp_path, text.encode())
    assert len(found.entries) == 3
    (line,) = found.broken
    assert line.endswith(f"line 3: {name} is no JSON, read as null, and 1 more")


def test_what_is_nested_too_deeply_is_left_off_with_its_line(tmp_path: Path) -> None:
    first, second = (json.dumps(one) for one in har.two())
    deep = "[" * 50_000 + "]" * 50_000
    text = f'{{"log": {{"entries": [\n{first},\n{deep},\n{second}]}}}}'
    found = read(tmp_path, text.encode())
    assert len(found.entries) == 1
    assert found.broken[0].endswith("line 3: nested deeper than 200 levels; 1 entry was whole")


def test_a_file_that_is_nothing_but_deep_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(NotRecording, match="line 1: nested deeper than 200 levels"):
        read(tmp_path, b'{"log": ' + b"[" * 50_000)


@given(st.data())
def test_what_is_sound_passes_as_it_is_in_whatever_pieces_it_comes(data: st.DataObject) -> None:
    text = json.dumps(data.draw(DOCUMENTS), ensure_ascii=data.draw(st.booleans())).encode()
    assert sounded(text, data.draw(SIZES)) == (text, [])


@given(st.data())
def test_constants_become_null_wherever_a_piece_ends(data: st.DataObject) -> None:
    value = data.draw(DOCUMENTS)
    text = json.dumps([value, float("nan"), {"NaN": float("-inf")}], indent=1).encode()
    got, faults = sounded(text, data.draw(SIZES))
    assert json.loads(got) == [value, None, {"NaN": None}]
    line = text[: text.index(b"NaN,\n")].count(b"\n") + 1 if b"NaN" not in dumped(value) else 0
    assert not line or faults == [f"line {line}: NaN is no JSON, read as null, and 1 more"]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(("levels", "is_over"), [(200, False), (201, True)])
def test_two_hundred_levels_are_the_most(size: int, levels: int, *, is_over: bool) -> None:
    text = b'["]]]", ' * levels + b"1" + b"]" * levels
    got, faults = sounded(text, size)
    assert (len(got) < len(text), len(faults)) == (is_over, int(is_over))
    assert is_too_deep(text) == is_over


@given(DOCUMENTS)
def test_depth_is_that_of_what_is_read(value: Any) -> None:
    wrapped = "[" * 198 + json.dumps(value) + "]" * 198
    assert is_too_deep(wrapped.encode()) == (198 + depth(value) > 200)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    nested = isinstance(value, dict | list)
    return 1 + max(map(depth, inner), default=0) if nested else 0


def test_bytes_that_are_no_utf_8_are_survived(tmp_path: Path) -> None:
    text = har.newman().replace(b"There is", b"There \xe9\xff is")
    assert len(read(tmp_path, text).entries) == 2


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 700) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_an_entry_of_any_shape_is_survived(tmp_path_factory: Any, data: st.DataObject) -> None:
    one: Any = har.entry()
    part = data.draw(st.sampled_from([one, one["request"], one["response"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(JUNK)
    found = read(tmp_path_factory.mktemp("junk"), har.log(one))
    assert len(found.entries) + sum(found.left_out.values()) + sum(found.others.values()) >= 1
