"""The rules: as they stand, as they stood, and the way to change them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from services.metrics.api.answers import answer, answered
from services.metrics.api.course import described, told_by
from services.metrics.api.parameters import READING, WRITING
from services.metrics.api.roles import PUBLISHERS_OF_RULES, READERS_OF_RULES
from services.metrics.domain.rules import refusals
from services.metrics.domain.rules.commands import (
    AnyCommand,
    PublishCalendar,
    PublishPolicy,
    RegisterPublisher,
    RemovePublisher,
)
from services.metrics.domain.rules.decide import notice_of
from services.metrics.handlers.publishing import (
    ChangeOutcome,
    ChangeTerms,
    Hear,
    Publishing,
    Signature,
    change_in,
)
from services.metrics.views.rules import (
    CalendarShown,
    EditionShown,
    MovedRun,
    PolicyShown,
    PublisherShown,
    RulesChanged,
    RulesProgress,
    RulesShown,
)
from shared.contracts.envelope import Event
from shared.contracts.moments import MeantDay
from shared.contracts.rejection import Rejection
from shared.contracts.types import COUNT_MAX, Identifier
from shared.policy.calendar import ZONE
from shared.policy.publisher import BACKDATED_DAYS, Backdating
from shared.policy.rules import Rules
from shared.runtime.clock import Clock
from shared.web.auth import Principal
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import BAD_REQUEST, kind_of

WAIT_SECONDS_MAX = 600.0
WAIT_SECONDS_USUAL = 60.0
CHANGED = (kind_of(refusals.EditionTaken), *WRITING)
OF_A_NOTICE = (
    refusals.NoticeUnreadable,
    refusals.NoticePartial,
    refusals.NoticeContradictory,
    refusals.NoticeOfAnotherYear,
)
OF_A_POLICY: tuple[type[Rejection], ...] = (
    refusals.PolicyInThePast,
    refusals.PolicyUnfit,
    *refusals.LimitUnfit.__subclasses__(),
)
OF_A_PUBLISHER = (
    refusals.PublisherUnfit,
    refusals.KeyPrivate,
    refusals.KeyUnfit,
    refusals.PatternMatchesNothing,
    refusals.SourceTooWide,
    refusals.SourceReserved,
)
OF_A_REMOVAL = (kind_of(refusals.PublisherUnregistered),)

CHANGES = described(RulesProgress, RulesChanged)


class RulesForm(BaseModel):
    """What is handed in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoticeForm(BaseModel):
    """A State Council notice in the form of holiday-cn; what else it says is not read."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    year: int
    papers: list[str] = []
    days: list[dict[str, Any]]


class PolicyForm(RulesForm):
    """A policy, whole, and the day from which what begins is judged by it."""

    effective_from: MeantDay
    document: dict[str, Any]


class PublisherForm(RulesForm):
    """Who may speak, from which sources, of which types; the key is a JWK, its public half."""

    publisher_id: Identifier
    name: str
    sources: list[str] = Field(min_length=1, max_length=100)
    types: list[str] = Field(min_length=1, max_length=100)
    key: dict[str, Any] | None = None
    others: list[str] = Field([], max_length=100)
    """The types that are believed of it about subjects of others."""
    backdates: Backdating = BACKDATED_DAYS
    """In working days, how far back its word reaches."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a change."""

    request: Request
    terms: ChangeTerms


async def asked(
    request: Request,
    *,
    preview: bool = False,
    edition: Annotated[int | None, Query(ge=1, le=COUNT_MAX)] = None,
    wait: Annotated[float, Query(ge=0, le=WAIT_SECONDS_MAX)] = WAIT_SECONDS_USUAL,
) -> Asked:
    """Return how the change is asked for."""
    return Asked(request, ChangeTerms(preview, edition, wait))


HowAsked = Annotated[Asked, Depends(asked)]


def rules_routes(publishing: Publishing, clock: Clock) -> APIRouter:
    """Return the routes of the rules."""
    router = APIRouter(prefix="/v1/rules", tags=["rules"])
    desk = RulesDesk(publishing, clock)
    policy = [permit(*PUBLISHERS_OF_RULES, of=Of.BUREAU)]
    for path, changed, refused in (
        ("/calendar", desk.calendar, (BAD_REQUEST, *map(kind_of, OF_A_NOTICE))),
        ("/policy", desk.policy, (BAD_REQUEST, *map(kind_of, OF_A_POLICY))),
        ("/publishers", desk.register, (BAD_REQUEST, *map(kind_of, OF_A_PUBLISHER))),
        ("/publishers/{publisher_id}/remove", desk.remove, OF_A_REMOVAL),
    ):
        extra = told(*refused, *CHANGED)
        router.post(path, dependencies=policy, responses=CHANGES, openapi_extra=extra)(changed)

    @router.get(
        "",
        dependencies=[permit(*READERS_OF_RULES, of=Of.BUREAU)],
        responses=answered(RulesShown),
        openapi_extra=told(kind_of(refusals.EditionUnknown), *READING),
    )
    async def shown(
        edition: Annotated[int | None, Query(ge=0, le=COUNT_MAX)] = None,
    ) -> Response:
        """Return the rules as they stand, or as an edition had them."""
        rules = await publishing.at(edition)
        history = await publishing.history()
        return answer(_shown(rules, history, await publishing.lanes_behind(len(history))))

    return router


