"""A dossier with all that is derived from it: its clocks and what it adds to the figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.metrics.domain.clocks.clock import Clock, ClockFacts, clocks
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import register
from services.metrics.domain.figures.contributions import (
    NOTHING,
    Contributions,
    Contributor,
    Place,
    contributions,
)
from services.metrics.domain.figures.dimensions import Dimensions, dimensions_of
from services.metrics.domain.figures.figure import About
from services.metrics.domain.subjects.case import Case
from shared.contracts.types import OrgRef
from shared.policy.rules import Rules


@dataclass(frozen=True, slots=True)
class Picture:
    """
    Everything about one subject, as one edition of the rules judges it.

    *clocks* is the same object where a fact left them alone.
    """

    dossier: Dossier
    edition: int
    clocks: tuple[Clock, ...]
    dimensions: Dimensions
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
    edition = rules.judging
    if (
        before is not None
        and before.edition == edition
        and _same_clocks(dossier.case, before.dossier.case)
    ):
        running = before.clocks
    else:
        running = clocks_of(dossier, rules)
    dues = {clock.name: clock.due for clock in running}
    about = About(dossier, dues, rules.calendar)
    return Picture(dossier, edition, running, dimensions_of(dossier), contributions(about))


def _same_clocks(case: Case, known: Case) -> bool:
    """Compare by identity: a fold that leaves a field alone hands on the very same object."""
    return (
        case.terms is known.terms
        and case.holds is known.holds
        and case.extensions is known.extensions
        and case.ending is known.ending
        and case.org_code is known.org_code
    )


def contributors_of(picture: Picture) -> Sequence[Contributor]:
    """Return the numbers behind which the dossier stands by name."""
    differences = Differences()
    differences.note(picture, None)
    return differences.added


@dataclass(slots=True)
class Differences:
    """What to change so that what some dossiers added becomes what they add."""

    sums: dict[Place, int] = field(default_factory=dict)
    """What to add to each sum."""
    added: list[Contributor] = field(default_factory=list)
    changed: list[Contributor] = field(default_factory=list)
    gone: list[Contributor] = field(default_factory=list)

    def note(self, after: Picture, before: Picture | None) -> None:
        """Note what has changed since *before*; the numbers that are gone are told as they were."""
        earlier = before.contributions if before else NOTHING
        moved = before is not None and before.dimensions != after.dimensions
        for place, number in after.contributions.items():
            known = earlier.get(place)
            if known != number or moved:
                self._add(place, number - (known or 0))
                self._list(self.added if known is None else self.changed, place, number, after)
        if before is not None:
            for place, number in earlier.items():
                if place not in after.contributions:
                    self._add(place, -number)
                    self._list(self.gone, place, number, before)

    def _add(self, place: Place, number: int) -> None:
        self.sums[place] = self.sums.get(place, 0) + number

    def _list(self, rows: list[Contributor], place: Place, number: int, of: Picture) -> None:
        if register.REGISTER.is_listed(place[0]):
            rows.append(Contributor(*place, of.dossier.key, number, of.dimensions))
