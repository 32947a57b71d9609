"""`python -m benchmarks.mutation.serve ngrok [--mutant NAME] [--port N]`: one of the servers."""

from __future__ import annotations

import argparse

from benchmarks.mutation.mutants import app_of
from benchmarks.mutation.serving import server_of


def main() -> None:
    """Serve until interrupted; the first line tells the address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("api", choices=("ngrok", "pingplotter"))
    parser.add_argument(
        "--mutant", default="correct", help="correct, stranger, or a mutant's name"
    )
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    server = server_of(app_of(chosen.api, chosen.mutant), chosen.port)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


main()
