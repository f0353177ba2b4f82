"""The register of ratings: what is looked up by something else than a rating's own name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from services.review.domain.names import rectification_of
from services.review.domain.rating.states import is_bad
from services.review.domain.rectification.deadlines import appeals
from shared.contracts.envelope import Event, Fact
from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.review.course import RATING
from shared.contracts.review.facts import AppealDecided, RatingPosted, RatingSupplemented
from shared.contracts.review.words import ReviewPhase
from shared.eventstore.port import EventStore
from shared.policy.counting import Stop

RATED_ELSEWHERE = "rated-elsewhere"
"""Claims on a case in a phase, held by the rating of which another system has told us."""
RATING_AWAITED = "rating-awaited"
"""Claims on a rating, held by the supplement that came before it."""


@dataclass(frozen=True, slots=True)
class RatingRegister:
    """
    Looks up what streams named after ratings cannot say.

    A case is rated once in a phase (V-17), also where another system has told
    us of it; and a supplement may come before the rating to which it adds. An
    entry is a claim: whose it is once, it stays.
    """

    store: EventStore

    async def is_rated(self, case_no: str, phase: ReviewPhase) -> bool:
        return await self.store.holder(RATED_ELSEWHERE, _name(case_no, phase)) is not None

    async def enter(self, rating: RatingPosted) -> None:
        """Return when the case of *rating*, if it names one, is known as rated."""
        if rating.case_no is not None:
            name = _name(rating.case_no, rating.phase)
            await self.store.claim(RATED_ELSEWHERE, name, rating.review_id)

    async def rating(self, review_id: str) -> Event | None:
        """Return what was said first under *review_id*, if it is on record."""
        return await self._first(review_id, lambda fact: isinstance(fact, RatingPosted))

    async def supplement(self, review_id: str) -> RatingSupplemented | None:
        """Return what was added to another rating under *review_id*, if that is on record."""
        said = await self._first(review_id, lambda fact: isinstance(fact, RatingSupplemented))
        return None if said is None else cast("RatingSupplemented", said.data)

    async def upheld(self, review_id: str) -> Event | None:
        """Return the decision by which the rating *review_id* is struck out, if there is one."""
        return await self._first(
            review_id, lambda fact: isinstance(fact, AppealDecided) and fact.upheld
        )

    async def order(self, review_id: str) -> tuple[str, tuple[Event, ...]]:
        """Return the order that answers the rating *review_id*, and what is on record of it."""
        added = await self.supplement(review_id)
        rect_id = rectification_of(review_id if added is None else added.prior_review_id)
        return rect_id, (await self.store.load(RECTIFICATION.stream_of(rect_id))).events

    async def appeals(self, review_id: str) -> tuple[Stop, ...]:
        """Return when the rating *review_id* was appealed against."""
        return appeals((await self.store.load(RATING.stream_of(review_id))).events)

    async def expect_rating(self, supplement: RatingSupplemented) -> None:
        """Return when the rating to which the bad *supplement* adds will find it."""
        await self.store.claim(RATING_AWAITED, supplement.prior_review_id, supplement.review_id)

    async def supplement_to(self, review_id: str) -> Event | None:
        """Return the bad supplement that came before its rating *review_id*, if one did."""
        own = await self.store.holder(RATING_AWAITED, review_id)
        if own is None:
            return None
        return await self._first(
            own, lambda fact: isinstance(fact, RatingSupplemented) and is_bad(fact)
        )

    async def _first(self, review_id: str, wanted: Callable[[Fact], bool]) -> Event | None:
        events = (await self.store.load(RATING.stream_of(review_id))).events
        return next((event for event in events if wanted(event.data)), None)


def _name(case_no: str, phase: ReviewPhase) -> str:
    return f"{phase}/{case_no}"
