"""The sentences of rules, also of those that judge every answer and are no step of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from contract_tests.checks import RULES

_WORDS: Mapping[str, str] = {
    "status_is_documented": "The status of an answer is one that the operation documents.",
    "media_type_is_documented": "The media type of an answer is the documented one.",
    "headers_are_documented": "Headers that are documented are there, and hold what they should.",
    "body_is_where_documented": "There is a body where one is documented, and none elsewhere.",
    "body_is_json": "A body that is called JSON is JSON, without doubt about its meaning.",
    "body_fits_schema": "A body fits the schema that is documented for it.",
    "client_ends": "A client comes to an end, whatever it is told.",
}


def sentence_of(rule: str) -> str:
    """Return what a rule says; of a name that nobody knows, the name as a sentence."""
    return sentences((rule,))[rule]


def sentences(more: Iterable[str] = ()) -> dict[str, str]:
    """Return all rules by name with their sentences, and those of `more`."""
    from contract_tests.conduct import COURSE_RULES, REQUEST_RULES  # noqa: PLC0415  (not at start)
    from contract_tests.surprise.oracle import SENTENCES  # noqa: PLC0415

    known = {rule.name: rule.sentence for rule in RULES} | dict(_WORDS)
    known |= {rule.name: rule.sentence for rule in REQUEST_RULES}
    known |= {rule.name: rule.sentence for rule in COURSE_RULES}
    known |= SENTENCES
    named = {name: f"{name.replace('_', ' ').capitalize()}." for name in more}
    return named | known
