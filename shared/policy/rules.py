"""The rules: calendar, policies and publishers, as shipped and as facts have changed them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import assert_never

from shared.contracts.rules.facts import (
    CalendarPublished,
    PolicyPublished,
    PublisherRegistered,
    PublisherRemoved,
)
from shared.policy.calendar import ZONE, WorkCalendar, business_date, official_calendar
from shared.policy.counting import DAY_SECONDS, HallHours
from shared.policy.publisher import BACKDATED_DAYS, Publisher, Publishers, registered
from shared.policy.sla import Policy, bureau_policy

CHANGES = (CalendarPublished, PolicyPublished, PublisherRegistered, PublisherRemoved)
RuleChange = CalendarPublished | PolicyPublished | PublisherRegistered | PublisherRemoved


@dataclass(frozen=True, slots=True)
class Rules:
    """
    What everything is judged by, as one edition has it.

    *edition* counts the facts that made it, and is 0 for what is shipped;
    *judging* is the last of them that changed what runs are judged by, which
    an entry in the register does not.
    """

    edition: int
    judging: int
    calendar: WorkCalendar
    policies: tuple[tuple[date, Policy], ...]
    """By the day from which each is in force, and of one day the latest edition last."""
    publishers: Publishers

    def policy_on(self, day: date) -> Policy:
        """Return the policy that was in force on *day*: by it a run is judged that began then."""
        policies = self.policies
        if len(policies) == 1:
            return policies[0][1]
        return next(policy for since, policy in reversed(policies) if since <= day)

    def hall_seconds(self, at: datetime) -> int:
        """Return for how long the hall has ever been open by *at*: still while it is closed."""
        return self._hours(at).before(_second(at))

    def hall_seconds_between(self, since: datetime, until: datetime) -> int:
        """Return for how long the hall was open from *since* on, by the hours at *until*."""
        hours = self._hours(until)
        return max(0, hours.before(_second(until)) - hours.before(_second(since)))

    def _hours(self, at: datetime) -> HallHours:
        return HallHours(self.calendar, self.policy_on(business_date(at)).bureau.hall_seconds)


def _second(at: datetime) -> int:
    """Return the number of the second of *at*, as `HallHours` counts them."""
    there = at.astimezone(ZONE)
    return there.toordinal() * DAY_SECONDS + (there.hour * 60 + there.minute) * 60 + there.second


class Editions:
    """Every edition that is known here: what an older one has made is read under that one."""

    def __init__(self, first: Rules) -> None:
        self._known = {first.edition: first}
        self.newest = first

    def learn(self, facts: Iterable[RuleChange]) -> None:
        """Take in *facts*, oldest first; those that are known already change nothing."""
        for fact in facts:
            if fact.edition > self.newest.edition:
                self.newest = evolve(self.newest, fact)
                self._known[fact.edition] = self.newest

    def at(self, edition: int) -> Rules:
        """Return the rules as *edition*, which must be known, had them."""
        return self._known[edition]


@cache
def shipped(*, trial: bool = False) -> Rules:
    """Return edition 0; its register has the trial's publisher where *trial* asks for it."""
    return Rules(
        edition=0,
        judging=0,
        calendar=official_calendar(),
        policies=((date.min, bureau_policy()),),
        publishers=registered(trial=trial),
    )


def evolve(rules: Rules, fact: RuleChange) -> Rules:
    """Return the edition that *fact* makes of *rules*."""
    edition = fact.edition
    match fact:
        case CalendarPublished():
            calendar = calendar_with(rules.calendar, fact)
            return replace(rules, edition=edition, judging=edition, calendar=calendar)
        case PolicyPublished():
            policies = sorted(
                (*rules.policies, (fact.effective_from, policy_of(fact))), key=lambda one: one[0]
            )
            return replace(rules, edition=edition, judging=edition, policies=tuple(policies))
        case PublisherRegistered():
            publishers = rules.publishers.with_entry(publisher_of(fact))
            return replace(rules, edition=edition, publishers=publishers)
        case PublisherRemoved():
            publishers = rules.publishers.without(fact.publisher_id)
            return replace(rules, edition=edition, publishers=publishers)
        case _:
            assert_never(fact)


def calendar_with(calendar: WorkCalendar, fact: CalendarPublished) -> WorkCalendar:
    """Return *calendar* as the notice in *fact* settles it."""
    names = fact.names or {}
    days_off = {day: names.get(day, "") for day in fact.days_off}
    make_ups = {day: names.get(day, "") for day in fact.workdays}
    return calendar.published(fact.years, days_off, make_ups)


def policy_of(fact: PolicyPublished) -> Policy:
    """Return the policy that *fact* lays down; it was found fit when the fact was decided."""
    return Policy.model_validate_json(json.dumps(fact.document))


def publisher_of(fact: PublisherRegistered) -> Publisher:
    """Return the entry that *fact* makes in the register."""
    return Publisher(
        id=fact.publisher_id,
        name=fact.name,
        sources=fact.sources,
        types=fact.types,
        key=fact.key,
        others=fact.others or (),
        backdates=BACKDATED_DAYS if fact.backdates is None else fact.backdates,
    )
