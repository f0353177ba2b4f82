"""
What follows by itself from a rating, whoever has told us of it.

A bad one opens one rectification, and an appeal that strikes it out ends that.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from services.review.domain.names import rectification_of
from services.review.domain.rating.states import is_bad, turns_bad
from services.review.domain.rectification.commands import OpenRectification, StrikeOut
from services.review.domain.rectification.deadlines import RoundDeadlines, rounds
from services.review.domain.rectification.refusals import RectificationClosedBefore
from services.review.handlers.commands import RECTIFICATION
from services.review.handlers.register import RatingRegister
from shared.commands.deciding import Desk, Occasion, handle
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.rectification.course import RECTIFICATION as OF_ORDERS
from shared.contracts.rectification.facts import RectificationOpened
from shared.contracts.review.facts import AppealDecided, RatingPosted, RatingSupplemented
from shared.policy.calendar import ZONE


@dataclass(frozen=True, slots=True)
class Reactions:
    """
    Reacts to facts that are on record.

    The same fact may come any number of times, also after a kill in the
    middle: what was done is seen in the history, whose name follows from the
    rating. A supplement (追评) may come before its rating; whichever comes
    later finds the other.
    """

    desk: Desk
    register: RatingRegister
    rules: RulesInForce
    district: str

    async def react(self, event: Event) -> None:
        """Return when all that follows from *event* is on record."""
        match event.data:
            case RatingPosted() as rating if is_bad(rating):
                await self._open(rating, rating, event, _learned(event))
            case RatingPosted() as rating:
                if later := await self.register.supplement_to(rating.review_id):
                    await self._compare(event, later)
            case RatingSupplemented() as supplement if is_bad(supplement):
                if rated := await self._rated(supplement):
                    await self._compare(rated, event)
            case AppealDecided(upheld=True):
                await self._strike_out(event.data.review_id, event)
            case _:
                return

    async def _rated(self, supplement: RatingSupplemented) -> Event | None:
        """Return the rating that *supplement* adds to; one not here yet will find *supplement*."""
        if rated := await self.register.rating(supplement.prior_review_id):
            return rated
        await self.register.expect_rating(supplement)
        # It may have come meanwhile, and looked for us before there was anything to find.
        return await self.register.rating(supplement.prior_review_id)

    async def _compare(self, rated: Event, later: Event) -> None:
        match rated.data, later.data:
            case RatingPosted() as rating, RatingSupplemented() as added if turns_bad(
                rating, added
            ):
                await self._open(rating, added, later, max(_learned(rated), _learned(later)))
            case _:
                return

    async def _open(
        self,
        rating: RatingPosted,
        bad: RatingPosted | RatingSupplemented,
        cause: Event,
        at: datetime,
    ) -> None:
        """Order what is asked for by *bad*: the *rating* itself, or what was added to it."""
        order = OpenRectification(
            at=at,
            rect_id=rectification_of(rating.review_id),
            review_id=bad.review_id,
            case_no=rating.case_no,
            level=bad.level,
            real_name=rating.real_name,
            responsible_org=rating.rated_org,
        )
        await self._give(order, cause)
        if decided := await self.register.upheld(bad.review_id):
            # The decision came before the rating that it strikes out.
            await self._strike_out(bad.review_id, decided)

    async def _strike_out(self, review_id: str, cause: Event) -> None:
        """End the order that answers the rating *review_id*, if there is one under way."""
        rect_id, events = await self.register.order(review_id)
        opened = next((event for event in events if _orders(event, review_id)), None)
        if opened is None:
            return
        at = max(_learned(cause), opened.time)
        appealed = await self.register.appeals(review_id)
        kept = RoundDeadlines(rounds(events), self.rules.newest, appealed).kept_so_far
        asked = StrikeOut(at=at, rect_id=rect_id, on_time=kept)
        with suppress(RectificationClosedBefore):
            await self._give(asked, cause)

    async def _give(self, command: OpenRectification | StrikeOut, cause: Event) -> None:
        occasion = Occasion(
            at=command.at,
            districtcode=self.district,
            correlationid=cause.correlationid,
            causationid=cause.id,
            traceparent=cause.traceparent,
        )
        stream = OF_ORDERS.stream_of(command.rect_id)
        await handle(RECTIFICATION, command, stream, occasion, desk=self.desk)


def _orders(event: Event, review_id: str) -> bool:
    """Say whether *event* is the order that answers the rating *review_id*."""
    return isinstance(event.data, RectificationOpened) and event.data.review_id == review_id


def _learned(event: Event) -> datetime:
    # The order is given when we learn of the rating: the organisation cannot
    # be late with what nobody could tell it. And it is the same instant on every try.
    return (event.recordedtime or event.time).astimezone(ZONE)
