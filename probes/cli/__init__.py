"""The `probes` command: a verb for every probe."""

import importlib

import click

VERBS = {
    "ping": "probes.cli.ping",
    "trace": "probes.cli.trace",
    "http": "probes.cli.http",
    "page": "probes.cli.page",
    "transaction": "probes.cli.transaction",
    "tcp": "probes.cli.tcp",
    "mtu": "probes.cli.mtu",
    "ftp": "probes.cli.ftp",
    "sip": "probes.cli.sip",
    "dns": "probes.cli.dns",
    "dns-trace": "probes.cli.dns_trace",
    "dnssec": "probes.cli.dnssec",
    "simulate": "probes.cli.simulate",
    "voice": "probes.cli.voice",
    "agent-to-agent": "probes.cli.agent_to_agent",
    "throughput": "probes.cli.throughput",
    "respond": "probes.cli.respond",
    "agent": "probes.cli.agent",
}
"""Each verb's module, which holds a command of the same name with `_` for `-`."""


class Verbs(click.Group):
    """Imports a verb when it is named, so that --help and the light verbs start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Name the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(VERBS[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=Verbs)
def main() -> None:
    """Measure the way to a host, and what the host does.

    Only loopback may be probed unless --allow-target names more. Exit status: 0 when the
    measurement succeeded, 1 when it did not (nothing answered, a wrong status, a bad signature),
    2 when the probe could not be made.
    """
