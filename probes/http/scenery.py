"""The web servers of the simulated internet: what each shows, decided by the seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from probes.http.certificate import Certificate
from probes.http.location import Url
from probes.http.settings import TlsVersion
from probes.simulated import SimulatedNetwork

T = TypeVar("T")

DAY_MS = 86_400_000
RENEWED_AFTER_DAYS, VALID_DAYS = 60, 90
_SERVERS = ("nginx", "nginx/1.26.2", "Apache", "Apache/2.4.62 (Unix)", "envoy", "openresty")
_KEYS = (("EC secp256r1", 256, "ecdsa-with-SHA384"), ("RSA", 2048, "sha256WithRSAEncryption"))
_CIPHERS = ("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")
_OLD_CIPHER = "ECDHE-RSA-AES128-GCM-SHA256"


@dataclass(frozen=True, slots=True)
class Page:
    """What one URL holds; sizes in bytes, packed as it would travel."""

    status: int
    body: bytes
    packed_bytes: int
    think_ms: float


@dataclass(frozen=True, slots=True)
class Site:
    """What one host is like."""

    server: str
    speaks_http2: bool
    moves_to_https: bool
    cipher: str
    certificates: tuple[Certificate, ...]

    def tls(self, last: TlsVersion | None) -> tuple[str, str]:
        """Name version and cipher that a handshake agrees on."""
        if last in (None, TlsVersion.TLS_1_3):
            return "TLSv1.3", self.cipher
        return f"TLSv{last}".removesuffix(".0"), _OLD_CIPHER


def site_at(network: SimulatedNetwork, host: str) -> Site:
    """Describe a host; its certificate is renewed as the clock goes on."""
    stream = network.stream("http site", host)
    return Site(
        server=_one_of(_SERVERS, stream),
        speaks_http2=stream.random() < 0.8,
        moves_to_https=stream.random() < 0.6,
        cipher=_one_of(_CIPHERS, stream),
        certificates=_chain(network, host),
    )


def page_at(network: SimulatedNetwork, url: Url) -> Page:
    """Describe a URL: 1 to 200 kB of HTML, and of 100 some 97 are there."""
    stream = network.stream("http page", str(url))
    there = stream.random() < 0.97
    size = int(math.exp(_between(stream, math.log(1000), math.log(200_000)))) if there else 150
    line = f"<p>{url.host}{url.path[:80]} is simulated.</p>\n"
    title = f"<!doctype html><title>{url.host}</title>\n"
    body = (title + line * (size // len(line) + 1))[:size].encode()
    return Page(
        status=200 if there else 404,
        body=body,
        packed_bytes=int(len(body) * _between(stream, 0.2, 0.35)),
        think_ms=math.exp(_between(stream, math.log(2), math.log(120))),
    )


def _chain(network: SimulatedNetwork, host: str) -> tuple[Certificate, ...]:
    stream = network.stream("http certificate", host)
    offset = int(stream.random() * RENEWED_AFTER_DAYS)
    period = (network.clock.now_ms() // DAY_MS + offset) // RENEWED_AFTER_DAYS
    begins = _day(period * RENEWED_AFTER_DAYS - offset)
    number = 1 + int(stream.random() * 9)
    own = network.stream(f"http certificate {period}", host)
    issuing = network.stream("http issuer", str(number))
    issuer = f"Simulated Issuing CA {number}"
    return (
        _certificate(own, host, issuer, begins, begins + timedelta(days=VALID_DAYS), (host,)),
        _certificate(issuing, issuer, "Simulated Root CA", _day(-3650), _day(36_500), ()),
    )


def _certificate(  # noqa: PLR0913, PLR0917 - one for each thing that differs
    stream: Random,
    subject: str,
    issuer: str,
    not_before: datetime,
    not_after: datetime,
    sans: tuple[str, ...],
) -> Certificate:
    key_type, key_bits, algorithm = _one_of(_KEYS, stream)
    return Certificate(
        sha256=_hexadecimal(stream, 64),
        subject=f"CN={subject}",
        subject_common_name=subject,
        issuer=f"CN={issuer}",
        issuer_common_name=issuer,
        serial=_hexadecimal(stream, 32),
        not_before=not_before,
        not_after=not_after,
        sans=sans,
        signature_algorithm=algorithm,
        key_type=key_type,
        key_bits=key_bits,
    )


def _day(number: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)


def _hexadecimal(stream: Random, digits: int) -> str:
    # Only random() is promised to give the same numbers in every version of Python.
    return "".join(f"{int(stream.random() * 2**32):08x}" for _ in range(digits // 8))


def _one_of(choices: Sequence[T], stream: Random) -> T:
    return choices[int(stream.random() * len(choices))]


def _between(stream: Random, low: float, high: float) -> float:
    return low + (high - low) * stream.random()
