"""The verb `probes dns`."""

from pathlib import Path
from typing import Unpack

import click

from probes.cli.common import Options, carry_out, options
from probes.cli.tables import Rows, ms
from probes.dns import DnsPlan, DnsRecord, DnsResult
from probes.dns.plan import USUAL_EDNS_BYTES, USUAL_PORTS


@click.command()
@click.argument("server")
@click.argument("name")
@click.argument("rdtype", default="A", metavar="[TYPE]")
@click.option(
    "--transport",
    type=click.Choice(list(USUAL_PORTS)),
    default="udp",
    show_default=True,
    help="What carries the question.",
)
@click.option("--port", type=int, help="Port to ask.  [default: the transport's own]")
@click.option("--class", "rdclass", default="IN", show_default=True, help="Class to ask for.")
@click.option("--no-recursion", is_flag=True, help="Ask for what the server itself knows.")
@click.option("--dnssec", is_flag=True, help="Ask for signatures as well.")
@click.option(
    "--edns", default=USUAL_EDNS_BYTES, show_default=True, help="Largest datagram; 0: no EDNS."
)
@click.option("--no-fallback", is_flag=True, help="Leave a truncated answer as it is.")
@click.option("--tries", default=1, show_default=True, help="How often to ask in vain.")
@click.option("--tls-name", help="Name in the certificate.  [default: SERVER]")
@click.option("--ca", type=click.Path(path_type=Path), help="Authorities to trust, as PEM.")
@click.option("--insecure", is_flag=True, help="Take any certificate.")
@click.option("--path", default="/dns-query", show_default=True, help="Path for https.")
@options(count_help="How often to measure.  [default: 1; endless with --watch]")
def dns(  # noqa: PLR0913 - click hands over each option by name
    server: str,
    name: str,
    rdtype: str,
    *,
    transport: str,
    port: int | None,
    rdclass: str,
    no_recursion: bool,
    dnssec: bool,
    edns: int,
    no_fallback: bool,
    tries: int,
    tls_name: str | None,
    ca: Path | None,
    insecure: bool,
    path: str,
    **given: Unpack[Options],
) -> None:
    """Ask SERVER for the records of NAME, and time the answer.

    \b
    Examples:
      probes dns 127.0.0.1 localhost
      probes dns 127.0.0.1 example.com MX --transport tcp --port 5300 --json
      probes dns 10.0.0.53 example.com --allow-target 10.0.0.0/24 --watch
      probes dns dns.example www.example.com AAAA --transport https --simulate 2
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def plan() -> DnsPlan:
        return DnsPlan(
            server,
            name,
            rdtype,
            rdclass,
            transport,
            port,
            recursion_desired=not no_recursion,
            dnssec_ok=dnssec,
            edns_bytes=edns,
            fall_back=not no_fallback,
            timeout_s=given["timeout"],
            tries=tries,
            tls_name=tls_name,
            verify=not insecure,
            ca_file=ca,
            path=path,
        )

    carry_out(plan, given, rows)


def rows(result: DnsResult) -> Rows:
    """Say it to people."""
    how = f"{result.transport}, try {result.tries}{', truncated' * result.truncated}"
    shown = [
        (result.target, f"{result.address} port {result.port}, {how}"),
        ("question", f"{result.name} {result.rdclass} {result.rdtype}"),
    ]
    if result.failure is not None:
        return [*shown, ("failed", str(result.failure))]
    shown += [
        ("resolution time", ms(result.resolution_ms)),
        ("status", f"{result.rcode}, {' '.join(result.flags)}, {result.answer_bytes} bytes"),
    ]
    if result.connect_ms is not None:
        shown.insert(2, ("connect, tls", f"{ms(result.connect_ms)}, {ms(result.tls_ms)}"))
    return [*shown, *record_rows(result.answers)]


def record_rows(records: tuple[DnsRecord, ...]) -> Rows:
    """Give each record a row."""
    return [(f"{record.name} {record.rdtype}", record.text) for record in records]
