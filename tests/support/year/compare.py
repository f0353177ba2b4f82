"""Where a clock of ours is not what the porter counts, and where an explanation is not enough."""

import importlib.util
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from msgspec import json as wire

from services.metrics.domain.clocks.clock import Clock
from services.metrics.domain.clocks.deadline import expected
from services.metrics.domain.clocks.run import ClockKey
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import clocks_of
from services.metrics.domain.reasons.explanation import Raised, explain
from shared.contracts.envelope import Event
from shared.policy.rules import Rules
from shared.policy.sla import PROFILE
from shared.policy.supervision import SupervisionProfile
from tests.support.year.porter import Porter
from tests.support.year.rows import Reading, documents

CHECKER = Path(__file__).parents[2] / "checker" / "due_dates.py"
LATER = (600, 14_400, 144_000)
"""How many minutes behind its start a clock may be looked at."""


def ours(key: str, events: Sequence[Event], rules: Rules) -> dict[ClockKey, Clock]:
    dossier = fold_all(key, [Entry.of(one) for one in events])
    return {clock.key: clock for clock in clocks_of(dossier, rules)}


def theirs(
    key: str,
    events: Sequence[Event],
    profile: str = PROFILE,
    supervision: SupervisionProfile = SupervisionProfile.DEFAULT,
    stationed: Collection[str] = (),
) -> dict[ClockKey, Porter]:
    """Return what the porter finds by the rows of *profile*, in the colours of *supervision*."""
    bureau = documents(profile)[2]
    told = [Entry.of(one) for one in events]
    runs = Reading(key, told, profile, supervision, stationed).runs()
    return {
        ClockKey(key, ran.subject, ran.row["id"], ran.number): Porter(ran, bureau) for ran in runs
    }


def looks(clock: Clock) -> list[datetime]:
    """Return when somebody looks at *clock*."""
    chance = Random(str(clock.key))  # noqa: S311 - a story, no secret
    return [clock.run.started_at + timedelta(minutes=chance.randrange(later)) for later in LATER]


def differences(clock: Clock, porter: Porter) -> Iterator[tuple[object, ...]]:
    """Yield what *clock* says otherwise than *porter* counts: what, ours, and theirs."""
    found = [(one.level.value, one.raised_at, one.over_at) for one in expected(clock)]
    pairs: list[tuple[str, object, object]] = [
        ("ends", (clock.due, clock.due_at, clock.near_at), tuple(porter.end)),
        ("limit", clock.limit, porter.limits[-1][1]),
        ("cards", found, [tuple(one) for one in porter.cards()]),
    ]
    for at in looks(clock):
        pairs += [
            (f"consumed at {at}", clock.consumed(at), porter.consumed(at)),
            (f"left at {at}", clock.left(at), porter.left(at)),
            (f"overdue at {at}", clock.overdue(at), porter.overdue(at)),
        ]
    yield from ((clock.key, *pair) for pair in pairs if pair[1] != pair[2])


def in_two_readings(
    key: str,
    events: Sequence[Event],
    rules: Rules,
    supervision: SupervisionProfile = SupervisionProfile.DEFAULT,
    stationed: Collection[str] = (),
) -> Iterator[tuple[object, ...]]:
    """Yield every difference of one dossier; *stationed* are the items that guides call so."""
    mine = ours(key, events, rules)
    porters = theirs(key, events, supervision=supervision, stationed=stationed)
    yield from (("runs on one side only", one) for one in mine.keys() ^ porters.keys())
    for one in mine.keys() & porters.keys():
        yield from differences(mine[one], porters[one])


def explained(clock: Clock) -> Iterator[dict[str, Any]]:
    """Yield how *clock* and each of its cards is explained, as a reader gets it."""
    told = [explain(clock, at) for at in looks(clock)]
    told += [
        explain(clock, card.raised_at, Raised(card.level, card.raised_at, 0))
        for card in expected(clock)
    ]
    yield from (json.loads(wire.encode(one)) for one in told)


def checker() -> Any:  # noqa: ANN401 - a program of somebody else's
    """Return the checker, which is no module of ours."""
    spec = importlib.util.spec_from_file_location("due_dates", CHECKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
