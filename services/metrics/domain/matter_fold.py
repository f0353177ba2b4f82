"""What facts beside the case change: inspections, referrals, ratings, rectifications, help."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from services.metrics.domain.changes import Changes
from services.metrics.domain.dossier import Dossier, Matter
from services.metrics.domain.entry import Entry
from shared.contracts.assist import facts as assist
from shared.contracts.commitment import facts as commitment
from shared.contracts.committee import facts as committee
from shared.contracts.envelope import Fact
from shared.contracts.inspection import facts as inspection
from shared.contracts.inspection.words import InspectionResult
from shared.contracts.rectification import facts as rectification
from shared.contracts.review import facts as review
from shared.contracts.review.words import ReviewChannel
from shared.policy.calendar import business_date

NEW = ""
"""The state of a matter before its first fact."""

UPHELD = "INVALID"
"""The outcome of a rating whose appeal was upheld: it counts in no figure."""

BY_DEFAULT = ReviewChannel.SYSTEM_DEFAULT.value
"""The outcome of a rating that nobody gave."""

NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Turn:
    """The kind of matter that a fact is about, whence it is legal, and where it leads."""

    kind: str
    allowed: frozenset[str]
    target: str
    done: bool = False
    outcome: Callable[[Any], str] | None = None


def matter_changes(dossier: Dossier, entry: Entry) -> Changes:
    """
    Return what a fact changes in the matter that it names.

    Like a case, a matter goes forward with a fact that contradicts it, and never back.
    """
    fact = entry.data
    turn = _turn(fact)
    matter_id = str(getattr(fact, NAMED_BY[turn.kind]))
    position, known = _find(dossier, turn.kind, matter_id)
    day = business_date(entry.time)
    noted = known.state in NOTED.get(type(fact), NOWHERE)
    legal = noted or known.state in turn.allowed
    begins_again = known.state in BACK.get(type(fact), NOWHERE)
    stays = noted or not (legal or begins_again or _onward(turn, known.state))
    matter = replace(
        known,
        state=known.state if stays else turn.target,
        opened_on=known.opened_on or day,
        done_on=day if turn.done and not (stays and known.done_on) else known.done_on,
        outcome=(turn.outcome(fact) if turn.outcome else "") or known.outcome,
    )
    matters = (*dossier.matters[:position], matter, *dossier.matters[position + 1 :])
    return {"matters": matters}, legal


def _turn(fact: Fact) -> Turn:
    if (special := SPECIAL.get(type(fact))) and special[0](fact):
        return special[1]
    return MATTERS[type(fact)]


def _onward(turn: Turn, state: str) -> bool:
    """Whether *turn* leads farther than *state*."""
    way = WAYS[turn.kind]
    return state == NEW or way.index(turn.target) > way.index(state)


def _find(dossier: Dossier, kind: str, matter_id: str) -> tuple[int, Matter]:
    for position, matter in enumerate(dossier.matters):
        if matter.kind == kind and matter.matter_id == matter_id:
            return position, matter
    return len(dossier.matters), Matter(kind=kind, matter_id=matter_id, state=NEW)


def _text(field: str) -> Callable[[Fact], str]:
    return lambda fact: str(getattr(fact, field))


def _appeal(fact: Fact) -> str:
    return UPHELD if getattr(fact, "upheld", False) else ""


def _level(fact: review.RatingPosted) -> str:
    """Return what was said; the system's default is nobody's praise (trap 12)."""
    return BY_DEFAULT if fact.channel == ReviewChannel.SYSTEM_DEFAULT else str(fact.level)


def _never_took_place(fact: inspection.VisitConcluded) -> bool:
    return fact.result == InspectionResult.NOT_DONE


def _in_part(fact: commitment.SupplementReceived) -> bool:
    return not fact.complete


NAMED_BY: Mapping[str, str] = {
    "inspection": "inspection_id",
    "referral": "referral_id",
    "meeting": "meeting_id",
    "invitation": "invitation_id",
    "rating": "review_id",
    "rectification": "rect_id",
    "assist": "task_id",
    "commitment": "commit_id",
}
"""The field that names each kind of matter."""

WAYS: Mapping[str, tuple[str, ...]] = {
    "inspection": (
        *("CREATED", "SCHEDULED", "STARTED", "CONCLUDED"),
        *("DEFECT_OPEN", "DEFECT_SUBMITTED", "FOLLOWED_UP"),
    ),
    "referral": ("REFERRED", "SCREENED", "RESOLVED", "EXECUTED"),
    "meeting": ("SCHEDULED", "HELD"),
    "invitation": ("INVITED",),
    "rating": ("POSTED", "SUPPLEMENTED", "APPEALED", "APPEAL_DECIDED"),
    "rectification": (
        *("OPENED", "ASSIGNED", "CONTACTED", "REOPENED", "VERIFIED"),
        *("COMPLETED", "FED_BACK", "FOLLOWED_UP", "CLOSED"),
    ),
    "assist": (
        *("REQUESTED", "ACCEPTED", "ASSIGNED", "MANDATED", "ACTIVE", "BLOCKED"),
        *("DECLINED", "TERMINATED", "COMPLETED", "RATED"),
    ),
    "commitment": ("SIGNED", "SUPPLIED", "EXPIRED"),
}
"""How far each kind of matter can come: a contradicting fact moves it forward, never back."""


def _turns(
    kind: str, *rows: tuple[type[Fact], str, str, bool, str | Callable[[Any], str] | None]
) -> Iterator[tuple[type[Fact], Turn]]:
    for fact, allowed, target, done, outcome in rows:
        reading = _text(outcome) if isinstance(outcome, str) else outcome
        states = frozenset(NEW if state == "-" else state for state in allowed.split())
        yield fact, Turn(kind, states, target, done, reading)


MATTERS: Mapping[type[Fact], Turn] = dict(
    (
        *_turns(
            "inspection",
            (inspection.InspectionCreated, "-", "CREATED", False, None),
            (
                inspection.InspectionScheduled,
                "CREATED SCHEDULED DEFECT_SUBMITTED",
                "SCHEDULED",
                False,
                None,
            ),
            (inspection.VisitStarted, "SCHEDULED", "STARTED", False, None),
            (inspection.VisitConcluded, "STARTED", "CONCLUDED", True, "result"),
            (inspection.DefectOrdered, "CONCLUDED", "DEFECT_OPEN", False, None),
            (inspection.DefectSubmitted, "DEFECT_OPEN", "DEFECT_SUBMITTED", False, None),
            (inspection.DefectExpired, "DEFECT_OPEN", "CONCLUDED", True, lambda _: "FAIL"),
            (inspection.InspectionFollowedUp, "CONCLUDED", "FOLLOWED_UP", False, None),
        ),
        *_turns(
            "referral",
            (committee.ReferralMade, "-", "REFERRED", False, None),
            (committee.ReferralScreened, "REFERRED", "SCREENED", False, "result"),
            (committee.ResolutionAdopted, "SCREENED RESOLVED", "RESOLVED", True, "outcome"),
            (committee.ResolutionExecuted, "RESOLVED", "EXECUTED", True, None),
        ),
        *_turns(
            "meeting",
            (committee.MeetingScheduled, "- SCHEDULED", "SCHEDULED", False, None),
            (committee.MeetingHeld, "SCHEDULED", "HELD", True, None),
        ),
        *_turns(
            "commitment",
            (commitment.PromiseSigned, "-", "SIGNED", False, "mode"),
            # The acceptance itself may be all that we know of the promise.
            (commitment.SupplementReceived, "- SIGNED", "SUPPLIED", True, None),
            (commitment.SupplementExpired, "- SIGNED", "EXPIRED", True, None),
        ),
        *_turns("invitation", (review.InvitationSent, "-", "INVITED", True, None)),
        *_turns(
            "rating",
            (review.RatingPosted, "-", "POSTED", False, _level),
            (review.RatingSupplemented, "- POSTED", "SUPPLEMENTED", False, "level"),
            (review.AppealFiled, "POSTED SUPPLEMENTED", "APPEALED", False, None),
            (review.AppealDecided, "APPEALED", "APPEAL_DECIDED", False, _appeal),
        ),
        *_turns(
            "rectification",
            (rectification.RectificationOpened, "-", "OPENED", False, "level"),
            (rectification.RectificationAssigned, "OPENED", "ASSIGNED", False, None),
            (rectification.ContactMade, "OPENED ASSIGNED CONTACTED", "CONTACTED", False, None),
            (
                rectification.FindingRecorded,
                "CONTACTED REOPENED VERIFIED",
                "VERIFIED",
                False,
                "finding",
            ),
            (rectification.DeadlineExtended, "", "OPENED", False, None),
            (rectification.MeasureCompleted, "VERIFIED", "COMPLETED", False, None),
            (rectification.FeedbackSent, "COMPLETED", "FED_BACK", False, None),
            (
                rectification.RectificationFollowedUp,
                "FED_BACK FOLLOWED_UP",
                "FOLLOWED_UP",
                False,
                "result",
            ),
            (rectification.RectificationClosed, "FOLLOWED_UP", "CLOSED", True, None),
            (rectification.RectificationReopened, "FOLLOWED_UP", "REOPENED", False, None),
        ),
        *_turns(
            "assist",
            (assist.AssistRequested, "-", "REQUESTED", False, None),
            (assist.AssistAccepted, "REQUESTED", "ACCEPTED", False, None),
            (assist.AssistDeclined, "REQUESTED", "DECLINED", True, None),
            (assist.AgentAssigned, "ACCEPTED ASSIGNED", "ASSIGNED", False, None),
            (assist.MandateSigned, "ASSIGNED", "MANDATED", False, None),
            (assist.AssistStepLogged, "ASSIGNED MANDATED ACTIVE", "ACTIVE", False, None),
            (assist.AssistVisitMade, "ASSIGNED MANDATED ACTIVE", "ACTIVE", False, None),
            (assist.AssistBlocked, "ASSIGNED MANDATED ACTIVE", "BLOCKED", False, None),
            (assist.AssistUnblocked, "BLOCKED", "ACTIVE", False, None),
            (
                assist.AssistTerminated,
                "ASSIGNED MANDATED ACTIVE BLOCKED",
                "TERMINATED",
                True,
                None,
            ),
            (assist.AssistRenewed, "TERMINATED", "ACTIVE", False, None),
            (assist.AssistCompleted, "ASSIGNED MANDATED ACTIVE", "COMPLETED", True, None),
            (assist.AssistRated, "COMPLETED", "RATED", False, "level"),
        ),
    )
)
"""Every fact beside the case; where ``-`` is legal, the matter may begin with it."""

NOTED: Mapping[type[Fact], frozenset[str]] = {
    fact: frozenset(states.split())
    for fact, states in (
        (
            rectification.RectificationAssigned,
            "ASSIGNED CONTACTED REOPENED VERIFIED COMPLETED FED_BACK FOLLOWED_UP",
        ),
        (rectification.ContactMade, "REOPENED VERIFIED COMPLETED FED_BACK FOLLOWED_UP"),
        (rectification.DeadlineExtended, "VERIFIED"),
        (assist.AgentAssigned, "MANDATED ACTIVE BLOCKED"),
    )
}
"""Where a fact is legal and leads nowhere: another takes over, somebody calls once more."""

BACK: Mapping[type[Fact], frozenset[str]] = {
    rectification.RectificationReopened: frozenset({"VERIFIED", "COMPLETED", "FED_BACK"})
}
"""Where a contradicting fact leads back all the same: what it says is that all begins again."""

SPECIAL: Mapping[type[Fact], tuple[Callable[[Any], bool], Turn]] = {
    inspection.VisitConcluded: (
        _never_took_place,
        Turn(
            "inspection",
            frozenset({"SCHEDULED", "STARTED"}),
            "CONCLUDED",
            done=True,
            outcome=_text("result"),
        ),
    ),
    commitment.SupplementReceived: (
        _in_part,
        Turn("commitment", frozenset({NEW, "SIGNED"}), "SIGNED"),
    ),
}
"""Facts that turn another way where they say something special."""
