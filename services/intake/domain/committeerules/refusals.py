"""
Refusals around the committee's rules of procedure.

IntakeRejection
└── RulesVersionTaken
"""

from services.intake.domain.refusals import IntakeRejection
from shared.commands.off_course import off_course
from shared.contracts.committee.course import COMMITTEE_RULES


class RulesVersionTaken(IntakeRejection):
    """The version is out: other rules make another version."""

    code = "rules_version_taken"
    field = "rules_version"


OFF_COURSE = off_course(COMMITTEE_RULES)
"""The rules may be revised at any time."""
