"""`python -m benchmarks.mutation`: every mutant before every tool, and who finds it."""

from __future__ import annotations

import argparse
import sys

from benchmarks.mutation.contestants import CONTESTANTS
from benchmarks.mutation.mutants import MUTANTS
from benchmarks.mutation.report import show
from benchmarks.mutation.trial import Trial, tried

_EXAMPLES = """
examples:
  python -m benchmarks.mutation
  python -m benchmarks.mutation --tool contract-tests --api ngrok --seed 1 --seed 2 --seed 3
  python -m benchmarks.mutation --tool contract-tests --mutant page-too-long
"""


def main() -> int:
    """Run the trials that were asked for; 1 if our own misses one or cries wolf."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tool", action="append", choices=CONTESTANTS, help="all, unless named")
    parser.add_argument("--api", action="append", choices=MUTANTS, help="both, unless named")
    parser.add_argument("--mutant", action="append", help="all, unless named")
    parser.add_argument("--seed", action="append", type=int, help="1, unless named")
    parser.add_argument("--jobs", type=int, default=1, help="how many servers at once")
    chosen = parser.parse_args()
    trials = [
        Trial(tool, api, name, seed)
        for tool in chosen.tool or CONTESTANTS
        for api in chosen.api or MUTANTS
        for seed in (chosen.seed or [1] if tool in {"contract-tests", "schemathesis"} else [1])
        for name in ["correct", "stranger", *(mutant.name for mutant in MUTANTS[api])]
        if not chosen.mutant or name in {*chosen.mutant, "correct"}
    ]
    return show(tried(trials, chosen.jobs))


sys.exit(main())
