"""A dossier with all that is derived from it: its clocks and what it adds to the figures."""

from dataclasses import dataclass

from services.metrics.domain.clocks.clock import Clock, ClockFacts, clocks
from services.metrics.domain.contributions import Contributions, contributions
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.case import Case
from shared.contracts.types import OrgRef
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything about one subject; *clocks* is the same object where a fact left them alone."""

    dossier: Dossier
    clocks: tuple[Clock, ...]
    contributions: Contributions


def clock_facts_of(dossier: Dossier) -> ClockFacts | None:
    """Return what the clocks are made of, or None where nothing was promised yet."""
    case = dossier.case
    if case.terms is None:
        return None
    org = OrgRef.model_construct(org_code=case.org_code, org_name=case.org_name)
    return ClockFacts(
        subject=dossier.key,
        terms=case.terms,
        holds=case.holds,
        extensions=case.extensions,
        ending=case.ending,
        org=org if case.org_code else None,
    )


def clocks_of(dossier: Dossier, rules: Rules) -> tuple[Clock, ...]:
    """Return the clocks of *dossier*, running or ended."""
    facts = clock_facts_of(dossier)
    if facts is None:
        return ()
    return clocks(facts, rules.policy_on(facts.terms.effective_on), rules.calendar)


def picture_of(dossier: Dossier, before: Picture | None, rules: Rules) -> Picture:
    """Return the picture of *dossier*; what *before* shows already is not computed again."""
    if before is not None and _same_clocks(dossier.case, before.dossier.case):
        running = before.clocks
    else:
        running = clocks_of(dossier, rules)
    dues = {clock.name: clock.due for clock in running}
    return Picture(dossier, running, contributions(dossier, dues, rules.calendar))


def _same_clocks(case: Case, known: Case) -> bool:
    """Compare by identity: a fold that leaves a field alone hands on the very same object."""
    return (
        case.terms is known.terms
        and case.holds is known.holds
        and case.extensions is known.extensions
        and case.ending is known.ending
        and case.org_code is known.org_code
    )


NOTHING: Contributions = {}


def difference(after: Contributions, before: Contributions) -> Contributions:
    """Return what to add to the sums so that *before* becomes *after*."""
    changes = {
        place: number - before.get(place, 0)
        for place, number in after.items()
        if number != before.get(place, 0)
    }
    for place, number in before.items():
        if place not in after:
            changes[place] = -number
    return changes
