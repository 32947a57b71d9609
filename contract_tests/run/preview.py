"""The plan of a run in words: what will be tried, how often it will ask, what it will touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from contract_tests.checks.rule import Effect
from contract_tests.roles.model import Resource
from contract_tests.run.inspection import Step
from contract_tests.wire.credential import Credential
from contract_tests.wire.limits import Limits
from contract_tests.wire.ring import Ring
from contract_tests.world.world import World

# How many requests a step takes at most, as a rule of thumb: repetitions are not in it.
_ABOUT = {
    Effect.READS: 12,
    Effect.CREATES: 12,
    Effect.CHANGES: 16,
    Effect.DELETES: 12,
    Effect.STRAINS: 16,
    Effect.EXHAUSTS: 300,
}


def mode(world: World) -> str:
    """Name what a run may do."""
    if not world.permits.writing:
        return "read-only"
    return "full" if world.permits.existing else "full, only what it makes itself"


def estimate(world: World, steps: Sequence[Step], examples: int, phases: Sequence[str]) -> int:
    """Return about how many requests a run takes at most, within its limits."""
    rules = sum(_ABOUT[step.rule.effect] for step in steps)
    generated = len(world.operations) * (60 + 4 * examples) if phases else 0
    most = world.wire.allowance.limits.max_requests
    return rules + generated if most is None else min(most, rules + generated)


def summary(
    world: World, steps: Sequence[Step], examples: int, phases: Sequence[str], key_note: str = ""
) -> Iterator[str]:
    """Word the plan in a few lines, as before a run; `lines` tells all of it."""
    yield from _under_what(world, key_note)
    generated = f", then {', '.join(phases)}" if phases else ""
    rules = len({step.rule.name for step in steps})
    most = estimate(world, steps, examples, phases)
    yield f"plan       {len(steps)} steps of {rules} rules{generated}: --dry-run lists them"
    yield f"requests   at most about {most}"
    yield f"makes      {_makes(world, steps)}; removes {_removes(world, steps)}"
    yield from (f"beware     {line}" for line in _beware(world, steps, phases))


def lines(
    world: World, steps: Sequence[Step], examples: int, phases: Sequence[str], key_note: str = ""
) -> Iterator[str]:
    """Word the plan, line by line; the target and the contract are told before it."""
    yield from _under_what(world, key_note)
    yield f"seed       {world.seed}"
    yield f"requests   at most about {estimate(world, steps, examples, phases)}"
    yield f"makes      {_makes(world, steps)}"
    yield f"removes    {_removes(world, steps)}"
    yield from (f"beware     {line}" for line in _beware(world, steps, phases))
    yield from _operations(world)
    for effect, group in groupby(steps, key=lambda step: step.rule.effect):
        yield f"{effect}:"
        yield from (f"  {step}" for step in group)
    if phases:
        yield f"generated requests: {', '.join(phases)} ({examples} examples an operation)"


def _under_what(world: World, key_note: str) -> Iterator[str]:
    yield f"mode       {mode(world)}"
    yield f"key        {_key(world.credential, world.ring) or key_note or 'none is wanted'}"
    if world.other is not None:
        yield f"other key  {_key(world.other, world.other_ring) or 'none is wanted'}"
    yield from (f"caution    {line}" for line in cautions(world))
    yield f"limits     {_limits(world.wire.allowance.limits)}"


def cautions(world: World) -> Iterator[str]:
    """Name the keys that are masked only where they are sent, and what to set for the rest."""
    rings = [ring for ring in (world.ring, world.other_ring) if ring]
    singles = [each for ring in rings for credential in ring.all for each in credential.singles]
    for name in dict.fromkeys(f"${single.variable}" for single in singles if single.is_common):
        yield (
            f"{name} is too short or too plain a key to be masked in answers: where the server"
            " repeats it, reports show it (8 characters or more are masked everywhere)"
        )
    if world.ring:
        yield from (f"{world.label(n)}: {why}" for n, why in world.ring.wanting.items())


def _key(credential: Credential, ring: Ring | None) -> str:
    known = ring.all if ring else (credential,)
    names = dict.fromkeys(f"${single.variable}" for each in known for single in each.singles)
    return ", ".join(names)


def _limits(limits: Limits) -> str:
    parts = [
        f"{limits.max_requests} requests" if limits.max_requests is not None else "",
        f"{limits.rate:g} a second" if limits.rate else "",
        f"{limits.time_limit_s:g} s" if limits.time_limit_s is not None else "",
        f"{limits.patience_s:g} s more if it limits the rate" if limits.patience_s else "",
        f"{limits.timeout_s:g} s for an answer",
    ]
    return ", ".join(part for part in parts if part)


def _makes(world: World, steps: Sequence[Step]) -> str:
    if not world.permits.writing or all(step.rule.effect is Effect.READS for step in steps):
        return "nothing"
    return ", ".join(r.name for r in world.roles.resources if r.create) or "nothing"


def _removes(world: World, steps: Sequence[Step]) -> str:
    if not world.permits.writing:
        return "nothing"
    deleting = any(step.rule.effect is Effect.DELETES for step in steps)
    existing = [r.name for r in world.roles.resources if r.delete and not r.create]
    if deleting and existing and world.permits.existing:
        return f"what it makes, and a few of: {', '.join(existing)} (none can be made)"
    return "what it makes"


def _beware(world: World, steps: Sequence[Step], phases: Sequence[str]) -> Iterator[str]:
    """Say what becomes of the things that were there before."""
    if not (world.permits.writing and world.permits.existing):
        return
    if any(step.rule.effect is not Effect.READS for step in steps):
        yield "where nothing can be made, rules change and delete a few things that were there"
    if phases:
        yield "generated requests make, change and delete whatever is there, and leave it so"
        yield "(--skip generated leaves them out; --mode read-only changes nothing)"


def _operations(world: World) -> Iterator[str]:
    for resource in world.roles.resources:
        named = ", ".join(dict.fromkeys(_labels(world, resource)))
        yield f"{resource.name:<10} {named}"


def _labels(world: World, resource: Resource) -> Iterator[str]:
    single = (resource.list, resource.read, resource.create, resource.update, resource.delete)
    for act in (*single, *resource.actions, *resource.batches):
        if act is not None and world.has(act.operation):
            yield world.label(act.operation)
