"""Made-up sites: what a page consists of in a simulated network, drawn from the seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from probes.browser.address import PageAddress
from probes.simulated import SimulatedNetwork

# Kind, path, content type, median size in bytes. Sizes after the medians that the HTTP Archive
# publishes for the kinds, rounded.
_KINDS = (
    ("stylesheet", "css", "text/css", 8_000),
    ("script", "js", "text/javascript", 20_000),
    ("image", "webp", "image/webp", 15_000),
    ("image", "png", "image/png", 5_000),
    ("font", "woff2", "font/woff2", 20_000),
    ("fetch", "json", "application/json", 2_000),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a made-up page consists of."""

    url: str
    type: str
    mime: str
    size: int
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """A made-up page: the same for a URL whenever it is loaded."""

    title: str
    document: Part
    parts: tuple[Part, ...]
    bytes_per_ms: float

    @property
    def html(self) -> str:
        """Write the document that names the parts."""
        named = "".join(_element(part) for part in self.parts)
        return f"<html><head><title>{self.title}</title></head><body>{named}</body></html>"

    @classmethod
    def drawn(cls, network: SimulatedNetwork, page: PageAddress) -> Site:
        """Make it up from the seed."""
        stream = network.stream("site", page.url)
        count = 4 + int(stream.random() * 28)
        parts = tuple(_part(page, index, stream) for index in range(count))
        document = Part(page.url, "document", "text/html", _size(stream, 25_000))
        speed = math.exp(math.log(250) + stream.random() * math.log(50))
        return cls(f"{page.host} (simulated)", document, parts, speed)


def _part(page: PageAddress, index: int, stream: Random) -> Part:
    kind, suffix, mime, median = _KINDS[int(stream.random() * len(_KINDS))]
    elsewhere = stream.random() < 0.25
    missing = stream.random() < 0.02
    host = f"static.{page.host}" if elsewhere and ":" not in page.host else page.host
    named = f"[{host}]" if ":" in host else host
    port = f":{page.port}" if page.port not in (80, 443) else ""
    url = f"{page.scheme}://{named}{port}/assets/{index}.{suffix}"
    return Part(url, kind, mime, _size(stream, median), missing)


def _size(stream: Random, median: int) -> int:
    # Log-uniform over two octaves each way: few are large.
    return max(1, int(median * math.exp((stream.random() - 0.5) * math.log(16))))


def _element(part: Part) -> str:
    if part.type == "script":
        return f'<script src="{part.url}"></script>'
    if part.type == "image":
        return f'<img src="{part.url}">'
    return f'<link href="{part.url}">'
