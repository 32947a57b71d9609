"""What a new item shows beside what was sent for it: whole values, and words of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Creation
from contract_tests.world.ledger import WORD
from contract_tests.world.shelf import Made


def same(
    seen: Cause, creation: Creation, made: Made, item: Any, where: str = "at once"
) -> Iterator[Finding]:
    """Yield a finding for each field that does not show what was sent for it."""
    for sent_at, place in creation.same.items():
        found = pointer.read(item, place, None)
        if sent_at in made.sent and found != made.sent[sent_at]:
            yield seen.finding(
                place,
                f"A new one does not show what was sent at {sent_at} ({where}).",
                shown(found),
                shown(made.sent[sent_at]),
            )


def word_by_word(seen: Cause, creation: Creation, made: Made, item: Any) -> Iterator[Finding]:
    """Yield a finding if a field shows another word than its own, or no field its own alone.

    A field may be empty for a while, or hold more than its word: no document says that it may not.
    """
    for sent_at, places in creation.words.items():
        text = str(made.sent.get(sent_at, ""))
        # Other texts than those of the pattern may mean something else.
        is_usual = _usual(creation.varied.get(sent_at, "")).fullmatch(text)
        words = text.split(maxsplit=len(places) - 1) if is_usual else []
        pairs = [
            (place, word, str(pointer.read(item, place, None) or ""))
            for place, word in zip(places, words, strict=False)
        ]
        other = [one for one in pairs if one[2] and one[1].casefold() not in one[2].casefold()]
        alone = [one for one in pairs if one[1].casefold() == one[2].casefold()]
        for place, word, found in other or ([] if alone else pairs[:1]):
            message = f"A new one does not show its part of {sent_at} at {place}."
            yield seen.finding(f"{place} word", message, shown(found), shown(word))


def _usual(pattern: str) -> re.Pattern[str]:
    """Return what matches the texts that are cut from a pattern."""
    signs = {"{n}": r"\d+", "{word}": WORD.pattern}
    cut = re.split(r"(\{n\}|\{word\})", pattern)
    return re.compile("".join(signs.get(part) or re.escape(part) for part in cut))
