"""``python -m bench [NAME]``: all benchmarks, or one; each prints a table and keeps its figures."""

import asyncio
import sys
from importlib import import_module

BENCHES = {
    "fold": "bench.fold",
    "gateway": "bench.gateway",
    "relay": "bench.relay",
    "import": "bench.importing",
}
WRONG_USAGE = 2


def main() -> int:
    """Run what the command line names; return the exit status."""
    wanted = sys.argv[1:] or list(BENCHES)
    if unknown := [name for name in wanted if name not in BENCHES]:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
        return WRONG_USAGE
    for name in wanted:
        print(f"bench {name}", flush=True)
        asyncio.run(import_module(BENCHES[name]).main())
    return 0


if __name__ == "__main__":
    sys.exit(main())
