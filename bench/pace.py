"""How fast the machine and its Python are at this moment, so that rates of two machines compare."""

import os
import subprocess
import sys

LOOPS = 5_000_000
LOOP = f"""
import time
began, total = time.perf_counter(), 0
for number in range({LOOPS}):
    total += number * number
print({LOOPS} / 1e6 / (time.perf_counter() - began))
"""


def pace() -> dict[str, float]:
    """Return million loops/s of one plain loop alone, and of each where every processor has one."""
    return {
        "alone": _slowest(1),
        "with_every_processor_busy": _slowest(os.cpu_count() or 1),
    }


def _slowest(processes: int) -> float:
    argv = [sys.executable, "-I", "-c", LOOP]
    running = [subprocess.Popen(argv, stdout=subprocess.PIPE) for _ in range(processes)]
    return round(min(float(process.communicate()[0]) for process in running), 1)
