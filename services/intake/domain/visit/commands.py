"""What may be asked of a visit to the hall."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intake import facts
from shared.contracts.types import CaseNo, Count, Identifier, VaultToken


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVisit(Command):
    """到厅登记, where no queue machine tells us; both times are in seconds."""

    FACT: ClassVar[type[Fact]] = facts.VisitRecorded

    visit_id: Identifier
    site_id: Identifier
    window_id: Identifier | None = None
    party_token: VaultToken | None = None
    case_no: CaseNo | None = None
    purpose: facts.VisitPurpose
    waiting_seconds: Count
    service_seconds: Count
    outcome: facts.VisitOutcome


AnyCommand = RecordVisit
