"""A client wrapped: what was asked for → a world, one run in it, the judgement, an exit code."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import click

import specs
from contract_tests.client import intercept, printed
from contract_tests.client.child import Child, Command, Ended, NoCommand
from contract_tests.client.court import Court, Told
from contract_tests.client.forwarding import forwarded
from contract_tests.client.streams import Pipes, passing
from contract_tests.client.surroundings import BadVariables, Own, own, surroundings
from contract_tests.client.verdict import code_of, ended_notes, ends
from contract_tests.client.world import World, world
from contract_tests.run.keys import Owner
from contract_tests.run.outcome import About
from contract_tests.run.telling import COULD_NOT_RUN, BadTelling, Telling, tell, telling
from contract_tests.wire.address import BadAddress
from contract_tests.wire.credential import Credential, joined


class CouldNotRun(Exception):
    """The options do not go together, or nothing can be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What was asked for. `time_limit_s` of 0 is none."""

    args: tuple[str, ...]
    vendors: tuple[str, ...]
    how: Telling
    time_limit_s: float = 0.0
    exit_code: str = "worst"
    has_hook: bool = True
    is_limited: bool = True
    intercepts: bool = False
    seed: int = 0
    url: str = ""
    named: tuple[Own, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the client, judged. `signal` is the number of what ended it, if we were told."""

    ended: Ended
    told: list[Told]
    requests: int
    signal: int = 0


_FAULTS = (CouldNotRun, NoCommand, BadTelling, BadVariables, specs.UnknownVendor, BadAddress)


def wrapped(given: Mapping[str, Any]) -> int:
    """Carry out `contract-tests client` with these options, and return its exit code."""
    try:
        return _chosen(given)
    except _FAULTS as error:
        click.echo(f"contract-tests: {error}", err=True)
        return COULD_NOT_RUN


def _chosen(given: Mapping[str, Any]) -> int:
    asked = _asked(given)
    if given["environment"]:
        click.echo(printed.environment(asked.vendors, given["style"], asked.named), nl=False)
        return 0
    if not asked.args:
        raise CouldNotRun("what is to be run? Put it after --, e.g. contract-tests client -- make")
    if given["surprise"] or given["replay"]:
        from contract_tests.client.surprised import surprise  # noqa: PLC0415  (slow to load)

        return surprise(asked, given)
    return _once(asked)


def _asked(given: Mapping[str, Any]) -> Wrapping:
    vendors = tuple(dict.fromkeys(given["vendors"])) or specs.vendors()
    for vendor in vendors:
        specs.path_of(vendor)
    if given["url"] and (len(vendors) != 1 or given["intercept"]):
        raise CouldNotRun("--url is the address of one vendor: name it by --vendor, and no other")
    how = telling(
        given["reports"],
        given["fail_on"],
        given["baseline"],
        updates_baseline=given["updates_baseline"],
    )
    return Wrapping(
        given["command"],
        vendors,
        how,
        given["time_limit_s"] or 0.0,
        given["exit_code"],
        not given["no_hook"],
        not given["no_limits"],
        given["intercept"],
        given["seed"],
        given["url"] or "",
        tuple(own(text, vendors) for text in given["named"]),
    )


def _once(asked: Wrapping) -> int:
    run = judged(asked, passing())
    code = tell(run.told, asked.how, is_aside=True)
    if not run.requests:
        click.echo(f"contract-tests: {_silence(asked)}", err=True)
    return code_of(asked.exit_code, code, run.ended, run.requests, run.signal)


def judged(asked: Wrapping, pipes: Pipes) -> Run:
    """Run the client once, and judge what it asked."""
    court, began_at = Court(), time.time()
    with _met(asked, court) as (place, environment):
        shown = credentials(place.keys)
        # A stand-in's answers are known to be right; a stranger's are judged too.
        court.begin(asked.vendors, shown, answers=bool(asked.url))
        child = Child(Command(asked.args, environment, asked.time_limit_s), pipes)
        try:
            with forwarded(child) as ending:
                court.since_s = time.time()
                child.start()
                ended = child.wait()
            place.settle()
        finally:
            court.close()
    command = printed.command(asked.args, joined(shown))
    about = {
        name: About(
            target=place.urls[name],
            contract=name,
            vendor=name,
            mode="client",
            began_at=began_at,
            command=command,
            child_code=ended.code,
        )
        for name in asked.vendors
    }
    told = court.outcomes(about, ended.elapsed_s)
    told[0][0].notes += ended_notes(ended, asked.time_limit_s)
    ends(told[0][0], ended, asked.time_limit_s, command)
    return Run(ended, told, court.requests, ending.number)


@contextmanager
def _met(asked: Wrapping, court: Court) -> Iterator[tuple[World, dict[str, str]]]:
    """Serve what the client meets; yield it with the child's environment."""
    with ExitStack() as stack:
        if asked.url:
            from contract_tests.client.elsewhere import elsewhere  # noqa: PLC0415  (seldom)

            place = stack.enter_context(elsewhere(asked.vendors[0], asked.url, court.hear))
            yield place, surroundings(place, has_hook=asked.has_hook, named=asked.named)
            return
        hosts = intercept.hosts_of(asked.vendors)
        authority = stack.enter_context(intercept.authority(hosts)) if asked.intercepts else None
        place = stack.enter_context(
            world(
                asked.vendors,
                court.hear,
                hosts=hosts.vendor_of if authority else lambda _: None,
                tls=authority.context if authority else None,
                seed=asked.seed,
                is_limited=asked.is_limited,
            )
        )
        more: dict[str, str] = {}
        if authority:
            place = replace(place, hosts=hosts.names)
            proxy = stack.enter_context(intercept.proxy(hosts, place))
            more = intercept.variables(proxy, authority, place)
        yield place, surroundings(place, has_hook=asked.has_hook, named=asked.named, more=more)


def credentials(keys: Mapping[str, str]) -> tuple[Credential, ...]:
    """Return keys by vendor as what is masked, each by the name of a variable."""
    return tuple(Credential(Owner(vendor).variables()[0], key) for vendor, key in keys.items())


def _silence(asked: Wrapping) -> str:
    why = "the client asked nothing of the stand-in"
    program = shlex.quote(asked.args[0])
    if asked.intercepts:
        return f"{why}: does {program} heed HTTPS_PROXY, and does it call a vendor at all?"
    return (
        f"{why}: does {program} read its address from the environment (see --environment)? "
        "If the vendor's address is written in its code, add --intercept"
    )


__all__: Sequence[str] = ("CouldNotRun", "Run", "Wrapping", "credentials", "judged", "wrapped")
