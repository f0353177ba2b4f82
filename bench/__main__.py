"""
``python -m bench [NAME ...]``: all benchmarks, or some; each prints a table and keeps its figures.

``python -m bench gateway --beside CHECKOUT`` measures this checkout and another in turns.
"""

import asyncio
import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from deploy.command import interruption

BENCHES = {
    "fold": "bench.fold",
    "gateway": "bench.gateway",
    "relay": "bench.relay",
    "import": "bench.importing",
    "read": "bench.reading",
    "rebuild": "bench.rebuild",
    "timers": "bench.timers",
}
PAIRED = ("fold", "gateway")


def main() -> int:
    """Run what the command line names; return the exit status."""
    asked = ArgumentParser(prog="python -m bench")
    asked.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    asked.add_argument("--beside", type=Path, metavar="CHECKOUT", help="only: " + ", ".join(PAIRED))
    words = asked.parse_args()
    wanted = words.names or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        asked.error(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
    if words.beside and not set(wanted) <= set(PAIRED):
        asked.error(f"--beside is for {', '.join(PAIRED)} alone")
    beside = {"beside": words.beside.resolve()} if words.beside else {}
    for name in wanted:
        print(f"bench {name}", flush=True)
        asyncio.run(import_module(BENCHES[name]).main(**beside))
    return 0


if __name__ == "__main__":
    sys.exit(interruption.heard(main))
