"""`python -m probes`: the same as the `probes` command."""

from probes.cli import main

main(prog_name="probes")
