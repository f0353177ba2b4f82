"""A dossier with all that is derived from it: its clocks and what it adds to the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from services.metrics.domain.clocks.clock import Clock, clock_of
from services.metrics.domain.clocks.deadline import is_settled
from services.metrics.domain.clocks.reading import moved, runs_in
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import register
from services.metrics.domain.figures.contributions import (
    NOTHING,
    Contributions,
    Contributor,
    PartOfDay,
    contributions,
)
from services.metrics.domain.figures.dimensions import Dimensions, dimensions_of
from services.metrics.domain.figures.figure import About
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.subject import Subject
from shared.policy.rules import Rules

EVERY_KIND: frozenset[str] = frozenset()
"""Of which nothing is known yet."""


class Timed(NamedTuple):
    """The clocks of a dossier: subject by subject, all of them, and those that need a row."""

    by_subject: tuple[tuple[Clock, ...], ...]
    clocks: tuple[Clock, ...]
    unsettled: tuple[Clock, ...]
    of_cards: tuple[tuple[Clock, ...], ...]


class Picture(Struct, frozen=True, gc=False):
    """
    Everything about one dossier, as one edition of the rules judges it.

    A clock is the same object where a fact left it alone.
    """

    dossier: Dossier
    edition: int
    by_subject: tuple[tuple[Clock, ...], ...]
    """The clocks of each subject, in the order of the subjects."""
    clocks: tuple[Clock, ...]
    unsettled: tuple[Clock, ...]
    """Those of them of which somebody may still hear: the others need no row."""
    of_cards: tuple[tuple[Clock, ...], ...]
    """The clocks that wait for somebody to acknowledge a card, in the order of the cards."""
    dimensions: Dimensions
    contributions: Contributions


def clocks_of(dossier: Dossier, rules: Rules) -> tuple[Clock, ...]:
    """Return the clocks of the subjects of *dossier*, running or ended."""
    case = dossier.case
    return tuple(
        clock for one in dossier.subjects for clock in _clocks_in(one, case, dossier, rules)
    )


def every_clock(dossier: Dossier, rules: Rules) -> tuple[Clock, ...]:
    """Return the clocks of *dossier*, and those that wait for somebody to acknowledge a card."""
    of_cards = _of_cards(dossier, None, rules)
    return (*clocks_of(dossier, rules), *(clock for group in of_cards for clock in group))


def picture_of(dossier: Dossier, before: Picture | None, rules: Rules) -> Picture:
    """Return the picture of *dossier*; what *before* shows already is not computed again."""
    return _completed(dossier, _timed(dossier, before, rules), rules)


def pictures_of(
    dossiers: Mapping[str, Dossier], before: Mapping[str, Picture], rules: Rules
) -> dict[str, Picture]:
    """Return the picture of each of *dossiers*, as `picture_of` does."""
    # First the clocks of all: by turns, clocks and figures drive each other's code out of the
    # processor's cache, and cost a seventh more.
    timed = {key: _timed(one, before.get(key), rules) for key, one in dossiers.items()}
    return {key: _completed(one, timed[key], rules) for key, one in dossiers.items()}


def _timed(dossier: Dossier, before: Picture | None, rules: Rules) -> Timed:
    """Return the clocks of *dossier*."""
    if before is None or before.edition != rules.judging:
        by_subject = _clocks(dossier, EVERY_KIND, (), rules)
    elif moved := _moved(dossier, before.dossier, rules):
        by_subject = _clocks(dossier, moved, before.by_subject, rules)
    else:
        by_subject = before.by_subject
    of_cards = _of_cards(dossier, before, rules) if dossier.cards else ()
    if (
        before is not None
        and by_subject is before.by_subject
        and (of_cards is before.of_cards or not (of_cards or before.of_cards))
    ):
        return Timed(by_subject, before.clocks, before.unsettled, of_cards)
    clocks = tuple(clock for group in (*by_subject, *of_cards) for clock in group)
    unsettled = tuple([clock for clock in clocks if not is_settled(clock)])
    return Timed(by_subject, clocks, unsettled, of_cards)


def _completed(dossier: Dossier, timed: Timed, rules: Rules) -> Picture:
    """Return the picture of *dossier*, whose clocks are known."""
    told = contributions(about(dossier, timed.clocks, timed.of_cards, rules))
    return Picture(dossier, rules.judging, *timed, dimensions_of(dossier), told)


def about(
    dossier: Dossier,
    clocks: tuple[Clock, ...],
    of_cards: tuple[tuple[Clock, ...], ...],
    rules: Rules,
) -> About:
    """Return what figures are told of *dossier*: of its *clocks* its own, none of its cards."""
    own = clocks[: len(clocks) - sum(map(len, of_cards))] if of_cards else clocks
    return About(dossier, rules.calendar, own)


def _of_cards(
    dossier: Dossier, before: Picture | None, rules: Rules
) -> tuple[tuple[Clock, ...], ...]:
    """Return the clocks of each card; those of a card that is as it was *before* are known."""
    known: tuple[Card, ...] = ()
    if before is not None and before.edition == rules.judging:
        if before.dossier.cards is dossier.cards:
            return before.of_cards
        known = before.dossier.cards
    case = dossier.case
    return tuple(
        before.of_cards[place]
        if before is not None and place < len(known) and known[place] is card
        else _of_card(card, case, dossier, rules)
        for place, card in enumerate(dossier.cards)
    )


def _of_card(card: Card, case: Case, dossier: Dossier, rules: Rules) -> tuple[Clock, ...]:
    return tuple(
        clock_of(replace(run, climbed=card.escalated), policy, rules.calendar)
        for run, policy in runs_in(card, case, dossier, rules)
    )


def _clocks(
    dossier: Dossier,
    moved: frozenset[str],
    known: tuple[tuple[Clock, ...], ...],
    rules: Rules,
) -> tuple[tuple[Clock, ...], ...]:
    """Return the clocks of each subject; those of a kind that has not *moved* are *known*."""
    case = dossier.case
    return tuple(
        known[place]
        if place < len(known) and one.COURSE.subject not in moved
        else _clocks_in(one, case, dossier, rules, known[place] if place < len(known) else ())
        for place, one in enumerate(dossier.subjects)
    )


def _clocks_in(
    subject: Subject, case: Case, dossier: Dossier, rules: Rules, known: tuple[Clock, ...] = ()
) -> tuple[Clock, ...]:
    """Return the clocks of *subject*; those of *known* whose runs are the same are kept."""
    runs, calendar = runs_in(subject, case, dossier, rules), rules.calendar
    if not known:
        return tuple([clock_of(run, policy, calendar) for run, policy in runs])
    before = {(clock.run.sla.id, clock.run.episode): clock for clock in known}
    found = []
    for run, policy in runs:
        clock = before.get((run.sla.id, run.episode))
        if clock is None or clock.run != run:
            clock = clock_of(run, policy, calendar)
        found.append(clock)
    return tuple(found)


def _has_moved(subject: Subject, known: Subject | None, rules: Rules) -> bool:
    if known is None:
        return True
    return any(moved(subject, known, policy) for _, policy in rules.policies)


def _moved(dossier: Dossier, known: Dossier, rules: Rules) -> frozenset[str]:
    """Return the kinds of subjects whose clocks may be others than in *known*."""
    if dossier.subjects is known.subjects:
        return frozenset()
    kinds: set[str] = set()
    before = (*known.subjects, *[None] * (len(dossier.subjects) - len(known.subjects)))
    for one, other in zip(dossier.subjects, before, strict=False):
        if one is not other and _has_moved(one, other, rules):
            kinds.add(one.COURSE.subject)
    if not kinds:
        return frozenset()
    if len(dossier.subjects) == 1:
        return frozenset(kinds)
    waiting = (policy.dependents[kind] for _, policy in rules.policies for kind in kinds)
    return frozenset(kinds).union(*waiting)


def contributors_of(picture: Picture) -> Sequence[Contributor]:
    """Return the numbers behind which the dossier stands by name."""
    differences = Differences()
    differences.note(picture, None)
    return differences.added


@dataclass(slots=True)
class Differences:
    """What to change so that what some dossiers added becomes what they add."""

    sums: dict[PartOfDay, int] = field(default_factory=dict)
    """What to add to each sum."""
    added: list[Contributor] = field(default_factory=list)
    changed: list[Contributor] = field(default_factory=list)
    gone: list[Contributor] = field(default_factory=list)

    def note(self, after: Picture, before: Picture | None) -> None:
        """Note what has changed since *before*; the numbers that are gone are told as they were."""
        earlier = before.contributions if before else NOTHING
        moved = before is not None and before.dimensions != after.dimensions
        sums, key, where = self.sums, after.dossier.key, after.dimensions
        is_listed = register.REGISTER.is_listed
        for place, number in after.contributions.items():
            known = earlier.get(place)
            if known == number and not moved:
                continue
            sums[place] = sums.get(place, 0) + number - (known or 0)
            if is_listed(place[0]):
                rows = self.added if known is None else self.changed
                rows.append(Contributor(place[0], place[1], key, number, where))
        if before is not None:
            for place, number in earlier.items():
                if place not in after.contributions:
                    sums[place] = sums.get(place, 0) - number
                    if is_listed(place[0]):
                        gone = Contributor(place[0], place[1], key, number, before.dimensions)
                        self.gone.append(gone)
