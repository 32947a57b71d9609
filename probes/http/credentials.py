"""PEM texts for libcurl, read from bytes or files before anything is sent."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pycurl
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from probes.errors import PlanInvalid
from probes.http.certificates import ILLEGIBLE
from probes.http.plan import HttpPlan
from probes.http.settings import Pem


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who is trusted, and by what this side shows who it is."""

    ca: bytes | None
    certificate: bytes | None
    key: bytes | None
    key_password: str | None

    def trust(self) -> dict[int, Any]:
        """Return the options about the server's certificate."""
        if self.ca is not None:
            return {pycurl.CAINFO_BLOB: self.ca}
        # A libcurl from a wheel knows the paths of the system it was built on, not of this one.
        paths = ssl.get_default_verify_paths()
        found = {pycurl.CAINFO: paths.cafile, pycurl.CAPATH: paths.capath}
        return {option: path for option, path in found.items() if path}

    def identity(self) -> dict[int, Any]:
        """Return the options about the client's certificate."""
        if self.certificate is None:
            return {}
        blobs: dict[int, Any] = {
            pycurl.SSLCERT_BLOB: self.certificate,
            pycurl.SSLKEY_BLOB: self.key,
        }
        return blobs | (
            {pycurl.KEYPASSWD: self.key_password.encode()} if self.key_password else {}
        )


def read_credentials(plan: HttpPlan) -> Credentials:
    """Read what the plan gives; PlanInvalid where it is not what it should be."""
    ca, certificate = _read(plan.ca, "CA"), _read(plan.client_certificate, "client certificate")
    key = certificate if plan.client_key is None else _read(plan.client_key, "client key")
    for name, pem in (("CA", ca), ("client certificate", certificate)):
        _check_certificates(name, pem)
    if certificate is None and key is not None:
        raise PlanInvalid("A client key needs the client certificate that it belongs to.")
    if certificate is not None and key is not None:
        _check_key(certificate, key, plan.client_key_password)
    return Credentials(ca, certificate, key, plan.client_key_password)


def _read(pem: Pem | None, name: str) -> bytes | None:
    if not isinstance(pem, Path):
        return pem
    try:
        return pem.read_bytes()
    except OSError as error:
        raise PlanInvalid(f"The {name} cannot be read from {pem}: {error.strerror}.") from None


def _check_certificates(name: str, pem: bytes | None) -> None:
    if pem is None:
        return
    try:
        x509.load_pem_x509_certificates(pem)
    except ILLEGIBLE:
        raise PlanInvalid(f"The {name} holds no certificate in PEM.") from None


def _check_key(certificate: bytes, pem: bytes, password: str | None) -> None:
    try:
        key = load_pem_private_key(pem, password.encode() if password else None)
    except ILLEGIBLE:
        raise PlanInvalid(
            "The client key is no private key in PEM, or needs a password."
        ) from None
    if key.public_key() != x509.load_pem_x509_certificates(certificate)[0].public_key():
        raise PlanInvalid("The client key does not belong to the client certificate.")
