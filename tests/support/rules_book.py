"""The rules as they are shipped, and what is published of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.metrics.domain.rules.commands import AnyCommand, RegisterPublisher
from services.metrics.domain.rules.decide import decide
from shared.policy.calendar import ZONE
from shared.policy.rules import RuleChange, Rules, evolve, shipped

AT = datetime(2026, 11, 12, 15, tzinfo=ZONE)
TODAY = AT.date()
NEW_YEAR = date(2027, 1, 1)
WATER = {
    "publisher_id": "water-company",
    "name": "自来水公司",
    "sources": ("urn:xincheng:water-company:",),
    "types": ("casetrack.intake.*",),
}


def register(**parts: object) -> RegisterPublisher:
    words: dict[str, Any] = {**WATER, **parts}
    return RegisterPublisher(at=AT, **words)


@dataclass(frozen=True)
class Book:
    """The rules, and what is published of them."""

    rules: Rules

    def after(self, *commands: AnyCommand) -> "Book":
        rules = self.rules
        for command in commands:
            for change in decide(rules, command):
                rules = evolve(rules, change)
        return Book(rules)

    def published(self, command: AnyCommand) -> list[RuleChange]:
        return decide(self.rules, command)


BOOK = Book(shipped())
