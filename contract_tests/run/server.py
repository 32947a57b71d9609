"""`contract-tests server`: options → a server, a contract, a key and a plan; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract_tests.checks import RULES
from contract_tests.run import keys
from contract_tests.run.inspection import Step, plan
from contract_tests.run.keys import Owner
from contract_tests.run.options import BadOptions, Options, limits, permits
from contract_tests.run.subject import NoSubject, Subject, subject_of
from contract_tests.wire.address import Address, BadAddress, address_of, lenient
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.limits import Allowance
from contract_tests.wire.pinned import Pinned, Resolve, resolve
from contract_tests.wire.ring import Ring
from contract_tests.wire.wire import Wire
from contract_tests.world.journal import Aim
from contract_tests.world.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable

PHASES = ("examples", "coverage", "fuzzing", "stateful")
GENERATED = "generated"  # the name of all of them together


class CouldNotRun(Exception):
    """A run cannot begin; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that may begin: `steps` and `phases` are what it will try, in its part of the whole.

    `key_note` says where the key came from, `variables` where one is looked for.
    """

    options: Options
    subject: Subject
    address: Address
    world: World
    steps: tuple[Step, ...]
    phases: tuple[str, ...]
    key_note: str
    variables: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it tries everything there is, so that what it does not meet has vanished."""
        options = self.options
        return not options.rules and not options.skip and options.shard.of == 1

    @property
    def aim(self) -> Aim:
        """What to write down for cleaning up after this run."""
        subject = self.subject
        contract = str(subject.file.resolve()) if subject.file else ""
        roles = str(subject.roles_file.resolve()) if subject.roles_file else ""
        return Aim(self.address.url, subject.vendor or contract, bool(subject.vendor), roles)


def prepared(
    options: Options, environment: Mapping[str, str], resolver: Resolve = resolve
) -> Prepared:
    """Make everything ready and send nothing; CouldNotRun says what is wrong."""
    try:
        subject = subject_of(options.vendor, options.spec, options.roles)
        resolver = lenient(resolver) if options.dry_run else resolver
        address = address_of(options.url, subject.base_path, resolver)
        allowed = permits(options, is_here=address.is_here)
    except (NoSubject, BadAddress, BadOptions) as error:
        raise CouldNotRun(str(error)) from None
    chosen = _chosen(options)
    ring, note = _found(options, subject, environment, address)
    others = keys.ring(subject.contract, _owner(subject, second=True), environment)
    world = World(
        subject.contract,
        subject.roles,
        Wire(
            address.url,
            Allowance(limits(options, is_here=address.is_here)),
            secrets=(*ring.all, *(others.all if others else ())),
            adapter=Pinned(address.pinned),
        ),
        ring.first,
        others.first if others else None,
        allowed,
        options.seed,
        ring=ring,
        other_ring=others,
    )
    whole = plan(world, [rule for rule in RULES if rule.name in chosen])
    may_generate = allowed.writing and allowed.existing
    phases = tuple(name for name in PHASES if name in chosen and may_generate)
    variables = tuple(keys.asked(subject.contract, _owner(subject)))
    steps = tuple(options.shard.part(whole))
    return Prepared(options, subject, address, world, steps, phases, note, variables)


def credentials_of(
    subject: Subject, environment: Mapping[str, str], address: Address
) -> tuple[Ring, str]:
    """Return the keys for a server, and where it came from; CouldNotRun names what is missing."""
    owner = _owner(subject)
    found = keys.ring(subject.contract, owner, environment)
    if found is not None:
        held = any(environment.get(name) for name in found.first.variables)
        return found, "" if held else "from the keyring"
    if not keys.choices(subject.contract):
        return Ring(NOBODY), "none is wanted"
    variables = keys.asked(subject.contract, owner)
    public = _public(subject, variables[0]) if address.is_here else None
    if public is None:
        raise CouldNotRun(f"no key: put one into {_either(variables)}, or into the keyring")
    return Ring(public), "no key was given: the stand-in's public one"


def _found(
    options: Options, subject: Subject, environment: Mapping[str, str], address: Address
) -> tuple[Ring, str]:
    """Return the keys and where they came from; a plan goes without, and says what is missing."""
    try:
        return credentials_of(subject, environment, address)
    except CouldNotRun as error:
        if not options.dry_run:
            raise
        return Ring(NOBODY), str(error)


def _public(subject: Subject, variable: str) -> Credential | None:
    if not subject.vendor:
        return None
    from contract_tests.target import public_key  # noqa: PLC0415  (loads the whole stand-in)

    key = public_key(subject.vendor)
    return keys.with_key(subject.contract, variable, key) if key else None


def _owner(subject: Subject, *, second: bool = False) -> Owner:
    return Owner(subject.name, bool(subject.vendor), second)


def _chosen(options: Options) -> frozenset[str]:
    known = [*(rule.name for rule in RULES), *PHASES]
    wanted, unwanted = _expanded(options.rules), _expanded(options.skip)
    for name in (*wanted, *unwanted):
        if name not in known:
            raise CouldNotRun(f"no rule named {name!r}: there are {', '.join(known)}, {GENERATED}")
    chosen = frozenset(wanted or known) - {*unwanted}
    if not chosen:
        raise CouldNotRun("nothing is left to try: --skip leaves out all that --rule names")
    return chosen


def _expanded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for name in names for one in (PHASES if name == GENERATED else (name,)))


def _either(names: Iterable[str]) -> str:
    return " or ".join(f"${name}" for name in names)
