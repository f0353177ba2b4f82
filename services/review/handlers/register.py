"""The register of ratings: what is looked up by something else than a rating's own name."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import msgspec

from services.review.domain.rating.states import is_bad
from shared.contracts.envelope import Event, Fact
from shared.contracts.review.facts import RatingPosted, RatingSupplemented
from shared.contracts.review.words import ReviewPhase
from shared.eventstore.port import AlreadyAnswered, EventStore, Receipt

REGISTRAR = "urn:casetrack:rated-elsewhere"
"""No token has this subject: it stands in the receipts in place of a principal."""
AWAITER = "urn:casetrack:rating-awaited"
"""Nor has any this one."""


@dataclass(frozen=True, slots=True)
class Register:
    """
    Looks up what streams named after ratings cannot say.

    A case is rated once in a phase (V-17), also where another system has told
    us of it; and a supplement may come before the rating to which it adds. An
    entry is a receipt: unique by its key and kept for ever, as the store keeps
    what was answered to commands.
    """

    store: EventStore

    async def is_rated(self, case_no: str, phase: ReviewPhase) -> bool:
        return await self.store.answered(REGISTRAR, _key(case_no, phase)) is not None

    async def enter(self, rated: Event, rating: RatingPosted) -> None:
        """Return when the case of *rating*, if it names one, is known as rated."""
        if rating.case_no is None or await self.is_rated(rating.case_no, rating.phase):
            return
        await self._keep(rated.stream, REGISTRAR, _key(rating.case_no, rating.phase), None)

    async def rating(self, review_id: str) -> Event | None:
        """Return what was said first under *review_id*, if it is on record."""
        return await self._first(review_id, lambda fact: isinstance(fact, RatingPosted))

    async def expect_rating(self, later: Event, supplement: RatingSupplemented) -> None:
        """Return when the rating to which the bad *supplement* adds will find it."""
        await self._keep(later.stream, AWAITER, supplement.prior_review_id, supplement.review_id)

    async def supplement_to(self, review_id: str) -> Event | None:
        """Return the bad supplement that came before its rating *review_id*, if one did."""
        entry = await self.store.answered(AWAITER, review_id)
        if entry is None:
            return None
        own: str = msgspec.json.decode(entry.answer)
        return await self._first(
            own, lambda fact: isinstance(fact, RatingSupplemented) and is_bad(fact)
        )

    async def _first(self, review_id: str, wanted: Callable[[Fact], bool]) -> Event | None:
        events = (await self.store.load(f"review-{review_id}")).events
        return next((event for event in events if wanted(event.data)), None)

    async def _keep(self, stream: str, principal: str, key: str, answer: str | None) -> None:
        history = await self.store.load(stream)
        told = msgspec.json.encode(answer).decode()
        entry = Receipt(principal, key, sha256(key.encode()).digest(), told)
        try:
            await self.store.append(stream, [], expected_version=history.version, receipt=entry)
        except AlreadyAnswered:
            return


def _key(case_no: str, phase: ReviewPhase) -> str:
    return f"{phase}/{case_no}"
