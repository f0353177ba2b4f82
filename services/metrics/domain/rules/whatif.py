"""Other rules over what is on record: by the same fold, and with nothing written."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from typing import Any, NamedTuple, assert_never, cast

from msgspec import structs

from services.metrics.domain.clocks.alert import Alert, Ruling, reconcile, withdraw
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import is_settled
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures import register
from services.metrics.domain.figures.contributions import Contributions, PartOfDay, contributions
from services.metrics.domain.figures.values import Parts, valued
from services.metrics.domain.picture import Picture, about, picture_of
from services.metrics.domain.rules.commands import PublishCalendar, PublishPolicy
from services.metrics.domain.rules.decide import decide, notice_of
from services.metrics.domain.rules.refusals import PolicyUnfit
from services.metrics.domain.subjects.alert import Card
from services.metrics.views.view import Both
from services.metrics.views.whatif import CardUnder, FigureUnder, LimitUnder, RunUnder
from shared.contracts.moments import FIRST_DAY, meant_day_of
from shared.contracts.rules.facts import PolicyPublished
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.facts import (
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    AlertRevoked,
)
from shared.contracts.supervision.words import AlertLevel
from shared.policy.calendar import business_date, local
from shared.policy.rules import Rules, evolve, policy_of

NAMED_MAX = 200
"""So many runs and cards are named; all are counted."""

ALWAYS = date.min


def otherwise(document: bytes, rules: Rules, now: datetime) -> Rules:
    """
    Return *rules* as *document* has them: a notice, a policy, or one with the day since it holds.

    A day in the past is meant: from it on no other policy holds, without one from the beginning.

    Raises:
        RulesRejection: it is none, or nothing that our subjects keep can be judged by it.
    """
    told = _object(document)
    if "limits" in told:
        return _judged_by(rules, told, None, now)
    if isinstance(policy := told.get("document"), dict):
        return _judged_by(rules, policy, told.get("effective_from"), now)
    changes = decide(rules, PublishCalendar(at=now, notice=notice_of(document)))
    return reduce(evolve, changes, rules)


def _object(document: bytes) -> dict[str, Any]:
    try:
        told = json.loads(document)
    except (ValueError, RecursionError) as fault:
        raise PolicyUnfit(place="-", reason=str(fault)) from None
    return told if isinstance(told, dict) else {}


def _judged_by(rules: Rules, policy: dict[str, Any], since: object, now: datetime) -> Rules:
    try:
        day = ALWAYS if since is None else meant_day_of(str(since))
    except ValueError as fault:
        raise PolicyUnfit(place="effective_from", reason=str(fault)) from None
    # In force from today on it is decided like any; since when it is judged by is our question.
    asked = PublishPolicy(
        at=now, effective_from=business_date(now), document=policy, approved_by="what-if"
    )
    (change,) = decide(replace(rules, policies=()), asked)
    known = tuple(one for one in rules.policies if one[0] < day)
    found = policy_of(cast("PolicyPublished", change))
    return replace(rules, policies=(*known, (day, found)))


class RunRecorded(NamedTuple):
    """A run as it is on record."""

    started_on: date
    due: date | None
    due_at: datetime | None
    is_due: bool
    """Whether the ticker is about to look at it."""
    gone: bool = False
    """Whether the facts no longer begin it."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What is on record of one dossier."""

    dossier: Dossier
    runs: Mapping[ClockKey, RunRecorded]
    said: Mapping[ClockKey, Sequence[Alert]]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are looked at, both included."""

    since: date = FIRST_DAY
    until: date = date.max

    def has(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(slots=True)
class Cards:
    """What becomes of the cards on one dossier."""

    laid: list[Card] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    """The work that they ask for is done, or another card has taken their place."""

    def __bool__(self) -> bool:
        return bool(self.laid or self.gone or self.over)

    def instead_of(self, known: Iterable[Card]) -> tuple[Card, ...]:
        """Return the cards that lie there instead of those that are *known*."""
        kept = [card for card in known if card.name not in self.gone]
        return tuple(
            structs.replace(card, state=AlertState.RESOLVED) if card.name in self.over else card
            for card in (*kept, *self.laid)
        )


@dataclass(slots=True)
class OtherWorld:
    """The sum over dossiers of what would be otherwise; of very many the first are named."""

    recorded: Rules
    judged: Rules
    now: datetime
    window: Window
    differences: int = 0
    limits: dict[str, LimitUnder] = field(default_factory=dict)
    runs: list[RunUnder] = field(default_factory=list)
    cards: list[CardUnder] = field(default_factory=list)
    sums: dict[PartOfDay, int] = field(default_factory=dict)
    """What the figures' parts would come to."""
    stored: dict[PartOfDay, int] = field(default_factory=dict)
    """What they come to on record."""

    def note(self, one: OnRecord) -> None:
        """Add what becomes of one dossier."""
        picture = picture_of(one.dossier, None, self.judged)
        clocks = {clock.key: clock for clock in picture.clocks}
        before = {clock.key: clock for clock in picture_of(one.dossier, None, self.recorded).clocks}
        self._compare(_runs(one, before.values()), clocks)
        cards = Cards()
        for key, at, said in self._said_otherwise(one, clocks, before):
            match said:
                case AlertRaised() as fact:
                    cards.laid.append(_card(fact, at))
                    self._card(key, fact.level, at, appears=True)
                case AlertRevoked(alert_id=name):
                    alert = next(alert for alert in one.said[key] if alert.alert_id == name)
                    cards.gone.add(name)
                    self._card(key, alert.level, alert.raised_at, appears=False)
                case AlertResolved(alert_id=name):
                    cards.over.add(name)
                case _:
                    assert_never(said)
        for place, number in self._adds(picture, cards).items():
            self.sums[place] = self.sums.get(place, 0) + number

    def figures(self) -> Iterator[FigureUnder]:
        """Yield the figures that come to something else, in the order of the register."""
        spans = {False: self.window, True: Window(FIRST_DAY, self.window.until)}
        shares = register.REGISTER.shared_out
        stored = {gauge: shares(_summed(self.stored, span)) for gauge, span in spans.items()}
        sums = {gauge: shares(_summed(self.sums, span)) for gauge, span in spans.items()}
        until = min(self.window.until, business_date(self.now))
        for figure in register.REGISTER.figures:
            known = valued(figure, stored[figure.gauge][figure.id], until)
            found = valued(figure, sums[figure.gauge][figure.id], until)
            if known != found:
                name = Both(figure.zh, figure.en)
                yield FigureUnder(figure.id, name, figure.unit, known.number, found.number)

    def _compare(
        self, runs: Mapping[ClockKey, RunRecorded], clocks: Mapping[ClockKey, Clock]
    ) -> None:
        for key, known in runs.items():
            clock = clocks.get(key)
            if clock is None:
                self._run(key, "vanished", known.started_on, known.due, None)
            elif (known.due, known.due_at) != (clock.due, clock.due_at):
                self._run(key, "moved", clock.started_on, known.due, clock.due)
        for key, clock in clocks.items():
            if key not in runs:
                self._run(key, "appeared", clock.started_on, None, clock.due)

    def _run(
        self, key: ClockKey, what: str, started_on: date, known: date | None, found: date | None
    ) -> None:
        if not self.window.has(started_on):
            return
        self._count(key.sla, what)
        if len(self.runs) < NAMED_MAX:
            self.runs.append(
                RunUnder(
                    key.dossier,
                    key.subject,
                    key.sla,
                    key.episode,
                    started_on,
                    what != "appeared",
                    what != "vanished",
                    known,
                    found,
                )
            )

    def _said_otherwise(
        self, one: OnRecord, clocks: Mapping[ClockKey, Clock], before: Mapping[ClockKey, Clock]
    ) -> Iterator[tuple[ClockKey, datetime, AlertRaised | AlertResolved | AlertRevoked]]:
        """
        Yield what is to be said under the other rules, and not under those on record.

        A card that goes up is the same card.
        """
        anyway = self._said_anyway(one, before)
        for key in {**one.said, **clocks}:
            for ruling in _rulings(clocks.get(key), one.said.get(key, ()), self.now):
                said = ruling.fact
                if ruling.event_id not in anyway and not isinstance(said, AlertEscalated):
                    yield key, ruling.at, said

    def _said_anyway(self, one: OnRecord, before: Mapping[ClockKey, Clock]) -> frozenset[str]:
        """Return what the ticker is about to say under the rules on record."""
        return frozenset(
            ruling.event_id
            for key, run in one.runs.items()
            if run.is_due
            for ruling in _rulings(before.get(key), one.said.get(key, ()), self.now)
        )

    def _adds(self, picture: Picture, cards: Cards) -> Contributions:
        """Return what a dossier adds with the cards that it would have."""
        if not cards:
            return picture.contributions
        other = structs.replace(picture.dossier, cards=cards.instead_of(picture.dossier.cards))
        return contributions(about(other, picture.clocks, picture.of_cards, self.judged))

    def _card(self, key: ClockKey, level: AlertLevel, at: datetime, *, appears: bool) -> None:
        if not self.window.has(business_date(at)):
            return
        self._count(key.sla, "cards_appear" if appears else "cards_vanish")
        if len(self.cards) < NAMED_MAX:
            self.cards.append(CardUnder(key.dossier, key.sla, level, local(at), appears))

    def _count(self, sla: str, what: str) -> None:
        self.differences += 1
        known = self.limits.get(sla, LimitUnder(sla))
        self.limits[sla] = structs.replace(known, **{what: getattr(known, what) + 1})


def _runs(one: OnRecord, clocks: Iterable[Clock]) -> dict[ClockKey, RunRecorded]:
    """Return the runs on record: those that ended without a word have no row, and follow."""
    unkept = {
        clock.key: RunRecorded(clock.started_on, clock.due, clock.due_at, is_due=False)
        for clock in clocks
        if is_settled(clock)
    }
    return unkept | {key: run for key, run in one.runs.items() if not run.gone}


def _rulings(clock: Clock | None, said: Sequence[Alert], now: datetime) -> list[Ruling]:
    return withdraw(said, now) if clock is None else reconcile(clock, said, now)


def _card(fact: AlertRaised, at: datetime) -> Card:
    """Return the card as it would lie on its subject."""
    day = business_date(at)
    return Card(
        name=fact.alert_id,
        state=AlertState.RAISED,
        opened_on=day,
        level=fact.level.value,
        basis=fact.basis.value,
        raised_on=day,
        sla=fact.sla_id or "",
        concerns=fact.concerns,
    )


def _summed(sums: Mapping[PartOfDay, int], window: Window) -> Parts:
    parts: dict[str, int] = {}
    for (part, day), number in sums.items():
        if window.has(day):
            parts[part] = parts.get(part, 0) + number
    return parts
