"""No packet leaves towards a closed address, whatever a page tries: watched on an interface.

The network of the test has one more interface, with default routes of both families, on which
everything is seen that is not for loopback, from the start of the browser to its end.
"""

from __future__ import annotations

import socket
import subprocess
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from page_browser import browse, lookup_of
from page_server import serving
from peers import needs, until

from probes import FailureKind
from probes.browser import BrowserSettings
from probes.page import PagePlan, PageResult

pytestmark = pytest.mark.slow

CLOSED = "203.0.113.9"
NAMES = {
    "page.test": ["127.0.0.1"],
    "closed.test": [CLOSED],
    "both.test": [CLOSED, "127.0.0.1"],
}

WAY_OUT = (
    "link add out0 type veth peer name out1",
    "link set out0 addrgenmode none",
    "link set out1 addrgenmode none",
    "addr add 203.0.113.1/24 dev out0",
    "addr add 2001:db8::1/64 dev out0 nodad",
    "link set out1 up",
    "link set out0 up",
    "route add default via 203.0.113.254 dev out0",
    "-6 route add default dev out0",
)
# All routers, and those that keep lists of multicast listeners.
KERNEL_TALK = {ip_address(text).packed for text in ("ff02::2", "ff02::16")}

# Every way to name a host that a page has, and every spelling of an address that could slip by.
HOSTILE = """<title>hostile</title><h1>x</h1>
<link rel=dns-prefetch href=//dns-hint.test><link rel=preconnect href=http://203.0.113.9>
<link rel=prefetch href=http://203.0.113.9/prefetch><link rel=icon href=http://203.0.113.9/icon>
<link rel=stylesheet href=http://203.0.113.9/a.css><link rel=preload as=image href=//203.0.113.9/p>
<style>@import "http://203.0.113.9/b.css"; h1 { background: url(http://203.0.113.9/c.png) }
@font-face { font-family: f; src: url(http://203.0.113.9/f.woff) } h1 { font-family: f }</style>
<script type=speculationrules>{"prefetch": [{"urls": ["http://203.0.113.9/spec"]}],
"prerender": [{"urls": ["/rendered"]}]}</script>
<img src=http://203.0.113.9/i><img src=//closed.test/i><img src=//both.test/i><img src=/away>
<img src=http://0xcb007109/><img src=http://3405803785/><img src=http://203.0.28937/>
<img src=http://0313.0.0161.011/><img src=http://[::ffff:203.0.113.9]/><img src=http://[2001:db8::9]/>
<img src=http://169.254.169.254/latest/meta-data/><img src=http://0.0.0.0:{port}/>
<img src=https://203.0.113.9/tls><img src=http://203.0.113.9:53/><img src=http://unknown.test/>
<iframe src=http://203.0.113.9/frame></iframe><object data=http://203.0.113.9/object></object>
<video src=http://203.0.113.9/video></video><audio src=http://203.0.113.9/audio></audio>
<a id=ping href=#here ping=http://203.0.113.9/ping>p</a>
<iframe name=sink></iframe>
<form id=form action=http://203.0.113.9/form method=post target=sink></form>
<script>
const tries = [
  () => fetch("http://203.0.113.9/fetch", {mode: "no-cors"}),
  () => fetch("http://203.0.113.9/keep", {mode: "no-cors", keepalive: true}),
  () => new WebSocket("ws://203.0.113.9/"),
  () => new WebSocket("wss://closed.test/"),
  () => new EventSource("http://203.0.113.9/events"),
  () => navigator.sendBeacon("http://203.0.113.9/beacon", "x"),
  () => new WebTransport("https://203.0.113.9:443/wt"),
  () => new Worker("/worker.js"),
  () => navigator.serviceWorker.register("/worker.js"),
  () => document.getElementById("form").submit(),
  () => document.getElementById("ping").click(),
  () => window.open("http://203.0.113.9/popup"),
  () => { const request = new XMLHttpRequest(); request.open("GET", "http://203.0.113.9/xhr");
          request.send(); },
  async () => {
    const peer = new RTCPeerConnection({iceServers: [
      {urls: "stun:203.0.113.9:3478"},
      {urls: ["turn:203.0.113.9:3478?transport=udp", "turn:203.0.113.9:3478?transport=tcp"],
       username: "u", credential: "c"}]});
    peer.createDataChannel("x");
    await peer.setLocalDescription(await peer.createOffer());
    try { await peer.addIceCandidate({sdpMid: "0", candidate:
      "candidate:1 1 udp 2122260223 203.0.113.9 9999 typ host"}); } catch (_) {}
  },
];
let made = 0;
for (const attempt of tries) {
  try { Promise.resolve(attempt()).catch(() => 0); } catch (_) {}
  made += 1;
}
document.title = `tried ${made} of ${tries.length}`;
</script>"""

