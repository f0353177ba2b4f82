"""The processes of metrics: ``python -m services.metrics api|worker|ticker|courier``."""

import sys
from functools import partial
from importlib import import_module

from services.metrics.settings import MetricsSettings
from shared.runtime.lifecycle import run
from shared.runtime.measures import Scraped
from shared.runtime.settings import load_settings

LIVES = {
    "api": ("services.metrics.app.serving", "run_api"),
    "worker": ("services.metrics.app.folding", "run_worker"),
    "ticker": ("services.metrics.app.folding", "run_ticker"),
    "courier": ("services.metrics.app.delivering", "run_courier"),
}
"""Imported by name, so that no process carries what another one needs."""


def main() -> int:
    """Live as the process that the command line names."""
    if len(sys.argv) != 2 or sys.argv[1] not in LIVES:  # noqa: PLR2004 - the command and its word
        sys.stderr.write(f"usage: python -m services.metrics {'|'.join(LIVES)}\n")
        return 2
    name = f"metrics-{sys.argv[1]}"
    module, life = LIVES[sys.argv[1]]
    settings = load_settings(MetricsSettings)
    main = partial(getattr(import_module(module), life), settings)
    if settings.probe_port is not None and sys.argv[1] != "api":
        return run(
            name,
            import_module("shared.web.probes").probed(
                Scraped(name), main, settings.host, settings.probe_port
            ),
        )
    return run(name, main)


if __name__ == "__main__":
    sys.exit(main())
