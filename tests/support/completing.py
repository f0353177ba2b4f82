"""Says of a lane that it is complete, as its worker does once it has read so far."""

from collections.abc import Mapping
from datetime import datetime

from services.metrics.handlers.folding import Lane
from services.metrics.ports.projection import Milestone, Projection, Tenure

NOTHING_READ: Mapping[str, int] = {}


async def completed(
    projection: Projection, lane: Lane, at: datetime, ends: Mapping[str, int] = NOTHING_READ
) -> bool:
    """Set a milestone, with the *ends* of topics as given; return whether it is reached."""
    _, tenures = await projection.outlook([lane.partition])
    tenure = Tenure(lane.epoch, tenures[lane.partition].changes)
    milestone = Milestone(lane.partition, tenure, at, ends)
    return lane.partition in await projection.complete([milestone])
