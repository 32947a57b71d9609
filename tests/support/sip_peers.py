"""SIP servers for tests: sipp with a scenario, kamailio, and how to measure them."""

from __future__ import annotations

import asyncio
import csv
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from ftp_peers import free_port
from peers import needs, running

from probes import LiveNetwork, TargetPolicy
from probes.sip import SipPlan, SipResult, SipTransport

PATIENCE_S = 30
KINDS = {SipTransport.UDP: "u1", SipTransport.TCP: "t1"}
_TABLES = {SipTransport.UDP: ("udp", "07"), SipTransport.TCP: ("tcp", "0A")}

LAST = """[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
"""
CONTACT = "Contact: <sip:[local_ip]:[local_port];transport=[transport]>\n"
EMPTY = "Content-Length: 0\n"


def send(status: str, more: str = CONTACT, attributes: str = "", head: str = LAST) -> str:
    text = f"\nSIP/2.0 {status}\n{head}{more}{EMPTY}\n"
    return f"<send {attributes}><![CDATA[{text}]]></send>"


def recv(request: str, inside: str = "", attributes: str = "") -> str:
    return f'<recv request="{request}" {attributes}>{inside}</recv>'


def scenario(*steps: str) -> str:
    return f'<?xml version="1.0"?><scenario name="x">{"".join(steps)}</scenario>'


PAUSE = '<pause milliseconds="30"/>'
OPTIONS = scenario(recv("OPTIONS"), PAUSE, send("200 OK"))
INVITE = scenario(
    recv("INVITE"),
    send("180 Ringing"),
    PAUSE,
    send("200 OK", attributes='retrans="500"'),
    recv("ACK"),
    recv("BYE"),
    send("200 OK"),
)
BUSY = scenario(recv("INVITE"), send("486 Busy Here", attributes='retrans="500"'), recv("ACK"))


def verifying(method: str, challenge: str, status: str = "401 Unauthorized") -> str:
    """Ask for a digest; only user al with password `secret` is let through, others get 403."""
    header = "Proxy-Authenticate" if status.startswith("407") else "WWW-Authenticate"
    verify = '<action><verifyauth assign_to="1" username="al" password="secret"/></action>'
    acknowledged = (recv("ACK"),) if method == "INVITE" else ()
    return scenario(
        recv(method),
        send(status, f"{header}: {challenge}\n"),
        *acknowledged,
        recv(method, verify),
        '<nop hide="true" test="1" next="1"/>',
        send("403 Forbidden", attributes='next="2"'),
        '<label id="1"/>',
        send("200 OK"),
        '<label id="2"/>',
    )


def bound(port: int, transport: SipTransport) -> bool:
    """Tell whether somebody waits there, without disturbing them."""
    table, state = _TABLES[transport]
    rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == state for row in rows)


@dataclass
class Sipp:
    """A running sipp: where it listens, and whether its calls went as its scenario says."""

    port: int
    process: subprocess.Popen[bytes]

    def satisfied(self) -> bool:
        """Wait for its end; 0 is the status of a scenario that was followed to its end."""
        return self.process.wait(PATIENCE_S) == 0


@contextmanager
def sipp(
    tmp_path: Path, text: str, transport: SipTransport = SipTransport.UDP, calls: int = 1
) -> Iterator[Sipp]:
    """Play the server of a scenario for this many calls."""
    (program,) = needs("sipp")
    kind = socket.SOCK_STREAM if transport.reliable else socket.SOCK_DGRAM
    port, file = free_port(kind), tmp_path / "scenario.xml"
    file.write_text(text)
    argv = [program, "-sf", str(file), "-i", "127.0.0.1", "-p", str(port), "-nostdin"]
    argv += ["-t", KINDS[transport], "-m", str(calls), "-trace_err", "-error_file"]
    argv += [str(tmp_path / "errors"), "127.0.0.1:9"]
    with running(argv, tmp_path / "words", lambda: bound(port, transport)) as process:
        yield Sipp(port, process)


def sipp_times_ms(tmp_path: Path, port: int, calls: int) -> list[float]:
    """Let sipp itself ask OPTIONS that often, and return the times that it took."""
    (program,) = needs("sipp")
    text = (
        "\nOPTIONS sip:x@[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "From: <sip:y@[local_ip]>;tag=[call_number]\nTo: <sip:x@[remote_ip]>\n"
        f"Call-ID: [call_id]\nCSeq: 1 OPTIONS\nMax-Forwards: 70\n{EMPTY}\n"
    )
    file = tmp_path / "client.xml"
    file.write_text(
        scenario(
            f'<send start_rtd="1"><![CDATA[{text}]]></send>',
            '<recv response="200" rtd="1"/>',
        )
    )
    argv = [program, "-sf", str(file), f"127.0.0.1:{port}", "-i", "127.0.0.1", "-nostdin"]
    argv += ["-m", str(calls), "-r", "10", "-trace_rtt", "-rtt_freq", "1"]
    subprocess.run(argv, cwd=tmp_path, capture_output=True, timeout=PATIENCE_S, check=True)
    (table,) = tmp_path.glob("client_*_rtt.csv")
    with table.open() as rows:
        times = [
            float(row[1])
            for row in csv.reader(rows, delimiter=";")
            if row[1:2] != ["rtt"] and row[1].replace(".", "").isdigit()
        ]
    table.unlink()
    return times


KAMAILIO = """
#!KAMAILIO
debug=0
log_stderror=yes
fork=no
children=1
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
listen={transport}:127.0.0.1:{port}
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
request_route {{
    if ($hdr(X-Wanted) != $null) {{ sl_send_reply("404", "Not Found"); exit; }}
    sl_send_reply("200", "OK");
}}
"""


@contextmanager
def kamailio(tmp_path: Path, transport: SipTransport) -> Iterator[int]:
    """Answer everything with 200, statelessly; 404 to what has a header X-Wanted."""
    (program,) = needs("kamailio")
    kind = socket.SOCK_STREAM if transport.reliable else socket.SOCK_DGRAM
    port, file = free_port(kind), tmp_path / "kamailio.cfg"
    file.write_text(KAMAILIO.format(transport=transport, port=port).lstrip())
    argv = [program, "-f", str(file), "-DD", "-E", "-w", str(tmp_path), "-Y", str(tmp_path)]
    with running(argv, tmp_path / "words", lambda: bound(port, transport)):
        yield port


HOME_ONLY = TargetPolicy((IPv4Network("127.0.0.1/32"),))


async def measured(plan: SipPlan, policy: TargetPolicy = HOME_ONLY) -> SipResult:
    network = LiveNetwork(policy)
    try:
        return await asyncio.wait_for(network.measure(plan), PATIENCE_S)
    finally:
        await network.close()


def run(port: int, **settings: Any) -> SipResult:
    """Measure a server on loopback."""
    return asyncio.run(measured(SipPlan("127.0.0.1", port=port, **settings)))
