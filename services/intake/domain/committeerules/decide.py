"""What intake decides about the committee's rules of procedure: a version is out once."""

from services.intake.domain.committeerules.commands import ReviseCommitteeRules
from services.intake.domain.committeerules.refusals import OFF_COURSE, RulesVersionTaken
from shared.commands.by_course import Recollection, by_course
from shared.contracts.committee.course import COMMITTEE_RULES
from shared.contracts.committee.facts import CommitteeRulesRevised
from shared.contracts.envelope import Fact


def _revise(known: Recollection, command: ReviseCommitteeRules) -> Fact:
    if any(one.rules_version == command.rules_version for one in known.all(CommitteeRulesRevised)):
        raise RulesVersionTaken(rules_version=command.rules_version)
    return command.stated()


DECIDER = by_course(COMMITTEE_RULES, OFF_COURSE, {ReviseCommitteeRules: _revise})
