"""Credentials that must open nothing: bent versions of the one that does."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.wire.credential import NOBODY, Credential, joined

_CLASSES = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True, slots=True)
class Impostor:
    """A credential that is refused.

    `holds_key`: the key is the right one, and only the way in which it is shown is not
    documented; a server that is generous there breaks no word of its documents.
    `other_scheme`: what is named before the key is another scheme than the documented one.
    """

    name: str
    credential: Credential
    holds_key: bool = False
    other_scheme: bool = False


NOBODYS = Impostor("no credential", NOBODY)


def is_guarded(contract: Mapping[str, Any], definition: Mapping[str, Any]) -> bool:
    """Say whether an operation of a contract demands a credential."""
    demanded = definition.get("security", contract.get("security") or [])
    return bool(demanded) and all(demanded)


def has_scheme(contract: Mapping[str, Any], definition: Mapping[str, Any]) -> bool:
    """Say whether every credential that an operation takes is of a named scheme of HTTP's."""
    demanded = definition.get("security", contract.get("security") or [])
    schemes = contract.get("components", {}).get("securitySchemes", {})
    names = {name for wanted in demanded for name in wanted}
    return bool(names) and all(schemes.get(name, {}).get("type") == "http" for name in names)


def few(known: Credential) -> tuple[Impostor, ...]:
    """Return what every operation is tried with: nobody, and a key with another last letter.

    Where keys are shown together, each in turn has another last letter.
    """
    alike = (
        Impostor("another last letter", _with_part(known, single, _alike(single)))
        for single in known.singles
    )
    return (NOBODYS, *alike)


def many(known: Credential) -> tuple[Impostor, ...]:
    """Return those and all others that can be made of a credential."""
    if not known.singles:
        return few(known)
    first = known.singles[0]
    wrong = (
        replace(impostor, credential=_with_part(known, first, impostor.credential))
        for impostor in _wrong_keys(first)
    )
    return (*few(known), *wrong, *(() if known.parts else _wrong_ways(known)))


def _alike(single: Credential) -> Credential:
    last = other_letter(single.secret[-1])
    return respelt(single, single.secret[:-1] + last, f"{{{single.variable}%?}}{last}")


def _with_part(known: Credential, single: Credential, other: Credential) -> Credential:
    """Return a credential that shows `other` in place of one of its keys, the others as well."""
    return joined(tuple(other if each is single else each for each in known.singles))


def respelt(known: Credential, key: str, shell: str) -> Credential:
    """Return a credential of one key that shows `key` in place of the known one.

    `shell` is what makes it of the variable: `{KEY%?}` is all but the last letter.
    """
    return Credential(
        shell,
        key,
        tuple((name, _replaced(known, text, key)) for name, text in known.headers),
        tuple((name, _replaced(known, text, key)) for name, text in known.query),
        known.user,
        known.user_variable,
    )


def other_letter(letter: str) -> str:
    """Return another letter of the same sort: digit for digit, capital for capital."""
    kind = next((letters for letters in _CLASSES if letter in letters), "xy")
    # Far enough that the last letter of base64, which has idle bits, means another byte.
    return kind[(kind.find(letter) + len(kind) // 2) % len(kind)]


def _replaced(known: Credential, text: str, key: str) -> str:
    if known.secret in text:
        return text.replace(known.secret, key)
    word, _, code = text.partition(" ")
    pair = base64.b64decode(code).decode().replace(known.secret, key)
    return f"{word} {base64.b64encode(pair.encode()).decode()}"


def _wrong_keys(known: Credential) -> Iterator[Impostor]:
    key, name = known.secret, known.variable
    yield Impostor("an empty key", respelt(known, "", f"{{{name}:+}}"))
    if len(key) > 1:
        yield Impostor("a key without its last letter", respelt(known, key[:-1], f"{{{name}%?}}"))
    yield Impostor("a key and a letter more", respelt(known, key + "x", f"{{{name}}}x"))
    if key.swapcase() != key:
        swapped = respelt(known, key.swapcase(), f"{{{name}~~}}")
        yield Impostor("a key in the other case", swapped)
    unknown = "".join(other_letter(letter) for letter in key)
    yield Impostor("an unknown key", respelt(known, unknown, f"{{{name}:+{unknown}}}"))


def _wrong_ways(known: Credential) -> Iterator[Impostor]:
    """Yield other places and words for the key, where it stands in one header."""
    if len(known.headers) != 1 or known.query:
        return
    name, text = known.headers[0]
    if text == known.secret:
        moved = replace(known, headers=(), query=((name, known.secret),))
        yield Impostor("the key in the query", moved, holds_key=True)
    elif text == f"Bearer {known.secret}":
        basic = Credential("", "", ((name, "Basic bm9ib2R5Om5vdGhpbmc="),))
        yield Impostor("nobody's name and password", basic)
        for word, what in (("Token ", "another word before the key"), ("", "the bare key")):
            shown = replace(known, headers=((name, f"{word}{known.secret}"),))
            yield Impostor(what, shown, holds_key=True, other_scheme=bool(word))
