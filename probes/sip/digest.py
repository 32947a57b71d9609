"""Digest answers to challenges (RFC 2617, RFC 7616, and RFC 8760 for SIP)."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.request import parse_http_list

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
"""Names in challenges, and what hashlib calls them; each also with `-sess`."""

_LONGEST = 2048


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks for; `qop` is empty where it knows only RFC 2069."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False

    @property
    def known(self) -> bool:
        """Whether an answer can be worked out."""
        name = self.algorithm.removesuffix("-SESS")
        if name not in ALGORITHMS or ALGORITHMS[name] not in hashlib.algorithms_available:
            return False
        return not self.qop or bool({"auth", "auth-int"} & {*self.qop})


def parse_challenge(text: str) -> Challenge | None:
    """Read the value of WWW- or Proxy-Authenticate; None for what is no digest challenge."""
    scheme, _, rest = text.strip().partition(" ")
    if scheme.lower() != "digest" or len(text) > _LONGEST or not text.isprintable():
        return None
    # Not the codec's parser, which cuts qop="auth,auth-int" at its comma.
    pairs = (item.partition("=") for item in parse_http_list(rest))
    given = {name.strip().lower(): _unquoted(value.strip()) for name, _, value in pairs}
    if "realm" not in given or "nonce" not in given:
        return None
    return Challenge(
        given["realm"],
        given["nonce"],
        given.get("algorithm", "MD5").upper(),
        tuple(word.strip().lower() for word in given.get("qop", "").split(",") if word.strip()),
        given.get("opaque"),
        given.get("stale", "").lower() == "true",
    )


@dataclass(slots=True)
class Credentials:
    """A user's answers to one challenge; every answer counts its nonce up."""

    challenge: Challenge
    user: str
    password: str = field(repr=False)
    token: Callable[[], str]
    """Makes client nonces."""
    uses: int = 0

    def answer(self, method: str, uri: str, body: bytes = b"") -> str:
        """Write the value of Authorization or Proxy-Authorization for one request."""
        asked, self.uses = self.challenge, self.uses + 1
        cnonce, count = self.token(), f"{self.uses:08x}"
        qop = next((word for word in ("auth", "auth-int") if word in asked.qop), None)
        first = self._hash(f"{self.user}:{asked.realm}:{self.password}")
        if asked.algorithm.endswith("-SESS"):
            first = self._hash(f"{first}:{asked.nonce}:{cnonce}")
        second = f"{method}:{uri}"
        if qop == "auth-int":
            second += f":{self._hash(body)}"
        middle = f"{count}:{cnonce}:{qop}:" if qop else ""
        response = self._hash(f"{first}:{asked.nonce}:{middle}{self._hash(second)}")
        return _written(asked, self.user, uri, response, (cnonce, count, qop))

    def _hash(self, content: str | bytes) -> str:
        name = ALGORITHMS[self.challenge.algorithm.removesuffix("-SESS")]
        data = content if isinstance(content, bytes) else content.encode()
        return hashlib.new(name, data, usedforsecurity=False).hexdigest()


def _written(
    asked: Challenge, user: str, uri: str, response: str, extra: tuple[str, str, str | None]
) -> str:
    cnonce, count, qop = extra
    parts = [
        f"username={_quoted(user)}",
        f"realm={_quoted(asked.realm)}",
        f"nonce={_quoted(asked.nonce)}",
        f'uri="{uri}"',
        f'response="{response}"',
        f"algorithm={_spelled(asked.algorithm)}",
    ]
    if qop or asked.algorithm.endswith("-SESS"):
        parts.append(f'cnonce="{cnonce}"')
    if qop:
        parts += [f"qop={qop}", f"nc={count}"]
    if asked.opaque is not None:
        parts.append(f"opaque={_quoted(asked.opaque)}")
    return f"Digest {', '.join(parts)}"


def _spelled(algorithm: str) -> str:
    return algorithm.replace("-SESS", "-sess")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unquoted(text: str) -> str:
    if len(text) < 2 or not (text[0] == text[-1] == '"'):
        return text
    return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
