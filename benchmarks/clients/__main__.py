"""`python -m benchmarks.clients`: every client under the kit, and which of them are found."""

from __future__ import annotations

import argparse
import sys

from benchmarks.clients.mutant import CLIENTS
from benchmarks.clients.mutants import CORRECT, KINDS, of
from benchmarks.clients.report import show
from benchmarks.clients.trial import Trial, tried

_EXAMPLES = """
examples:
  python -m benchmarks.clients
  python -m benchmarks.clients --client ngrok --seed 1 --seed 2
  python -m benchmarks.clients --kind request --jobs 2
  python -m benchmarks.clients --only ignores-retry-after
"""


def main() -> int:
    """Run the trials that were asked for; 1 if one is missed or wrongly accused."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--tool",
        choices=["contract-tests"],
        default="contract-tests",
        help="the one that there is",
    )
    parser.add_argument("--client", action="append", choices=CLIENTS, help="all, unless named")
    parser.add_argument("--kind", action="append", choices=KINDS, help="all, unless named")
    parser.add_argument("--only", action="append", help="names of mutants; all, unless named")
    parser.add_argument("--seed", action="append", type=int, help="1, unless named")
    parser.add_argument(
        "--surprises", type=int, default=60, help="seconds of surprises for each; 0 for none"
    )
    parser.add_argument("--jobs", type=int, default=1, help="how many clients at once")
    chosen = parser.parse_args()
    known = [(client, name) for client in CLIENTS for name in (CORRECT, *of(client))]
    trials = [
        Trial(client, name, seed, surprises_s=chosen.surprises)
        for seed in chosen.seed or [1]
        for client, name in known
        if (not chosen.client or client in chosen.client)
        and (not chosen.only or name in chosen.only)
    ]
    wanted = [trial for trial in trials if not chosen.kind or trial.kind in chosen.kind]
    return show(tried(wanted, chosen.jobs))


sys.exit(main())
