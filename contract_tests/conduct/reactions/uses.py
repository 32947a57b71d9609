"""What the operations of a contract are for, as the roles tell it."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.roles.model import Roles


def makes_one(course: Course, heard: Heard) -> bool:
    """Say whether a request makes something or begins work."""
    return course.name_of(heard) in set(_making(course.roles))


def only_reads(course: Course, heard: Heard) -> bool:
    """Say whether a request reads, by its method or because the roles say so."""
    method = heard.exchange.request.method
    return method in {"GET", "HEAD"} or course.name_of(heard) in set(_reading(course.roles))


def may_be_repeated(course: Course, heard: Heard) -> bool:
    """Say whether the roles know that two of a request do what one does."""
    name = course.name_of(heard)
    return bool(name) and name in {*_reading(course.roles), *_lasting(course.roles)}


def _making(roles: Roles) -> Iterator[str]:
    yield from (each.create.operation for each in roles.resources if each.create)
    yield from (job.start for job in roles.jobs)


def _reading(roles: Roles) -> Iterator[str]:
    for each in roles.resources:
        yield from (act.operation for act in (each.list, each.read) if act)
        for batch in each.batches:
            yield from (batch.operation, batch.single)
    yield from (job.read for job in roles.jobs)


def _lasting(roles: Roles) -> Iterator[str]:
    """Yield what sets a state, ends something, or changes nothing that lasts."""
    for each in roles.resources:
        yield from (act.operation for act in (each.update, each.delete) if act)
        yield from (action.operation for action in each.actions)
        yield from (act.operation for act in each.unmoved_by)


def readings_of(course: Course, heard: Heard) -> frozenset[str]:
    """Return the operations that show what a request makes; nothing where roles know of none."""
    name = course.name_of(heard)
    made = [r for r in course.roles.resources if r.create and r.create.operation == name]
    kinds = {r.read.operation for r in made if r.read}
    alike = [
        r for r in course.roles.resources if r in made or (r.read and r.read.operation in kinds)
    ]
    acts = (act.operation for each in alike for act in (each.list, each.read) if act)
    batches = (o for r in alike for b in r.batches for o in (b.operation, b.single))
    return frozenset((*acts, *batches))


def is_login(course: Course, heard: Heard) -> bool:
    """Say whether a request asks who somebody is, so that a 401 is a refusal of what it holds."""
    operation = course.operation_of(heard)
    is_open = operation is not None and operation.definition.get("security") == []
    return is_open and bool(heard.exchange.request.body)
