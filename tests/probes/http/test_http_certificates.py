"""Certificate chains: what openssl says of them, and bytes that are none."""

import re
import ssl
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from http_peers import NAME, Site, fetch
from hypothesis import given
from hypothesis import strategies as st
from peers import needs

from probes.http import Certificate
from probes.http.certificates import read_certificate, read_chain


def by_openssl(pem: str, *flags: str) -> str:
    (openssl,) = needs("openssl")
    argv = [openssl, "x509", "-noout", *flags]
    ran = subprocess.run(argv, input=pem, capture_output=True, text=True, check=True, timeout=30)
    return ran.stdout.strip()


@pytest.mark.parametrize("server", ["h2", "rsa", "expired"])
def test_the_chain_is_what_openssl_says(site: Site, server: str) -> None:
    chain = fetch(site.url(server), verify_certificate=False).last.certificates
    file = {"h2": "ec"}.get(server, server)
    pems = re.findall(
        r"-+BEGIN.*?END CERT\w+-+\n", (site.folder / f"{file}.pem").read_text(), re.DOTALL
    )
    assert len(chain) == len(pems) == 2
    for found, pem in zip(chain, pems, strict=True):
        digest = by_openssl(pem, "-fingerprint", "-sha256").partition("=")[2]
        assert found.sha256 == digest.replace(":", "").lower()
        names = by_openssl(pem, "-subject", "-issuer", "-nameopt", "RFC2253").splitlines()
        assert names == [f"subject={found.subject}", f"issuer={found.issuer}"]
        serial = by_openssl(pem, "-serial").partition("=")[2]
        assert int(found.serial or "", 16) == int(serial, 16)
        assert [found.not_before, found.not_after] == moments(pem)
        text = by_openssl(pem, "-text")
        assert f"Signature Algorithm: {found.signature_algorithm}" in text
        assert f"({found.key_bits} bit)" in text


def moments(pem: str) -> list[datetime]:
    lines = by_openssl(pem, "-dates").splitlines()
    stamps = (ssl.cert_time_to_seconds(line.partition("=")[2]) for line in lines)
    return [datetime.fromtimestamp(stamp, UTC) for stamp in stamps]


@pytest.mark.parametrize(
    ("server", "key_type", "key_bits"), [("h2", "EC secp256r1", 256), ("rsa", "RSA", 2048)]
)
def test_names_and_keys(site: Site, server: str, key_type: str, key_bits: int) -> None:
    own, *_ = fetch(site.url(server), verify_certificate=False).last.certificates
    assert own.subject_common_name == NAME
    assert own.sans == (NAME, "www.site.test", "127.0.0.9")
    assert (own.key_type, own.key_bits) == (key_type, key_bits)


def test_how_long_a_certificate_lasts() -> None:
    end = datetime(2026, 6, 1, 12, tzinfo=UTC)
    one = Certificate("", not_before=end - timedelta(days=90), not_after=end)
    assert one.days_until_expiry(end - timedelta(hours=23)) == 0
    assert one.days_until_expiry(end - timedelta(hours=25)) == 1
    assert one.days_until_expiry(end + timedelta(hours=1)) == -1
    moments = [end - timedelta(days=91), end, end + timedelta(days=1)]
    assert [one.is_valid_at(moment) for moment in moments] == [False, True, False]


def test_a_certificate_of_an_impossible_version_is_unknown(site: Site) -> None:
    der = bytearray(ssl.PEM_cert_to_DER_cert((site.folder / "ca.pem").read_text()))
    version = der.index(b"\xa0\x03\x02\x01\x02") + 4
    der[version] = 1
    assert read_certificate(ssl.DER_cert_to_PEM_cert(bytes(der))).serial is None


def test_what_cannot_be_read_is_unknown() -> None:
    one = read_certificate("no certificate")
    assert (one.subject, one.not_after, one.sans) == (None, None, ())
    assert (one.days_until_expiry(datetime.now(UTC)), one.is_valid_at(datetime.now(UTC))) == (
        None,
        None,
    )


@given(st.data())
def test_bent_certificates_raise_nothing(site: Site, data: st.DataObject) -> None:
    der = bytearray(ssl.PEM_cert_to_DER_cert((site.folder / "ca.pem").read_text()))
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    assert len(read_certificate(ssl.DER_cert_to_PEM_cert(bytes(der))).sha256) == 64


@given(st.text())
def test_garbage_raises_nothing(text: str) -> None:
    assert len(read_certificate(text).sha256) == 64


def test_a_chain_is_bounded() -> None:
    assert len(read_chain(["x"] * 1000)) == 20
