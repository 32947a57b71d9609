"""Trusting one more authority for the page's own host, which Chromium has no switch for."""

from __future__ import annotations

import asyncio
import base64
import ssl
from contextlib import suppress
from hashlib import sha256

from probes.browser.address import PageAddress
from probes.browser.wire_failures import failure_of_os
from probes.failure import Failure, FailureKind
from probes.resolve import PinnedTarget

PATIENCE_S = 10.0


async def trusted_key(
    page: PageAddress, pinned: PinnedTarget, ca_file: str
) -> tuple[str | None, Failure | None]:
    """Verify the host against the authority, and return its key for the browser to accept.

    The chain, the name and the dates are verified by OpenSSL on a connection of its own. What
    the browser is told is the hash of that one key (RFC 7469, section 2.4, defines it): it
    forgives the unknown authority where this key is shown, and nowhere else.
    """
    writer: asyncio.StreamWriter | None = None
    try:
        context = ssl.create_default_context(cafile=ca_file)
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(
                str(pinned.address), page.port, ssl=context, server_hostname=page.host
            )
        certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return _key_hash(certificate), None
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", None) or error.reason or str(error)
        return None, Failure(FailureKind.TLS, "tls", f"The handshake failed: {reason}.")
    except (OSError, ValueError) as error:
        return None, _failure(error, page)
    finally:
        if writer is not None:
            await _closed(writer)


def _failure(error: Exception, page: PageAddress) -> Failure:
    if isinstance(error, OSError):
        return failure_of_os(error, page.host, page.port)
    return Failure(FailureKind.TLS, "tls", f"{page.host!r} cannot be verified: {error}.")


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError, TimeoutError, ssl.SSLError):
        await asyncio.wait_for(writer.wait_closed(), 1.0)


def _key_hash(certificate: bytes) -> str:
    # Here, so that pages over plain http never load it.
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        PublicFormat,
    )
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    key = load_der_x509_certificate(certificate).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(sha256(info).digest()).decode()
