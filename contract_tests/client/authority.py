"""A certificate authority for one run: its key is made here, and is gone with the process."""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 2
_NAME = "contract-tests, for one run only"


def made(hosts: Sequence[str]) -> tuple[ssl.SSLContext, bytes]:
    """Return a server's context for these hosts, and the authority's certificate as PEM."""
    own, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _authority(own)
    certificate = _certificate(hosts, leaf.public_key(), authority, own)
    key = leaf.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    _load(context, certificate.public_bytes(Encoding.PEM) + key)
    return context, authority.public_bytes(Encoding.PEM)


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    made_ = _begun(_name(), key.public_key()).issuer_name(_name())
    made_ = made_.add_extension(constraints, critical=True).add_extension(usage, critical=True)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return made_.add_extension(own, critical=False).sign(key, hashes.SHA256())


def _certificate(
    hosts: Sequence[str],
    public: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    made_ = _begun(_name("a vendor"), public).issuer_name(authority.subject)
    made_ = made_.add_extension(names, critical=False).add_extension(usage, critical=False)
    made_ = made_.add_extension(issuer, critical=False)
    return made_.add_extension(constraints, critical=True).sign(key, hashes.SHA256())


def _begun(name: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=_DAYS))
    )


def _name(text: str = _NAME) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _load(context: ssl.SSLContext, chain: bytes) -> None:
    """Load a key that is in memory: the library reads files, so it is one without a name."""
    file = os.memfd_create("contract-tests")
    try:
        os.write(file, chain)
        context.load_cert_chain(Path(f"/proc/self/fd/{file}"))
    finally:
        os.close(file)
