"""A dossier with all that is derived from it: its clocks and what it adds to the figures."""

from dataclasses import dataclass

from services.metrics.domain.clock import Clock, ClockFacts, clocks
from services.metrics.domain.contributions import Contributions, contributions
from services.metrics.domain.dossier import Dossier
from shared.contracts.types import OrgRef
from shared.policy.calendar import WorkCalendar
from shared.policy.sla import Policy


@dataclass(frozen=True, slots=True)
class Rules:
    """What the fold is judged by: the limits' policy and the calendar."""

    policy: Policy
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything about one subject; *clocks* is the same object where a fact left them alone."""

    dossier: Dossier
    clocks: tuple[Clock, ...]
    contributions: Contributions


def clock_facts_of(dossier: Dossier) -> ClockFacts | None:
    """Return what the clocks are made of, or None where nothing was promised yet."""
    if dossier.terms is None:
        return None
    org = OrgRef.model_construct(org_code=dossier.org_code, org_name=dossier.org_name)
    return ClockFacts(
        subject=dossier.key,
        terms=dossier.terms,
        holds=dossier.holds,
        extensions=dossier.extensions,
        ending=dossier.ending,
        org=org if dossier.org_code else None,
    )


def clocks_of(dossier: Dossier, rules: Rules) -> tuple[Clock, ...]:
    """Return the clocks of *dossier*, running or ended."""
    facts = clock_facts_of(dossier)
    return () if facts is None else clocks(facts, rules.policy, rules.calendar)


def picture_of(dossier: Dossier, before: Picture | None, rules: Rules) -> Picture:
    """Return the picture of *dossier*; what *before* shows already is not computed again."""
    if before is not None and _same_clocks(dossier, before.dossier):
        running = before.clocks
    else:
        running = clocks_of(dossier, rules)
    dues = {clock.name: clock.due for clock in running}
    return Picture(dossier, running, contributions(dossier, dues, rules.calendar))


def _same_clocks(dossier: Dossier, known: Dossier) -> bool:
    """Compare by identity: a fold that leaves a field alone hands on the very same object."""
    return (
        dossier.terms is known.terms
        and dossier.holds is known.holds
        and dossier.extensions is known.extensions
        and dossier.ending is known.ending
        and dossier.org_code is known.org_code
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
