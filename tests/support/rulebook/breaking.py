"""How somebody breaks a rule: another row, another calendar, other words, another function."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from pydantic import create_model

from services.intake.domain.case import decide as deciding
from shared.contracts.envelope import Fact
from shared.policy.calendar import WorkCalendar
from shared.policy.limits import Limit
from tests.support.rulebook.law import LAW

Breaks = Callable[[pytest.MonkeyPatch], None]


class Mutant(NamedTuple):
    """A rule, what somebody made of it, and how."""

    rule: str
    name: str
    breaks: Breaks


def row(name: str, **changes: object) -> Breaks:
    """Change the row *name* of the limits; None takes a part of it away."""

    def breaks(_: pytest.MonkeyPatch) -> None:
        limits = LAW.rules.policy_on(date.max).limits
        LAW.amend(limits=tuple(_changed(one, changes) if one.id == name else one for one in limits))

    return breaks


def _changed(limit: Limit, changes: Mapping[str, object]) -> Limit:
    row = {**limit.model_dump(mode="json", exclude_none=True), **changes}
    return Limit.model_validate({part: word for part, word in row.items() if word is not None})


def pause(reason: str, clock_name: str, **permission: object) -> Breaks:
    """Permit *reason* to stop a clock otherwise; nothing permits nothing."""

    def breaks(_: pytest.MonkeyPatch) -> None:
        pauses = []
        for one in LAW.rules.policy_on(date.max).pauses:
            rule = one.model_dump(mode="json", exclude_none=True)
            if one.reason == reason:
                rule["clocks"].pop(clock_name)
                rule["clocks"] |= {clock_name: permission} if permission else {}
            pauses.append(type(one).model_validate(rule))
        LAW.amend(pauses=tuple(pauses))

    return breaks


def days(*, off: Iterable[str] = (), on: Iterable[str] = ()) -> Breaks:
    """Have a calendar with other days."""

    def breaks(_: pytest.MonkeyPatch) -> None:
        known = LAW.rules.calendar
        changed = {date.fromisoformat(day): "" for day in (*off, *on)}
        for year in {day.year for day in changed}:
            first = date(year, 1, 1)
            of_year = {day: known.kind(day) for day in (first + timedelta(n) for n in range(366))}
            kinds: dict[str, dict[date, str]] = {"day_off": {}, "make_up": {}}
            for day, what in of_year.items():
                if what.kind in kinds and day.year == year and day not in changed:
                    kinds[what.kind][day] = what.name
            kinds["day_off"] |= {day: "" for day in changed if day.isoformat() in off}
            kinds["make_up"] |= {day: "" for day in changed if day.isoformat() in on}
            known = known.published([year], kinds["day_off"], kinds["make_up"])
        LAW.rules = replace(LAW.rules, calendar=known)

    return breaks


def instead(where: Any, name: str, value: object) -> Breaks:  # noqa: ANN401 - a module or a class
    return lambda patch: patch.setattr(where, name, value)


def lenient(where: ModuleType, name: str, *, left_out: bool = True, **fields: object) -> Breaks:
    """Let a fact say anything, or nothing, in some fields."""

    def breaks(patch: pytest.MonkeyPatch) -> None:
        loose: dict[str, Any] = dict.fromkeys(fields, (Any, None if left_out else ...))
        patch.setattr(where, name, create_model(name, __base__=getattr(where, name), **loose))

    return breaks


def granting(command: type[Any], day: str | None = None) -> Breaks:
    """Let intake grant *command*, on its *day*, whatever is against it."""

    def grant(_: object, asked: Any) -> Fact:  # noqa: ANN401 - any command
        fact: Fact = asked.stated(**({} if day is None else {day: asked.on}))
        return fact

    return lambda patch: patch.setitem(deciding.RULES, command, grant)


def together(*several: Breaks) -> Breaks:
    def breaks(patch: pytest.MonkeyPatch) -> None:
        for one in several:
            one(patch)

    return breaks


def plain_weeks(_: pytest.MonkeyPatch) -> None:
    """Know of no notice what it says."""
    known = LAW.rules.calendar
    LAW.rules = replace(LAW.rules, calendar=WorkCalendar(known.official_years, {}))
