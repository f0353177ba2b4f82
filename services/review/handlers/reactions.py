"""What follows by itself: a bad rating, whoever has told us of it, opens one rectification."""

from dataclasses import dataclass

from services.review.domain.names import rectification_of
from services.review.domain.rating import is_bad
from services.review.domain.rectification.commands import OpenRectification
from services.review.handlers.commands import RECTIFICATION
from shared.contracts.envelope import Event
from shared.contracts.review import RatingPosted
from shared.eventstore.deciding import Desk, Occasion, handle
from shared.policy.calendar import ZONE


@dataclass(frozen=True, slots=True)
class Reactions:
    """
    Reacts to facts that are on record.

    The same fact may come any number of times, also after a kill in the
    middle: what was done is seen in the history, whose name follows from the rating.
    """

    desk: Desk
    district: str

    async def react(self, event: Event) -> None:
        """Return when all that follows from *event* is on record."""
        match event.data:
            case RatingPosted() as rating if is_bad(rating):
                await self._open(event, rating)
            case _:
                return

    async def _open(self, event: Event, rating: RatingPosted) -> None:
        # The order is given when we learn of the rating: the organisation cannot
        # be late with what nobody could tell it. And it is the same instant on every try.
        at = (event.recordedtime or event.time).astimezone(ZONE)
        order = OpenRectification(
            at=at,
            rect_id=rectification_of(rating.review_id),
            review_id=rating.review_id,
            case_no=rating.case_no,
            level=rating.level,
            real_name=rating.real_name,
            responsible_org=rating.rated_org,
        )
        occasion = Occasion(
            at=at,
            districtcode=self.district,
            correlationid=event.correlationid,
            causationid=event.id,
            traceparent=event.traceparent,
        )
        stream = f"rectification-{order.rect_id}"
        await handle(RECTIFICATION, order, stream, occasion, desk=self.desk)
