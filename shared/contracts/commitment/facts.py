"""What is said about an applicant's promise, 容缺 and 告知承诺 (catalogue 4.9)."""

from typing import ClassVar, Literal

from shared.contracts.commitment.words import CommitTechnique
from shared.contracts.envelope import Fact
from shared.contracts.moments import Day
from shared.contracts.types import CaseNo, Doc, Identifier, LongName, Prose, Several


class CommitmentFact(Fact):
    """A fact of one promise, without which its case is neither accepted nor decided."""

    STREAM: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = "commit_id"
    PART_OF_CASE: ClassVar[bool] = True

    commit_id: Identifier


class PromiseSigned(CommitmentFact):
    """The applicant promised in writing (签署承诺)."""

    TYPE: ClassVar[str] = "casetrack.commitment.promise.signed.v1"

    case_no: CaseNo
    mode: Literal["COMMITMENT", "TOLERANCE"]
    technique: CommitTechnique
    materials: Several[LongName]
    promise_date: Day | None = None
    credit_checked: bool
    document: Doc


class PromiseWithdrawn(CommitmentFact):
    """The applicant took the promise back before the decision (撤回承诺)."""

    TYPE: ClassVar[str] = "casetrack.commitment.promise.withdrawn.v1"

    reason: Prose | None = None


class SupplementReceived(CommitmentFact):
    """The tolerated material was supplied (容缺补齐)."""

    TYPE: ClassVar[str] = "casetrack.commitment.supplement.received.v1"

    complete: bool
    delivered_date: Day


class SupplementExpired(CommitmentFact):
    """The promise passed without the material (容缺逾期)."""

    TYPE: ClassVar[str] = "casetrack.commitment.supplement.expired.v1"

    grace_used: bool


class VerificationCompleted(CommitmentFact):
    """Somebody looked afterwards whether the promise is kept (事后核查)."""

    TYPE: ClassVar[str] = "casetrack.commitment.verification.completed.v1"

    method: Literal["ONLINE", "ONSITE", "INTERDEPARTMENT"]
    result: Literal["OK", "BREACH"]


class BreachHandled(CommitmentFact):
    """What became of a promise that was not kept (失诺处置)."""

    TYPE: ClassVar[str] = "casetrack.commitment.breach.handled.v1"

    action: Literal["RECTIFIED", "REVOKED", "PENALISED"]
    credit_recorded: bool
