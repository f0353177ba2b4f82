"""What may be asked of the grading list."""

from dataclasses import dataclass
from typing import ClassVar

from shared.commands.command import Command
from shared.contracts.committee import facts
from shared.contracts.envelope import Fact
from shared.contracts.types import Code, Doc, Several


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseGradingList(Command):
    """分级清单调整; *gradinglist* is the bureau's one."""

    FACT: ClassVar[type[Fact]] = facts.GradingListRevised

    gradinglist: Code
    list_version: Code
    changes: Several[facts.GradeChange]
    document: Doc


AnyCommand = ReviseGradingList
