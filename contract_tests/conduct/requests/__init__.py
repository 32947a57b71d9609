"""Rules that every single request of a client is held to."""

from __future__ import annotations

from contract_tests.conduct.requests import (
    answers_are_acceptable,
    bodies_are_labelled,
    bodies_are_readable,
    bodies_are_where_documented,
    bodies_fit,
    credentials_are_shown,
    deprecated_is_left,
    operation_exists,
    parameters_are_known,
    parameters_are_valid,
    parameters_fit_together,
    placeholders_are_filled,
    required_parameters_are_sent,
    secrets_are_encrypted,
    secrets_stay_out_of_urls,
)
from contract_tests.conduct.rule import RequestRule

REQUEST_RULES: tuple[RequestRule, ...] = (
    operation_exists.RULE,
    credentials_are_shown.RULE,
    secrets_stay_out_of_urls.RULE,
    secrets_are_encrypted.RULE,
    placeholders_are_filled.RULE,
    parameters_are_known.RULE,
    required_parameters_are_sent.RULE,
    parameters_are_valid.RULE,
    parameters_fit_together.RULE,
    bodies_are_where_documented.RULE,
    bodies_are_labelled.RULE,
    bodies_are_readable.RULE,
    bodies_fit.RULE,
    answers_are_acceptable.RULE,
    deprecated_is_left.RULE,
)
