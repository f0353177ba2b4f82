"""Small true facts for tests of the plumbing: activities of cases, at fixed times."""

from datetime import UTC, datetime, timedelta

from shared.contracts.envelope import Event
from shared.contracts.handling.facts import ActivityRecorded

MONDAY = datetime(2024, 9, 2, 1, 0, tzinfo=UTC)
SOURCE = "urn:casetrack:610102:intake"
SUPERVISION = "urn:casetrack:610102:supervision"
PUBLISHER = "urn:casetrack:import:wabo"


def activity(
    number: int,
    *,
    case: str = "XC20240902000017",
    source: str = SOURCE,
    name: str = "",
    told_at: datetime | None = None,
    kilobytes: int = 0,
) -> Event:
    """Return the *number*-th activity of *case*; the id follows from both."""
    at = MONDAY + timedelta(minutes=number)
    wide, narrow = divmod(kilobytes, 3)
    attributes = {f"wide {n}": "字" * 1_000 for n in range(wide)}
    attributes |= {f"narrow {n}": "x" * 1_000 for n in range(narrow)}
    return Event.of(
        ActivityRecorded(
            case_no=case, activity=name or f"activity {number}", attributes=attributes
        ),
        id=f"{case}-{number}",
        source=source,
        time=at,
        recordedtime=told_at or at,
        sequence=str(number),
    )


def foreign(number: int, **about: str | datetime | int) -> Event:
    """Return such a fact as the gateway has it."""
    return activity(number, **{"source": PUBLISHER, **about})  # type: ignore[arg-type]  # by name
