"""The verb `probes sip`."""

from pathlib import Path
from typing import Any

import click

from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, ms
from probes.sip import SipMethod, SipPlan, SipResult, SipTransport


@click.command()
@click.argument("target")
@click.option(
    "--method",
    "methods",
    multiple=True,
    type=click.Choice([*map(str, SipMethod)], case_sensitive=False),
    default=["OPTIONS"],
    show_default=True,
    help="What to ask; may be given several times.",
)
@click.option(
    "--transport",
    type=click.Choice([*map(str, SipTransport)]),
    default="udp",
    show_default=True,
    help="What carries the messages.",
)
@click.option("--port", type=int, help="Port of the server.  [default: 5060, TLS 5061]")
@click.option("--proxy", metavar="HOST", help="Send everything there instead.")
@click.option("--domain", help="What stands in the URIs.  [default: the target]")
@click.option("--user", default="probe", show_default=True, help="Who registers and calls.")
@click.option("--callee", help="Who is called and asked.  [default: the user]")
@click.option("--auth-user", help="Who the password belongs to.  [default: the user]")
@click.option("--password", envvar="PROBES_PASSWORD", help="Answers challenges.")
@click.option("--expires", default=60, show_default=True, help="Seconds to be registered for.")
@click.option(
    "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Add to every request."
)
@click.option("--code", type=int, help="The last response that is success.  [default: 2xx]")
@click.option("--match", metavar="REGEX", help="What the response to OPTIONS must hold.")
@click.option("--insecure", is_flag=True, help="Accept any certificate.")
@click.option("--ca-file", type=click.Path(path_type=Path), help="Authorities to trust (PEM).")
@options(count_help="Conversations to hold.  [default: 1; endless with --watch]")
def sip(target: str, **given: Any) -> None:
    """Ask the SIP server TARGET with OPTIONS, REGISTER or INVITE, every phase timed.

    \b
    Examples:
      probes sip 127.0.0.1
      probes sip 127.0.0.1 --method register --method options --user al --password x --json
      probes sip 127.0.0.1 --transport tcp --port 5070 --method invite --callee echo
      probes sip sip.example --transport tls --header 'Subject: test' --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    carry_out(lambda: _plan(target, given), chosen(given), rows)  # type: ignore[arg-type]


def _plan(target: str, given: dict[str, Any]) -> SipPlan:
    return SipPlan(
        target,
        methods=tuple(SipMethod(method.upper()) for method in given["methods"]),
        transport=SipTransport(given["transport"]),
        port=given["port"],
        proxy=given["proxy"],
        domain=given["domain"],
        user=given["user"],
        callee=given["callee"],
        auth_user=given["auth_user"],
        password=given["password"],
        expires_s=given["expires"],
        headers=tuple(map(_header, given["headers"])),
        desired_code=given["code"],
        options_regex=given["match"],
        verify_certificate=not given["insecure"],
        ca_file=given["ca_file"],
        timeout_s=given["timeout"],
    )


def _header(text: str) -> tuple[str, str]:
    name, _, value = text.partition(":")
    return name.strip(), value.strip()


def rows(result: SipResult) -> Rows:
    """Say it to people."""
    answer = f"{result.response_code or '-'} {result.response_reason or ''}".strip()
    shown = [
        (result.target, f"{result.address} port {result.port} {result.transport}"),
        ("dns", ms(result.dns_ms)),
        ("connect", ms(result.connect_ms)),
        ("tls", ms(result.tls_ms)),
        ("wait", ms(result.wait_ms)),
        ("response", ms(result.response_ms)),
        ("register", ms(result.register_ms)),
        ("options", ms(result.options_ms)),
        ("invite", ms(result.invite_ms)),
        ("redirects", f"{result.redirects}, {ms(result.redirect_ms)}"),
        ("total", ms(result.total_ms)),
        ("answer", answer),
        ("sent again", str(result.retransmissions)),
    ]
    return [*shown, ("failure", str(result.failure))] if result.failure else shown
