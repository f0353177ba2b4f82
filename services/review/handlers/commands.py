"""Commands on ratings and rectifications: what is ours is filled in, the rest is decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from services.review.domain import rating
from services.review.domain.names import rating_of, supplement_to
from services.review.domain.rating import PostRating, SupplementRating
from services.review.domain.rectification.commands import (
    AssignRectification,
    CloseRectification,
)
from services.review.domain.rectification.deadlines import Deadlines, rounds
from services.review.domain.rectification.decide import decide
from services.review.domain.rectification.states import INITIAL, evolve
from services.review.domain.refusals import RectificationUnknown
from services.review.handlers.register import Register
from shared.commands.counter import Words
from shared.commands.deciding import Answer, Decider, Desk, Occasion, handle
from shared.commands.rules_in_force import RulesInForce
from shared.policy.rectification import RectificationLimits

RATING = Decider(rating.INITIAL, rating.decide, rating.evolve)
RECTIFICATION = Decider(INITIAL, decide, evolve)


@dataclass(frozen=True, slots=True)
class RatingCommands:
    """Review's side of what citizens say; what it answers is durable."""

    desk: Desk
    register: Register

    async def take(self, command: type[Any], words: Words, occasion: Occasion) -> Answer:
        if command is SupplementRating:
            return await self._supplement(words, occasion)
        return await self._post(words, occasion)

    async def _post(self, words: Words, occasion: Occasion) -> Answer:
        case_no, phase = words["case_no"], words["phase"]
        known = case_no is not None and await self.register.is_rated(case_no, phase)
        review_id = rating_of(case_no, phase) if case_no else f"PJ{self.desk.ids.new()}"
        posting = PostRating(at=occasion.at, review_id=review_id, rated_elsewhere=known, **words)
        return await handle(RATING, posting, f"review-{review_id}", occasion, desk=self.desk)

    async def _supplement(self, words: Words, occasion: Occasion) -> Answer:
        history = await self.desk.store.load(f"review-{words['review_id']}")
        prior = reduce(rating.evolve, (event.data for event in history.events), rating.INITIAL)
        asked = SupplementRating(at=occasion.at, prior=prior, **words)
        if history.events:
            occasion = replace(occasion, partitionkey=history.events[0].partitionkey)
        stream = f"review-{supplement_to(asked.review_id)}"
        return await handle(RATING, asked, stream, occasion, desk=self.desk)


@dataclass(frozen=True, slots=True)
class RectificationCommands:
    """Review's side of what is done about a bad rating."""

    desk: Desk
    rules: RulesInForce
    limits: RectificationLimits

    async def take(self, command: type[Any], words: Words, occasion: Occasion) -> Answer:
        stream = f"rectification-{words['rect_id']}"
        asked = command(at=occasion.at, **words, **await self._dates(command, stream))
        return await handle(RECTIFICATION, asked, stream, occasion, desk=self.desk)

    async def _dates(self, command: type[Any], stream: str) -> Mapping[str, Any]:
        """
        Return what the calendar says of the history, where *command* needs it.

        It is read before the decision reads it again: a measure or an
        extension that comes between the two changes the stage, and so meets a refusal.
        """
        if command not in (AssignRectification, CloseRectification):
            return {}
        tried = rounds((await self.desk.store.load(stream)).events)
        if not tried:
            raise RectificationUnknown
        deadlines = Deadlines(tried, self.limits, self.rules.newest.calendar)
        if command is CloseRectification:
            return {"on_time": deadlines.kept}
        return {"due_contact": deadlines.contact, "due_rectify": deadlines.rectify}
