"""Commands on ratings and rectifications: what is ours is filled in first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.review.domain.names import rating_of, supplement_to
from services.review.domain.rating import decide as rating_rules
from services.review.domain.rating import states as rating_course
from services.review.domain.rating.commands import (
    AnyCommand,
    FileAppeal,
    PostRating,
    SupplementRating,
)
from services.review.domain.rectification import decide as rectification_rules
from services.review.domain.rectification import states as rectification_course
from services.review.domain.rectification.commands import (
    AssignRectification,
    CloseRectification,
    RecordFinding,
)
from services.review.domain.rectification.deadlines import RoundDeadlines, rounds
from services.review.domain.rectification.refusals import RectificationUnknown
from services.review.handlers.register import RatingRegister
from shared.commands.counter import Fields
from shared.commands.decider import Decider
from shared.commands.deciding import Answer, Desk, Occasion, handle, judgements
from shared.commands.numbers import number_of
from shared.commands.rules_in_force import RulesInForce
from shared.contracts.envelope import Event
from shared.contracts.rectification.course import RECTIFICATION as OF_ORDERS
from shared.contracts.rectification.facts import RectificationOpened
from shared.contracts.review.course import RATING as OF_RATINGS
from shared.policy.counting import Stop

RATING = Decider(
    rating_course.INITIAL,
    rating_rules.decide,
    rating_course.evolve,
    rating_rules.owners,
    OF_RATINGS.apart,
)
RECTIFICATION = Decider(
    rectification_course.INITIAL,
    rectification_rules.decide,
    rectification_course.evolve,
    rectification_rules.owners,
    OF_ORDERS.apart,
)


@dataclass(frozen=True, slots=True)
class RatingCommands:
    """Review's side of what citizens say; what it answers is durable."""

    desk: Desk
    register: RatingRegister
    rules: RulesInForce

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        if command is PostRating:
            return await self._post(words, occasion)
        if command is SupplementRating:
            return await self._supplement(words, occasion)
        if command is FileAppeal:
            words = {**words, "latest": await self._last_appeal(words["review_id"])}
        return await self._apply(command(at=occasion.at, **words), occasion)

    async def _post(self, words: Fields, occasion: Occasion) -> Answer:
        case_no, phase = words["case_no"], words["phase"]
        known = case_no is not None and await self.register.is_rated(case_no, phase)
        given = rating_of(case_no, phase) if case_no else None
        review_id = number_of(OF_RATINGS, given, self.desk.ids.new)
        posting = PostRating(at=occasion.at, review_id=review_id, rated_elsewhere=known, **words)
        return await self._apply(posting, occasion)

    async def _apply(self, asked: AnyCommand, occasion: Occasion) -> Answer:
        stream = OF_RATINGS.stream_of(asked.review_id)
        return await handle(RATING, asked, stream, occasion, desk=self.desk)

    async def _last_appeal(self, review_id: str) -> date | None:
        """Return the last day for an appeal, once somebody has the rating in hand (V-12)."""
        _, events = await self.register.order(review_id)
        tried = rounds(events)
        return RoundDeadlines(tried, self.rules.newest).appeal if tried else None

    async def _supplement(self, words: Fields, occasion: Occasion) -> Answer:
        history = await self.desk.store.load(OF_RATINGS.stream_of(words["review_id"]))
        said = await judgements(history.events, self.desk.store)
        prior = RATING.after([*history.events, *said])
        asked = SupplementRating(at=occasion.at, prior=prior, **words)
        if history.events:
            occasion = replace(occasion, partitionkey=history.events[0].partitionkey)
        stream = OF_RATINGS.stream_of(supplement_to(asked.review_id))
        return await handle(RATING, asked, stream, occasion, desk=self.desk)


@dataclass(frozen=True, slots=True)
class RectificationCommands:
    """Review's side of what is done about a bad rating."""

    desk: Desk
    rules: RulesInForce

    async def take(self, command: type[Any], words: Fields, occasion: Occasion) -> Answer:
        stream = OF_ORDERS.stream_of(words["rect_id"])
        asked = command(at=occasion.at, **words, **await self._dates(command, stream))
        return await handle(RECTIFICATION, asked, stream, occasion, desk=self.desk)

    async def _dates(self, command: type[Any], stream: str) -> Mapping[str, Any]:
        """
        Return what the rules say of the history, where *command* needs it.

        It is read before the decision reads it again: a measure or an
        extension that comes between the two changes the stage, and so meets a refusal.
        """
        if command not in (AssignRectification, RecordFinding, CloseRectification):
            return {}
        events = (await self.desk.store.load(stream)).events
        tried = rounds(events)
        if not tried:
            raise RectificationUnknown
        deadlines = RoundDeadlines(tried, self.rules.newest, await self._appeals(events))
        if command is RecordFinding:
            return {"attempts_enough": deadlines.attempts_enough}
        if command is CloseRectification:
            return {"on_time": deadlines.kept}
        return {"due_contact": deadlines.contact, "due_rectify": deadlines.rectify}

    async def _appeals(self, events: Iterable[Event]) -> tuple[Stop, ...]:
        """Return when the rating was appealed against that the order of *events* answers."""
        orders = (one.data for one in events if isinstance(one.data, RectificationOpened))
        order = next(orders, None)
        if order is None:
            return ()
        return await RatingRegister(self.desk.store).appeals(order.review_id)
