"""What may be asked of an engagement of an agency."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.envelope import Fact
from shared.contracts.intermediary import facts
from shared.contracts.review.words import Satisfaction
from shared.contracts.types import CaseNo, Code, Identifier, Ordinal


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementCommand(Command):
    """Something asked of one engagement."""

    order_id: Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class EngageAgency(EngagementCommand):
    """中介服务委托; *limit_days* are working days from the day on which it is opened."""

    FACT: ClassVar[type[Fact]] = facts.EngagementOpened

    case_no: CaseNo | None = None
    service_code: Code
    limit_days: Ordinal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverWork(EngagementCommand):
    """成果交付; *last_day* is the one on which it is still in time, None where there is none."""

    FACT: ClassVar[type[Fact]] = facts.EngagementDelivered

    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWork(EngagementCommand):
    """中介服务评价, once."""

    FACT: ClassVar[type[Fact]] = facts.EngagementRated

    level: Satisfaction


AnyCommand = EngageAgency | DeliverWork | RateWork
