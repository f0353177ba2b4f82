"""The law by which the rulebook is checked: what is shipped, unless somebody broke it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from services.intake.domain.case.commands import AnyCommand
from services.intake.domain.case.decide import decide
from services.intake.domain.case.states import INITIAL, Case, evolve
from services.metrics.domain.clocks import measure
from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from shared.contracts.envelope import Fact
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.publishing import example_of
from shared.contracts.rejection import Rejection
from shared.policy.rules import Rules, shipped
from tests.support.decider import DeciderSpec
from tests.support.examples import ACCEPTED
from tests.support.running import at
from tests.support.way_of_a_case import CASE

Card = tuple[str, datetime, datetime | None]
Check = Callable[[], None]


@dataclass
class Law:
    """What is in force."""

    rules: Rules = field(default_factory=shipped)

    def amend(self, **parts: object) -> None:
        """Lay down another policy with *parts*."""
        policy = self.rules.policy_on(date.max).amended(**parts)
        self.rules = replace(self.rules, policies=((date.min, policy),))


LAW = Law()
CHECKS: dict[str, Check] = {}
"""By the name of the rule, what shows that it holds."""
TEXTS: dict[str, str] = {}
"""By the name of the rule, what it says."""

story = DeciderSpec[Case, AnyCommand](initial=INITIAL, decide=decide, evolve=evolve)


def rule(name: str, text: str) -> Callable[[Check], Check]:
    """Enter a check into the rulebook."""

    def enter(check: Check) -> Check:
        assert name not in CHECKS, name
        CHECKS[name], TEXTS[name] = check, text
        return check

    return enter


def forget() -> None:
    """Forget what was counted under another law."""
    measure._by_day.cache_clear()  # noqa: SLF001 - what it remembers is of no law in particular
    measure.hall_of.cache_clear()


def running(*entries: Entry) -> dict[str, Clock]:
    """Return the last clock of each limit that *entries* set running."""
    clocks = clocks_of(fold_all(CASE, entries), LAW.rules)
    return {clock.sla.id: clock for clock in clocks}


def cards(clock: Clock) -> list[Card]:
    return [(one.level.value, one.raised_at, one.over_at) for one in expected(clock)]


def first(clock: Clock, level: str) -> datetime | None:
    """Return when the first card of *level* is due."""
    return next((at for name, at, _ in cards(clock) if name == level), None)


def answer(state: DeciderSpec[Case, AnyCommand], command: AnyCommand) -> Fact | str:
    """Return the fact with which intake grants *command*, else why there is none."""
    try:
        (fact,) = state.when(command).facts()
    except Rejection as refusal:
        return refusal.code
    except ValueError:
        return "no such fact"
    return fact


def accepted(when: str, **words: object) -> Entry:
    """Return an acceptance of our case, effective on its day unless said otherwise."""
    case = {
        **ACCEPTED["data"]["case"],
        "case_no": CASE,
        "case_type": words.pop("type", "COMMITTED"),
    }
    said = {"effective_date": when[:10], "forward_up": None, **words}
    return at(when, ApplicationAccepted, case=case, **said)


def said(kind: type[Fact]) -> dict[str, Any]:
    """Return what the published example of a fact says."""
    return dict(example_of(kind.TYPE)["data"])


def taken(kind: type[Fact], data: Mapping[str, Any]) -> bool:
    """Say whether a fact of *kind* may say *data*."""
    try:
        kind.model_validate(data)
    except ValueError:
        return False
    return True
