"""Phases against the stamps of a packet capture on a path of 25 ms and more."""

import math
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest
from ftp_capture import Segment, captured, segments
from ftp_peers import CONTENT, shown_directory, vsftpd_config
from ftp_script import measured
from netlab import Impair, Lab
from peers import needs

from probes import TargetPolicy
from probes.ftp import FtpPlan, FtpRequest, FtpResult

PORT = 2121
TIMES = 5


@dataclass(frozen=True)
class Phases:
    """What the capture says."""

    connect_ms: float
    negotiation_ms: float
    wait_ms: float
    transfer_ms: float


def phases(seen: list[Segment], verb: str) -> Phases:
    control = [one for one in seen if PORT in (one.source_port, one.target_port)]
    sent = [one for one in control if one.target_port == PORT]
    said = [one for one in control if one.source_port == PORT and one.length]
    asked = next(one for one in sent if one.text.startswith(verb)).at_ms
    connected = next(one for one in control if one.syn and one.ack).at_ms
    if verb == "STOR":
        first = next(one for one in said if one.text.startswith("150")).at_ms
        last = next(one for one in said if one.text.startswith("226")).at_ms
    else:
        data = [one for one in seen if one not in control and one.length]
        first, last = data[0].at_ms, data[-1].at_ms
    return Phases(connected - sent[0].at_ms, asked - connected, first - asked, last - first)


def apart(seen: list[Segment]) -> list[list[Segment]]:
    """Split what was captured into conversations that follow one another."""
    begins = [one.at_ms for one in seen if one.target_port == PORT and one.syn]
    ends = [*begins[1:], math.inf]
    return [
        [one for one in seen if begin <= one.at_ms < end]
        for begin, end in zip(begins, ends, strict=True)
    ]


def far(results: list[FtpResult], truths: list[Phases]) -> list[str]:
    """Name the phases whose median error is more than 1 ms and 5 percent."""
    pairs = list(zip(results, truths, strict=True))
    found = []
    for name in ("connect_ms", "negotiation_ms", "wait_ms", "transfer_ms"):
        error = median(getattr(said, name) - getattr(true, name) for said, true in pairs)
        usual = median(getattr(true, name) for true in truths)
        if abs(error) > max(1.0, 0.05 * usual):
            found.append(f"{name}: {error:+.3f} of {usual:.3f}")
    return found


async def several(plan: FtpPlan, policy: TargetPolicy) -> list[FtpResult]:
    return [await measured(plan, policy) for _ in range(TIMES)]


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "path"), [("RETR", "/pub/a.bin"), ("STOR", "/in/a")])
def test_phases_are_those_of_the_capture(tmp_path: Path, verb: str, path: str) -> None:
    (program,) = needs("vsftpd")
    request = FtpRequest.DOWNLOAD if verb == "RETR" else FtpRequest.UPLOAD
    with Lab(routers=0, links={0: Impair(delay_s=0.0125)}) as lab, shown_directory() as root:
        address, config = lab.address("server"), tmp_path / "vsftpd.conf"
        config.write_text(vsftpd_config(root, PORT, address))
        plan = FtpPlan(f"{address}:{PORT}{path}", request=request)
        policy = TargetPolicy.allowing(lab.network())
        with lab.server.running(
            [program, str(config)], tmp_path / "words", lambda: lab.server.listens(PORT)
        ):
            for attempt in range(8):
                file = tmp_path / f"{attempt}.pcap"
                with captured(lab.client, "right0", file, conversations=TIMES):
                    results = lab.client.run(lambda: several(plan, policy))
                assert all(result.ok for result in results), results
                size = len(CONTENT) if verb == "RETR" else 100_000
                assert {result.wire_bytes for result in results} == {size}
                truths = [phases(seen, verb) for seen in apart(segments(file))]
                if not (differences := far(results, truths)):
                    return
    pytest.fail("; ".join(differences))
