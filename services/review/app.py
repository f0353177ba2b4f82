"""Review, put together: the only place where its parts meet."""

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

from fastapi import FastAPI

from services.review.api.paths import (
    COMPLAINTS,
    INVITATIONS,
    MATTERS,
    RATINGS,
    RECTIFICATIONS,
    TICKETS,
)
from services.review.consumer import GROUP, TOPICS, Ratings
from services.review.domain.complaint import decide as complaints
from services.review.domain.invitation import decide as inviting
from services.review.domain.matter import decide as matters
from services.review.domain.ticket import decide as tickets
from services.review.handlers.cases import InvitationCommands
from services.review.handlers.commands import RatingCommands, RectificationCommands
from services.review.handlers.reactions import Reactions
from services.review.handlers.register import RatingRegister
from services.review.settings import ReviewSettings
from shared.commands.adoption import Adoption
from shared.commands.counter import command_routes
from shared.commands.life import serve_and_read
from shared.commands.rules_in_force import RulesInForce
from shared.commands.service import Service
from shared.commands.subject import Decided, subject_routes
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.hotline.course import TICKET
from shared.contracts.registry import Owner, kinds_of
from shared.contracts.review.course import INVITATION
from shared.contracts.unfinished.course import MATTER
from shared.kafka.membership import Subscription
from shared.runtime.measures import Scraped
from shared.web.gate import AuthSettings

INVITED = Decided(INVITATIONS, INVITATION, inviting.DECIDER)
SUBJECTS = (
    Decided(TICKETS, TICKET, tickets.DECIDER),
    Decided(MATTERS, MATTER, matters.DECIDER),
    Decided(COMPLAINTS, COMPLAINT, complaints.DECIDER),
)

MESSAGES = files("services.review.api") / "messages"


@dataclass(frozen=True, kw_only=True)
class Review(Service):
    """Ratings and rectifications, and what follows from a rating, whoever gave it."""

    @cached_property
    def web(self) -> FastAPI:
        rating = RatingCommands(self.desk, self.register, self.rules)
        rectifying = RectificationCommands(self.desk, self.rules)
        routers = [
            command_routes([RATINGS], rating.take),
            command_routes([RECTIFICATIONS], rectifying.take),
            command_routes([INVITATIONS], InvitationCommands(self.desk, INVITED).take),
            *subject_routes(SUBJECTS, self.desk),
        ]
        return self.edge(Scraped.REVIEW, routers, MESSAGES)

    @cached_property
    def ratings(self) -> Ratings:
        reactions = Reactions(self.desk, self.register, self.rules, self.district)
        adoption = Adoption(self.store, kinds_of(Owner.REVIEW))
        return Ratings(adoption, self.register, reactions, self.rules)

    @cached_property
    def rules(self) -> RulesInForce:
        """Shared by all that decides; follow it while the service lives."""
        return RulesInForce(self.store)

    @cached_property
    def register(self) -> RatingRegister:
        return RatingRegister(self.store)


async def live(settings: ReviewSettings, auth: AuthSettings, stopping: asyncio.Event) -> None:
    """Serve HTTP and hear of ratings until *stopping*."""
    async with Review.opened(settings, auth) as review, asyncio.TaskGroup() as tasks:
        reading = replace(GROUP, together=review.ratings.together)
        tasks.create_task(review.rules.follow(review.clock, stopping), name="rules")
        await serve_and_read(
            review.web,
            Subscription(settings.broker, TOPICS, reading),
            review.ratings.handle,
            settings=settings,
            clock=review.clock,
            stopping=stopping,
        )
