"""What assist decides about a problem: its resolution repeats what was found."""

from collections.abc import Collection

from services.assist.domain.problem.commands import FindProblem, ResolveProblem
from services.assist.domain.problem.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.activity.course import PROBLEM
from shared.contracts.activity.facts import ProblemFound
from shared.contracts.envelope import Fact


def _resolve(problem: Recollection, command: ResolveProblem) -> Fact:
    found = problem.all(ProblemFound)[0]
    return command.stated(
        walk_id=found.walk_id, kind=found.kind, owner_org=found.owner_org, deadline=found.deadline
    )


def owners(problem: Recollection, command: FindProblem | ResolveProblem) -> Collection[str]:
    """Return the organisation that has to remove it, or would have to."""
    named = [fact.owner_org for fact in problem.all(ProblemFound)]
    if isinstance(command, FindProblem):
        named = named or [command.owner_org]
    return [org.org_code for org in named]


DECIDER = by_course(PROBLEM, OFF_COURSE, {ResolveProblem: _resolve}, owners)
