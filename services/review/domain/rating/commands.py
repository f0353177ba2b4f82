"""What may be said of the service, and against what was said."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from services.review.domain.rating.states import Rating
from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.review import facts
from shared.contracts.review.words import AppealGround, ReviewChannel, ReviewPhase, Satisfaction
from shared.contracts.types import (
    ActorId,
    CaseNo,
    Doc,
    Identifier,
    ItemCode,
    Note,
    OrgRef,
    Prose,
    Several,
    ShortCode,
    VaultToken,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCommand(Command):
    """Something said about the service; the *review_id* follows from what it is about."""

    review_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRating(RatingCommand):
    """
    评价, of a matter, a visit or nothing in particular.

    *rated_elsewhere* says that another system has already told us of a rating
    of this case in this phase.
    """

    FACT: ClassVar[type[Fact]] = facts.RatingPosted

    case_no: CaseNo | None = None
    item_code: ItemCode | None = None
    phase: ReviewPhase
    scope: Literal["VISIT", "MATTER"]
    channel: ReviewChannel
    level: Satisfaction
    indicators: Several[facts.Indicator] = ()
    has_text: bool = False
    text_token: VaultToken | None = None
    real_name: bool
    rated_org: OrgRef
    rated_staff: ActorId | None = None
    reported_upstream: bool = False
    rated_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementRating(RatingCommand):
    """追评 to *review_id*, under which the *prior* rating is on record."""

    FACT: ClassVar[type[Fact]] = facts.RatingSupplemented

    prior: Rating
    level: Satisfaction
    text_token: VaultToken | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAppeal(RatingCommand):
    """
    申诉, by the organisation that is rated.

    *latest* is the last day for it, once somebody has the rating in hand.
    """

    FACT: ClassVar[type[Fact]] = facts.AppealFiled

    ground: AppealGround
    evidence: Several[Doc] = ()
    filed_by_org: OrgRef
    latest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAppeal(RatingCommand):
    """申诉结论."""

    FACT: ClassVar[type[Fact]] = facts.AppealDecided

    upheld: bool
    decided_by: ActorId
    reason: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardRating(RatingCommand):
    """评价上报; once more where the other system did not take it."""

    FACT: ClassVar[type[Fact]] = facts.RatingForwarded

    system: ShortCode
    accepted: bool
    error: Prose | None = None


AnyCommand = PostRating | SupplementRating | FileAppeal | DecideAppeal | ForwardRating
