"""The log that a test imports: a real one where it lies beside the checkout, else one made here."""

from pathlib import Path

from tests.support.shared_logs import FOLDER, SharedLog, shared_log
from tests.support.small_log import Logged, log, trace

CASES = 1_500
ACTIVITIES = tuple(f"activity {number}" for number in range(6))


def chosen_log(name: str, folder: Path) -> SharedLog:
    """Return the log *name*; where it is absent, one of the same kind written into *folder*."""
    if (FOLDER / f"{name}.xes.gz").exists():
        return shared_log(name)
    path = folder / f"{name}.xes"
    path.write_bytes(log(*(_case(number) for number in range(CASES))))
    events = CASES * len(ACTIVITIES)
    return SharedLog(path, {"cases": CASES, "events": events, "open_at": {}})


def _case(number: int) -> str:
    day = f"2011-10-{1 + number % 28:02d}"
    hours = [f"{day}T{9 + hour:02d}:00:00.000+02:00" for hour in range(len(ACTIVITIES))]
    told = [Logged(name, at) for name, at in zip(ACTIVITIES, hours, strict=True)]
    return trace(f"case-{number}", *told)
