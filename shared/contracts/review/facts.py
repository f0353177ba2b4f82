"""What citizens say of the service (好差评), and what becomes of it on appeal (catalogue 4.7)."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from shared.contracts.envelope import Contract, Fact
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


class InvitationSent(Fact):
    """A citizen was asked to rate (邀请评价)."""

    TYPE: ClassVar[str] = "casetrack.review.invitation.sent.v1"
    STREAM: ClassVar[str] = "invitation"
    ABOUT: ClassVar[str] = "invitation_id"

    invitation_id: Identifier
    case_no: CaseNo
    phase: ReviewPhase
    channel: ReviewChannel


class ReviewFact(Fact):
    """A fact of one rating's history."""

    STREAM: ClassVar[str] = "review"
    ABOUT: ClassVar[str] = "review_id"

    review_id: Identifier


class Indicator(Contract):
    """One line of a detailed rating."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    level: Satisfaction | None = None


class RatingPosted(ReviewFact):
    """A rating was given (评价); it is never changed, only supplemented or appealed."""

    TYPE: ClassVar[str] = "casetrack.review.rating.posted.v1"

    case_no: CaseNo | None = None
    item_code: ItemCode | None = None
    phase: ReviewPhase
    scope: Literal["VISIT", "MATTER"]
    channel: ReviewChannel
    level: Satisfaction
    indicators: Several[Indicator]
    has_text: bool
    text_token: VaultToken | None = None
    real_name: bool
    rated_org: OrgRef
    rated_staff: ActorId | None = None
    assess_no: Literal[1, 2]
    reported_upstream: bool


class RatingSupplemented(ReviewFact):
    """A second rating, or a later text (追评)."""

    TYPE: ClassVar[str] = "casetrack.review.rating.supplemented.v1"

    prior_review_id: Identifier
    level: Satisfaction
    text_token: VaultToken | None = None


class AppealFiled(ReviewFact):
    """The rated organisation disputes a rating (申诉)."""

    TYPE: ClassVar[str] = "casetrack.review.appeal.filed.v1"

    appeal_id: Identifier
    ground: AppealGround
    evidence: Several[Doc]
    filed_by_org: OrgRef


class AppealDecided(ReviewFact):
    """The dispute was decided; an upheld appeal makes the rating invalid (申诉结论)."""

    TYPE: ClassVar[str] = "casetrack.review.appeal.decided.v1"

    appeal_id: Identifier
    upheld: bool
    decided_by: ActorId
    reason: Note


class RatingForwarded(ReviewFact):
    """The rating went on to the system of the province or the state (评价上报)."""

    TYPE: ClassVar[str] = "casetrack.review.report.forwarded.v1"

    system: ShortCode
    accepted: bool
    error: Prose | None = None
    """Why that system did not take it."""