ROUTES = {
    "/": {
        "body": HOSTILE,
        "headers": {"Report-To": "", "Link": "<http://203.0.113.9>; rel=preconnect"},
    },
    "/away": {"status": 302, "headers": {"Location": f"http://{CLOSED}/redirected"}},
    "/rendered": {"body": "<img src=http://203.0.113.9/prerendered>"},
    "/worker.js": {
        "body": "fetch('http://203.0.113.9/worker'); importScripts('http://203.0.113.9/w.js')",
        "type": "text/javascript",
    },
    "/leave": {"status": 302, "headers": {"Location": f"http://{CLOSED}/"}},
    "/jump": {"body": f"<script>location = 'http://{CLOSED}/'</script>"},
    "/meta": {"body": f"<meta http-equiv=refresh content='0;url=http://{CLOSED}/'>"},
}


class WayOut:
    """The interface, and an ear on it; what the kernel says to routers by itself is left out."""

    def __init__(self) -> None:
        (ip,) = needs("ip")
        for words in WAY_OUT:
            subprocess.run([ip, *words.split()], check=True)
        everything = 3
        self._ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(everything))
        self._ear.bind(("out0", everything))
        self._ear.setblocking(False)  # noqa: FBT003

    def sent(self) -> list[str]:
        packets = []
        with suppress(BlockingIOError):
            while True:
                packet, (_, _, kind, *_) = self._ear.recvfrom(2000)
                if kind == socket.PACKET_OUTGOING and packet[24:40] not in KERNEL_TALK:
                    packets.append(packet[:60].hex())
        return packets


Outing = tuple[PageResult, list[str], list[str]]


def outing(namespace: Any, place: Path, path: str, **settings: Any) -> Outing:
    """Load a page in a network of its own; return the result, packets sent, names asked for."""

    def body() -> Outing:
        way_out, asked = WayOut(), []
        with serving(place, ROUTES) as served:
            plan = PagePlan(served.url(path, "page.test"), timeout_s=30, **settings)
            result = browse(plan, lookup=lookup_of(NAMES, asked))
        return result, way_out.sent(), asked

    needs("chromium", "ip")
    result: Outing = namespace().run(body)
    return result


@pytest.mark.parametrize("address", [CLOSED, "2001:db8::9"])
def test_a_packet_would_be_seen(namespace: Any, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    def body() -> bool:
        way_out = WayOut()
        with socket.socket(family, socket.SOCK_DGRAM) as mouth:
            mouth.sendto(b"x", (address, 9))
        until(lambda: bool(way_out.sent()), "a packet is seen")
        return True

    assert namespace().run(body)


def test_nothing_leaves_whatever_a_page_tries(namespace: Any, tmp_path: Path) -> None:
    # Three quiet seconds leave time for what a browser does with delay: ICE, mDNS, reports.
    result, packets, asked = outing(namespace, tmp_path, "/", quiet_s=3)
    assert result.document.title == "tried 14 of 14"
    assert packets == []
    assert set(asked) == {"page.test", "closed.test", "both.test", "unknown.test"}
    by_url = {part.url: part.failure.kind for part in result.components if part.failure}
    assert by_url["http://203.0.113.9/i"] is FailureKind.NOT_ALLOWED
    assert by_url["http://closed.test/i"] is FailureKind.NOT_ALLOWED
    assert by_url["http://both.test/i"] is FailureKind.NOT_ALLOWED
    assert by_url["ws://203.0.113.9/"] is FailureKind.NOT_ALLOWED
    assert by_url["http://203.0.113.9/redirected"] is FailureKind.NOT_ALLOWED
    assert by_url["http://169.254.169.254/latest/meta-data/"] is FailureKind.NOT_ALLOWED
    assert by_url["http://unknown.test/"] is FailureKind.RESOLVE
    assert {part.address for part in result.components} <= {None, "127.0.0.1"}
    named = {refusal.host for refusal in result.refusals if refusal.named_by_page}
    assert {CLOSED, "closed.test", "both.test", "169.254.169.254", "2001:db8::9"} <= named


@pytest.mark.parametrize("path", ["/leave", "/jump", "/meta"])
def test_a_page_cannot_lead_the_browser_itself_away(
    namespace: Any, tmp_path: Path, path: str
) -> None:
    result, packets, _ = outing(namespace, tmp_path, path)
    assert packets == []
    assert result.failure.kind is FailureKind.NOT_ALLOWED
    assert "--allow-target 203.0.113.9/32" in result.failure.message
    assert (result.url, result.load_ms, result.ok) == (f"http://{CLOSED}/", None, False)


def test_a_login_is_given_to_no_other_host(namespace: Any, tmp_path: Path) -> None:
    settings = BrowserSettings(username="u", password="p")
    result, packets, _ = outing(namespace, tmp_path, "/leave", browser=settings)
    assert packets == []
    assert "u:p@" not in str(result)