@dataclass(frozen=True, slots=True)
class RulesDesk:
    """Where changes of the rules are handed in."""

    publishing: Publishing
    clock: Clock

    async def calendar(self, form: NoticeForm, caller: Caller, asked: HowAsked) -> Response:
        """Settle a year by its notice, or say what that would change."""
        notice = notice_of(form.model_dump_json().encode())
        return await self._changed(PublishCalendar(at=self._now(), notice=notice), caller, asked)

    async def policy(self, form: PolicyForm, caller: Caller, asked: HowAsked) -> Response:
        """Judge what begins by another policy, or say what that would change."""
        command = PublishPolicy(
            at=self._now(),
            effective_from=form.effective_from,
            document=form.document,
            approved_by=_signature(caller).actor,
        )
        return await self._changed(command, caller, asked)

    async def register(self, form: PublisherForm, caller: Caller, asked: HowAsked) -> Response:
        """Let another system speak, or give it another entry."""
        command = RegisterPublisher(
            at=self._now(),
            publisher_id=form.publisher_id,
            name=form.name,
            sources=tuple(form.sources),
            types=tuple(form.types),
            key=form.key,
            others=tuple(form.others),
            backdates=form.backdates,
        )
        return await self._changed(command, caller, asked)

    async def remove(self, publisher_id: Identifier, caller: Caller, asked: HowAsked) -> Response:
        """Let a system speak no longer."""
        command = RemovePublisher(at=self._now(), publisher_id=publisher_id)
        return await self._changed(command, caller, asked)

    async def _changed(self, command: AnyCommand, by: Principal, asked: Asked) -> Response:
        terms, publishing = asked.terms, self.publishing
        planned = await publishing.plan(command, terms)

        async def made(hear: Hear) -> RulesChanged:
            outcome = await publishing.handle(planned, _signature(by), terms, hear)
            return _changed(command, outcome, terms)

        return await told_by(made, asked.request)

    def _now(self) -> datetime:
        return self.clock.now()


def _signature(caller: Principal) -> Signature:
    role = next(role for role in PUBLISHERS_OF_RULES if caller.has(role))
    return Signature(caller.subject, role.value)


def _changed(command: AnyCommand, outcome: ChangeOutcome, terms: ChangeTerms) -> RulesChanged:
    effect = outcome.effect
    return RulesChanged(
        edition=outcome.edition,
        years=[command.notice.year] if isinstance(command, PublishCalendar) else [],
        new=outcome.new,
        preview=terms.preview,
        proposed=outcome.proposed,
        folded=outcome.folded,
        runs_moved=effect.runs_moved,
        runs_settled=effect.runs_settled,
        cards_raised=effect.cards_raised,
        cards_revoked=effect.cards_revoked,
        figures_changed=len(effect.figures),
        figures=sorted(effect.figures),
        examples=[
            MovedRun(
                dossier=run.dossier,
                sla=run.sla,
                started_on=run.started_on,
                due_before=run.due_before,
                due_after=run.due_after,
                provisional_before=run.provisional_before,
                provisional_after=run.provisional_after,
                cards_raised=run.raised,
                cards_revoked=run.revoked,
            )
            for run in effect.examples
        ],
    )


def _shown(rules: Rules, history: Sequence[Event], behind: int) -> RulesShown:
    return RulesShown(
        edition=rules.edition,
        newest=len(history),
        lanes_behind=behind,
        calendar=CalendarShown(
            version=rules.calendar.version, years=sorted(rules.calendar.official_years)
        ),
        policies=[
            PolicyShown(
                effective_from=None if since == date.min else since,
                version=policy.version,
                document=policy.model_dump(mode="json"),
            )
            for since, policy in rules.policies
        ],
        publishers=[
            PublisherShown(
                publisher_id=one.id,
                name=one.name,
                sources=[*one.sources],
                types=[*one.types],
                key=one.key.model_dump(exclude_none=True) if one.key else None,
                others=[*one.others],
                backdates=None if one.backdates == "unlimited" else one.backdates,
            )
            for one in rules.publishers.publishers
        ],
        editions=[_edition(event) for event in history],
    )


def _edition(event: Event) -> EditionShown:
    change = change_in(event)
    said: Mapping[str, Any] = change.model_dump(
        mode="json", exclude={"edition", "document"}, exclude_none=True
    )
    return EditionShown(
        edition=change.edition,
        type=event.type,
        published_at=event.time.astimezone(ZONE),
        published_by=event.actorid,
        change=dict(said),
    )
