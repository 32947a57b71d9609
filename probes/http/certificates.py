"""From the PEM texts of a certificate chain to records; the bytes are a peer's."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Literal, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from probes.http.certificate import Certificate

MOST_CERTIFICATES = 20

# Whatever the library says of bytes that it does not understand; not all are ValueErrors.
ILLEGIBLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)

T = TypeVar("T")


def read_chain(pems: Iterable[str]) -> tuple[Certificate, ...]:
    """Read certificates in the order in which the server sent them, its own first."""
    return tuple(map(read_certificate, list(pems)[:MOST_CERTIFICATES]))


def read_certificate(pem: str) -> Certificate:
    """Read one; what in it cannot be read is None, since TLS stacks accept more than this one."""
    with warnings.catch_warnings():
        # Serial 0 and the like are worth a warning to an issuer, not to who looks at it.
        warnings.simplefilter("ignore")
        found = _legible(lambda: x509.load_pem_x509_certificate(pem.encode()))
        if found is None:
            return Certificate(hashlib.sha256(pem.encode()).hexdigest())
        return _described(found)


def _described(found: x509.Certificate) -> Certificate:
    key_type, key_bits = _key(found)
    return Certificate(
        sha256=hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest(),
        subject=_legible(lambda: _written(found, "subject")),
        subject_common_name=_legible(lambda: _common_name(found.subject)),
        issuer=_legible(lambda: _written(found, "issuer")),
        issuer_common_name=_legible(lambda: _common_name(found.issuer)),
        serial=_legible(lambda: f"{found.serial_number:x}"),
        not_before=_legible(lambda: found.not_valid_before_utc),
        not_after=_legible(lambda: found.not_valid_after_utc),
        sans=_legible(lambda: _sans(found)) or (),
        signature_algorithm=_legible(lambda: _algorithm(found)),
        key_type=key_type,
        key_bits=key_bits,
    )


def _legible(read: Callable[[], T]) -> T | None:
    with suppress(*ILLEGIBLE):
        return read()
    return None


def _written(found: x509.Certificate, which: Literal["subject", "issuer"]) -> str:
    name: x509.Name = getattr(found, which)
    return name.rfc4514_string()


def _common_name(name: x509.Name) -> str | None:
    values = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(values[0].value) if values else None


def _sans(found: x509.Certificate) -> tuple[str, ...]:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = map(str, names.get_values_for_type(x509.IPAddress))
    return (*names.get_values_for_type(x509.DNSName), *addresses)


def _algorithm(found: x509.Certificate) -> str:
    identifier = found.signature_algorithm_oid
    name: str = getattr(identifier, "_name", "Unknown OID")
    return identifier.dotted_string if name == "Unknown OID" else name


def _key(found: x509.Certificate) -> tuple[str | None, int | None]:
    key: Any = _legible(found.public_key)
    if key is None:
        return None, None
    bits = getattr(key, "key_size", None)
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}", bits
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey"), bits
