"""How a client behaves: what it asks, one request at a time, and how it takes the answers."""

from __future__ import annotations

from contract_tests.conduct import operation_exists, retry_after_is_honoured
from contract_tests.conduct.rule import CourseRule, RequestRule

REQUEST_RULES: tuple[RequestRule, ...] = (operation_exists.RULE,)

COURSE_RULES: tuple[CourseRule, ...] = (retry_after_is_honoured.RULE,)
