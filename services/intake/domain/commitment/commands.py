"""What can be asked of an applicant's promise."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from shared.commands.command import Command
from shared.contracts.commitment import facts as commitment
from shared.contracts.commitment.words import CommitTechnique
from shared.contracts.envelope import Fact
from shared.contracts.moments import MeantDay
from shared.contracts.types import CaseNo, Doc, Identifier, LongName, Prose, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentCommand(Command):
    """Something asked of the promise *commit_id*, on which the case *case_no* rests."""

    case_no: CaseNo
    commit_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPromise(CommitmentCommand):
    """签署承诺: 告知承诺, or 容缺 with the day by which the material comes."""

    FACT: ClassVar[type[Fact]] = commitment.PromiseSigned

    mode: Literal["COMMITMENT", "TOLERANCE"]
    technique: CommitTechnique
    materials: Several[LongName] = ()
    promise_date: MeantDay | None = None
    credit_checked: bool
    document: Doc


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveSupplement(CommitmentCommand):
    """容缺材料补齐."""

    FACT: ClassVar[type[Fact]] = commitment.SupplementReceived

    complete: bool
    delivered_date: MeantDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireSupplement(CommitmentCommand):
    """容缺材料逾期."""

    FACT: ClassVar[type[Fact]] = commitment.SupplementExpired

    grace_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPromise(CommitmentCommand):
    """撤回承诺: the case goes on by the ordinary procedure (K-04)."""

    FACT: ClassVar[type[Fact]] = commitment.PromiseWithdrawn

    reason: Prose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPromise(CommitmentCommand):
    """事后核查, after the result was issued on the promise."""

    FACT: ClassVar[type[Fact]] = commitment.VerificationCompleted

    method: Literal["ONLINE", "ONSITE", "INTERDEPARTMENT"]
    result: Literal["OK", "BREACH"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleBreach(CommitmentCommand):
    """失诺处置."""

    FACT: ClassVar[type[Fact]] = commitment.BreachHandled

    action: Literal["RECTIFIED", "REVOKED", "PENALISED"]
    credit_recorded: bool


AnyCommand = (
    SignPromise
    | ReceiveSupplement
    | ExpireSupplement
    | WithdrawPromise
    | VerifyPromise
    | HandleBreach
)
