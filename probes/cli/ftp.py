"""The verb `probes ftp`."""

from pathlib import Path
from typing import Any

import click

from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, ms, number
from probes.ftp import FtpPlan, FtpRequest, FtpResult, FtpSecurity, PassiveMode


@click.command()
@click.argument("target")
@click.option(
    "--request",
    type=click.Choice([*map(str, FtpRequest)]),
    default="download",
    show_default=True,
    help="What to do once logged in.",
)
@click.option("--user", default="anonymous", show_default=True, help="Who logs in.")
@click.option("--password", default="anonymous@", envvar="PROBES_PASSWORD", help="Their password.")
@click.option(
    "--passive",
    type=click.Choice([*map(str, PassiveMode)]),
    default="auto",
    show_default=True,
    help="How to ask for a data port.",
)
@click.option(
    "--security",
    type=click.Choice([*map(str, FtpSecurity)]),
    default="plain",
    show_default=True,
    help="Whether to change to TLS.",
)
@click.option("--insecure", is_flag=True, help="Accept any certificate.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="Authorities to trust (PEM).")
@click.option("--upload-bytes", default=100_000, show_default=True, help="Size of an upload.")
@click.option("--download-limit", type=int, metavar="BYTES", help="End a download there.")
@click.option("--reply-code", type=int, help="The last reply that is success.  [default: 2xx]")
@options(count_help="Transfers to make.  [default: 1; endless with --watch]", timeout_s=10.0)
def ftp(target: str, **given: Any) -> None:
    """Download, upload or list ftp://host[:port]/path, every phase timed.

    \b
    Examples:
      probes ftp ftp://127.0.0.1/pub/file.bin
      probes ftp 127.0.0.1/pub/ --request list --json
      probes ftp 127.0.0.1/in/probe.bin --request upload --upload-bytes 1000000
      probes ftp 127.0.0.1/file --security explicit --insecure --user me --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    carry_out(lambda: _plan(target, given), chosen(given), rows)  # type: ignore[arg-type]


def _plan(target: str, given: dict[str, Any]) -> FtpPlan:
    return FtpPlan(
        target,
        request=FtpRequest(given["request"]),
        user=given["user"],
        password=given["password"],
        passive=PassiveMode(given["passive"]),
        security=FtpSecurity(given["security"]),
        verify_certificate=not given["insecure"],
        ca_file=given["ca_file"],
        upload_bytes=given["upload_bytes"],
        download_limit_bytes=given["download_limit"],
        desired_reply_code=given["reply_code"],
        timeout_s=given["timeout"],
    )


def rows(result: FtpResult) -> Rows:
    """Say it to people."""
    shown = [
        (result.target, f"{result.address} port {result.port}"),
        ("dns", ms(result.dns_ms)),
        ("connect", ms(result.connect_ms)),
        ("negotiation", ms(result.negotiation_ms)),
        ("wait", ms(result.wait_ms)),
        ("response", ms(result.response_ms)),
        ("transfer", ms(result.transfer_ms)),
        ("total", ms(result.total_ms)),
        ("bytes", f"{result.wire_bytes}{', at the limit' if result.limited else ''}"),
        ("throughput", number(result.throughput_kbps, "kbit/s")),
        ("reply", result.replies[-1] if result.replies else "-"),
    ]
    return [*shown, ("failure", str(result.failure))] if result.failure else shown
