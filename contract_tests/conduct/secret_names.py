"""Names under which secrets stand, and what secrets look like."""

from __future__ import annotations

import re

from contract_tests.conduct.allowances import NONE, Allowances
from contract_tests.wire.credential import Credential

_NAMES = re.compile(
    r"(?:x[-_.]?)?(?:(?:api|auth|access|app|secret|private|subscription|account|session|refresh"
    r"|id|bearer|client|user|service|csrf|xsrf|security|aws|amz|goog)[-_.]?){0,4}[-_.]?"
    r"(?:key|apikey|token|secret|password|passwd|passwort|pwd|passphrase|authorization|jwt"
    r"|credentials?|bearer)",
    re.IGNORECASE,
)
# What stands in addresses that are signed: who has one may do what it is for.
_SIGNED = re.compile(
    r".*signature(?:[-_.]?\d+)?|(?:aws)?[-_.]?access[-_.]?key[-_.]?id|google[-_.]?access[-_.]?id",
    re.IGNORECASE,
)
# Three parts of base64url, of which the first two are JSON objects.
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{2,}\.[A-Za-z0-9_-]*")
_AUTH = frozenset({"auth", "authorisation", "signature", "sig"})
_COMMON_FIELDS = _AUTH | {"key", "bearer"}
_LONG = 8


def is_secret_name(name: str) -> bool:
    """Say whether what stands under a name is a secret by its name."""
    is_plain = _NAMES.fullmatch(name) is not None or name.lower() in _AUTH
    return is_plain or _SIGNED.fullmatch(name) is not None


def is_secret_field(name: str) -> bool:
    """Say whether a field of a body is a secret by its name: there a key may be any key."""
    return _NAMES.fullmatch(name) is not None and name.lower() not in _COMMON_FIELDS


def gives_away(name: str, value: str, secret: Credential, allowances: Allowances = NONE) -> bool:
    """Say whether a name with its value shows a secret."""
    if not value:
        return False
    known = any(len(each.secret) >= _LONG and each.secret in value for each in secret.singles)
    return known or is_secret_name(name) or shaped(value, allowances) != ()


def shaped(text: str, allowances: Allowances = NONE) -> tuple[str, ...]:
    """Return the parts of a text that have the shape of a secret."""
    found = _JWT.findall(text) if "eyJ" in text else []
    for shape in allowances.secret_shapes:
        found += [match[0] for match in shape.finditer(text)]
    return tuple(found)
