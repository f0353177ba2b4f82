"""Facts as they lie on record from before days were bounded and instants strict."""

from collections.abc import Iterator
from typing import Any

from shared.contracts.documents import write
from shared.contracts.envelope import Event
from shared.contracts.registry import decode
from tests.support.foreign_facts import foreign

DAYS = ("0001-01-01", "1900-01-01", "1970-01-01", "9999-12-31", "0")
TIMES = ("0001-01-01T00:00:00Z", "1900-01-01T00:00:00+08:00", "20260302", "2024-09-02T09:40+08:00")
RECEIVED = "intake.application.received"
ACCEPTED = "intake.application.accepted"


def unbounded() -> Iterator[Event]:
    """Yield each fact as it was understood."""
    for number, day in enumerate(DAYS):
        yield _told(f"D{number}", RECEIVED, received_date=day)
        yield _told(f"D{number}", ACCEPTED, effective_date=day, promise_date=day)
        yield _told(f"D{number}", "handling.decision.made", decision_date=day)
        yield _told(f"R{number}", ACCEPTED, effective_date=day)
        yield _told(f"E{number}", ACCEPTED, effective_date=day)
        yield _told(f"E{number}", "handling.case.closed", closed_date=day)
    for number, time in enumerate(TIMES):
        yield _told(f"T{number}", RECEIVED, time)
        yield _told(f"T{number}", ACCEPTED, time)
        yield _told(f"T{number}", "handling.hold.opened", time)


def _told(case_no: str, kind: str, time: str = "", **days: str) -> Event:
    document = foreign(kind)
    data: dict[str, Any] = {**document["data"], **days}
    if "case" in data:
        data["case"] = {**data["case"], "case_no": case_no}
    else:
        data["case_no"] = case_no
    about = {"id": f"{case_no}-{kind}", "subject": case_no, "partitionkey": case_no}
    said = {**document, **about, "time": time or document["time"], "data": data}
    return decode(write(said))
