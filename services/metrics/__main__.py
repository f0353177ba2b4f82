"""The processes of metrics: ``python -m services.metrics api|worker|ticker``."""

import gc
import sys
from functools import partial

from services.metrics import app
from services.metrics.settings import MetricsSettings
from shared.runtime.lifecycle import run
from shared.runtime.settings import load_settings

LIVES = {
    "api": app.run_api,
    "worker": app.run_worker,
    "ticker": app.run_ticker,
}

GARBAGE_THRESHOLDS = (50_000, 20, 50)
"""A batch makes a hundred thousand objects and no cycle; looking for cycles costs a tenth."""


def main() -> int:
    """Live as the process that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in LIVES:  # noqa: PLR2004 - the command and its word
        sys.stderr.write(f"usage: python -m services.metrics {'|'.join(LIVES)}\n")
        return 2
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    settings = load_settings(MetricsSettings)
    return run(f"metrics-{sys.argv[1]}", partial(LIVES[sys.argv[1]], settings))


if __name__ == "__main__":
    sys.exit(main())
