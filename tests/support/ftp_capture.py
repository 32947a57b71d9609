"""TCP segments as tcpdump stamped them, read back by tshark."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from netlab_node import Node
from peers import needs, until


@dataclass(frozen=True)
class Segment:
    at_ms: float
    source_port: int
    target_port: int
    length: int
    syn: bool
    ack: bool
    fin: bool
    text: str


@contextmanager
def captured(node: Node, device: str, file: Path, conversations: int) -> Iterator[None]:
    """Write what passes the device to the file; whoever reads it does so after the block."""
    (tcpdump,) = needs("tcpdump")
    argv = [tcpdump, "-i", device, "--immediate-mode", "-U", "-Z", "root", "-w", str(file), "tcp"]
    process = node.popen(argv, stderr=subprocess.PIPE)
    try:
        assert process.stderr
        assert b"listening" in process.stderr.readline()
        yield
        until(lambda: _settled(file, conversations), "the capture is complete")
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def segments(file: Path) -> list[Segment]:
    (tshark,) = needs("tshark")
    fields = "frame.time_epoch tcp.srcport tcp.dstport tcp.len tcp.flags.syn tcp.flags.ack"
    wanted = [
        word for name in (*fields.split(), "tcp.flags.fin", "tcp.payload") for word in ("-e", name)
    ]
    done = subprocess.run(
        [tshark, "-r", str(file), "-T", "fields", *wanted],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [_segment(line.split("\t")) for line in done.stdout.splitlines()]


def _segment(row: list[str]) -> Segment:
    syn, ack, fin = (cell in ("1", "True") for cell in row[4:7])
    text = bytes.fromhex(row[7].replace(":", "")).decode("latin-1")
    at_ms = float(row[0]) * 1000
    return Segment(at_ms, int(row[1]), int(row[2]), int(row[3]), syn, ack, fin, text)


def _settled(file: Path, conversations: int) -> bool:
    """Tell whether the last replies are in; whatever came before them is then in as well."""
    ends = (one.text.startswith("226") for one in segments(file))
    return file.exists() and sum(ends) >= conversations
