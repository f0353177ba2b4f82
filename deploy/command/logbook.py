"""The command's own log: what libraries say, and what nobody foresaw, is kept and not shown."""

import logging
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path

log = logging.getLogger("casetrack")


def keep() -> None:
    """Send what libraries say to the log instead of the terminal."""
    logging.basicConfig(handlers=[_Aside()], level=logging.WARNING, force=True)
    sys.unraisablehook = lambda said: log.error("%s", said.err_msg, exc_info=said.exc_value)


@cache
def path() -> Path | None:
    """Return where the log is; None where there is no home to keep it in."""
    # Most commands say nothing aside, and answer sooner without these.
    from deploy.stack.settings import LocalSettings  # noqa: PLC0415
    from shared.runtime.logs import configure_logs  # noqa: PLC0415

    with suppress(OSError, ValueError):
        places = LocalSettings().places
        if places.logs.is_dir():
            found = places.logs / "command.log"
            configure_logs("command", found.open("a", encoding="utf-8"))
            return found
    return None


class _Aside(logging.Handler):
    """Opens the log with the first line for it, which then goes where all that follow go."""

    def emit(self, record: logging.LogRecord) -> None:
        if path() is not None:
            logging.getLogger().handle(record)
