"""A run of the proxy: from its options to its exit code."""

from __future__ import annotations

import socket
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console

from contract_tests.conduct.judge import Conduct
from contract_tests.listening.ear import App, Ear
from contract_tests.proxy.hiding import Hiding
from contract_tests.proxy.judging import Judging
from contract_tests.proxy.lines import Lines
from contract_tests.proxy.pool import Pool, verifying
from contract_tests.proxy.recording import CannotRecord, Recording
from contract_tests.proxy.replay import Replay
from contract_tests.proxy.rewriting import Rewriting
from contract_tests.proxy.serving import CannotListen, listener_at, serve, url_of
from contract_tests.proxy.upstream import Upstream, aim_at
from contract_tests.run.outcome import About, Attempt, Outcome, Verdict
from contract_tests.run.subject import NoSubject, Subject, subject_of
from contract_tests.run.telling import COULD_NOT_RUN, BadTelling, tell, telling
from contract_tests.traffic.belonging import public_urls
from contract_tests.traffic.opening import NotRecording
from contract_tests.traffic.reading import recorded
from contract_tests.wire.address import Address, BadAddress, address_of
from contract_tests.wire.pinned import is_loopback

_MOST_BYTES = 4 * 2**20  # of each body that is judged
_SWITCH_S = 0.0002
_FAULTS = (
    BadTelling,
    NoSubject,
    BadAddress,
    CannotListen,
    CannotRecord,
    NotRecording,
    click.UsageError,
)


def proxied(given: dict[str, Any]) -> int:
    """Carry out `contract-tests proxy` with these options, and return its exit code."""
    try:
        return _proxied(given)
    except _FAULTS as error:
        words = error.message if isinstance(error, click.UsageError) else str(error)
        click.echo(f"contract-tests: {words}", err=True)
        return COULD_NOT_RUN


def _proxied(given: dict[str, Any]) -> int:
    _refuse(given)
    how = telling(
        given["reports"],
        given["fail_on"],
        given["baseline"],
        updates_baseline=given["updates_baseline"],
    )
    subject = subject_of(given["vendor"], given["spec"])
    # Judging must not hold the traffic up: the other thread gets its turn sooner than by default.
    sys.setswitchinterval(_SWITCH_S)
    with ExitStack() as stack:
        listener = stack.enter_context(listener_at(given["listen"]))
        outcome, conduct = _served(given, subject, listener, stack)
    return tell([(outcome, conduct.sentence)], how, whole=False)


def _refuse(given: dict[str, Any]) -> None:
    if bool(given["vendor"]) == bool(given["spec"]):
        raise click.UsageError("name a VENDOR, or a document by --spec FILE, and not both")
    if bool(given["upstream"]) == bool(given["replay"]):
        raise click.UsageError("say --upstream URL, or --replay FILE, and not both")
    if given["replay"] and given["record"]:
        raise click.UsageError("--replay serves a recording: there is nothing to --record")


def _served(
    given: dict[str, Any], subject: Subject, listener: socket.socket, stack: ExitStack
) -> tuple[Outcome, Conduct]:
    """Serve until the end is wanted, and return what was found."""
    began_at = time.time()
    app, base, note = _application(given, subject, listener)
    conduct = Conduct(subject.contract, subject.roles, vendor=subject.vendor, answers=True)
    file = given["record"]
    judging = Judging(
        conduct,
        Hiding(subject.contract, subject.vendor),
        Lines(Console(highlight=False)),
        recording=stack.enter_context(Recording(file, base)) if file else None,
        past="" if given["rewrite_links"] or given["replay"] else base,
    )
    ear = Ear(app, judging.hear, aim=aim_at(base, subject.name), most_bytes=_MOST_BYTES)
    serve(ear, listener, _greeting(subject, listener, note))
    judging.close()
    outcome = judging.outcome()
    silence = "" if given["replay"] else judging.silence()
    if silence:
        outcome.attempts.append(Attempt("upstream", "", Verdict.ERROR, reason=silence))
    outcome.elapsed_s = time.time() - began_at
    outcome.about = About(
        target=base,
        contract=subject.name,
        contract_file=subject.file,
        vendor=subject.vendor,
        mode="replay" if given["replay"] else "proxy",
        began_at=began_at,
    )
    return outcome, conduct


def _application(
    given: dict[str, Any], subject: Subject, listener: socket.socket
) -> tuple[App, str, str]:
    """Return what is served, the base URL that is recorded, and what it is in words."""
    if given["replay"]:
        heard = recorded([given["replay"]], subject.contract)
        replay = Replay(heard.entries)
        return replay, heard.base or url_of(listener), f"replays {given['replay']}"
    address = address_of(given["upstream"], subject.base_path)
    if _is_itself(address, listener):
        raise click.UsageError("the upstream is the proxy itself")
    bases = (address.url, *public_urls(subject.contract))
    rewriting = Rewriting(tuple(dict.fromkeys(bases)), given["rewrite_links"])
    pool = Pool(address, _trust(address, given["cacert"]))
    app = Upstream(address, pool, rewriting, timeout_s=given["timeout_s"])
    return app, address.url, f"passes on to {address.url} ({address.pinned})"


def _is_itself(address: Address, listener: socket.socket) -> bool:
    parts = urlsplit(address.url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return address.is_here and port == listener.getsockname()[1]


def _trust(address: Address, file: Path | None) -> ssl.SSLContext | None:
    if not address.url.startswith("https:"):
        return None
    try:
        return verifying(str(file) if file else None)
    except (OSError, ssl.SSLError) as error:
        raise BadAddress(f"--cacert {file}: {error}") from None


def _greeting(subject: Subject, listener: socket.socket, note: str) -> Callable[[], None]:
    def greet() -> None:
        url = url_of(listener)
        click.echo(f"contract   {subject.name}")
        click.echo(f"base URL   {url}{subject.base_path}")
        click.echo(note)
        if not is_loopback(str(listener.getsockname()[0])):
            click.echo(
                "listens beyond this machine: whoever reaches it uses the upstream through it,"
                " and keys come here without TLS",
                err=True,
            )
        click.echo(f"proxy ready on {url}")
        sys.stdout.flush()

    return greet
