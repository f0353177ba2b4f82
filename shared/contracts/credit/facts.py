"""What an applicant's credit is used for in a case (信用4+, catalogue 4.9)."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from shared.contracts.credit.words import CreditMode
from shared.contracts.intake.facts import CaseFact
from shared.contracts.types import Count

CreditGrade = Annotated[str, StringConstraints(min_length=1, max_length=4)]
"""信用等级, as the credit platform writes it: ``A``, ``AA`` …"""


class CreditModeApplied(CaseFact):
    """An applicant's credit spared a wait or a document in the case (信用应用)."""

    TYPE: ClassVar[str] = "casetrack.credit.mode.applied.v1"

    mode: CreditMode
    grade: CreditGrade
    materials_saved: Count
    """Documents that nobody had to hand in (证明替代)."""
    seconds_to_decide: Count | None = None
    """From the application to the decision, where it was made at once (秒批)."""
