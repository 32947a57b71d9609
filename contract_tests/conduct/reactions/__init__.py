"""How a client takes answers: rules about its requests one after the other."""

from __future__ import annotations

from contract_tests.conduct.reactions import (
    answers_are_awaited,
    ids_are_of_their_kind,
    ids_are_taken_from_answers,
    limits_are_heeded,
    pages_end,
    polling_is_paced,
    redirects_are_bounded,
    refusals_are_final,
    retries_are_bounded,
    retry_after_is_honoured,
    unsafe_requests_are_not_repeated,
    work_is_begun_once,
)
from contract_tests.conduct.rule import CourseRule

COURSE_RULES: tuple[CourseRule, ...] = (
    retry_after_is_honoured.RULE,
    retries_are_bounded.RULE,
    refusals_are_final.RULE,
    unsafe_requests_are_not_repeated.RULE,
    pages_end.RULE,
    polling_is_paced.RULE,
    work_is_begun_once.RULE,
    limits_are_heeded.RULE,
    redirects_are_bounded.RULE,
    ids_are_taken_from_answers.RULE,
    ids_are_of_their_kind.RULE,
    answers_are_awaited.RULE,
)
