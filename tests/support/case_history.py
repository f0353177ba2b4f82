"""What happened to the case that can still be saved, as the metrics service would tell it."""

from services.metrics.views.case import TimelineFact
from tests.support.pictures import SAVEABLE_CASE, Document, document


def history() -> list[Document]:
    """Return the timeline of the case that can still be saved."""
    steps = (
        ("intake.application.received", "2024-09-02T09:40:00+08:00"),
        ("intake.application.accepted", "2024-09-02T10:12:30+08:00"),
        ("handling.hold.opened", "2024-09-05T09:00:00+08:00"),
        ("handling.hold.closed", "2024-09-06T17:30:00+08:00"),
    )
    return [
        document(
            TimelineFact(
                specversion="1.0",
                id=f"evt-{place}",
                source="urn:casetrack:610102:intake",
                type=f"casetrack.{kind}.v1",
                time=at,
                recordedtime=at,
                partitionkey=SAVEABLE_CASE,
                anomaly=None,
            )
        )
        for place, (kind, at) in enumerate(steps)
    ]
