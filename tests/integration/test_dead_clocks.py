"""Every limit that runs is armed: what is found otherwise is armed, and told."""

from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from services.metrics.domain.clocks.run import ClockKey
from services.metrics.handlers import going_round
from services.metrics.handlers.going_round import REST, GoingRound
from services.metrics.ports.clock_rounds import RoundsSoFar
from services.metrics.ports.readings import AlertsSought
from shared.contracts.supervision.course import AlertState
from shared.policy.rules import Editions
from shared.runtime.measures import DEAD_CLOCKS_FOUND
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, LAST, RULES, Store, opened, received
from tests.support.rows import RoleDsn

DEAD = ClockKey(way.CASE, way.CASE, "SLA-04", 0)
DISARM = "UPDATE metrics.clocks SET next_at = NULL WHERE sla = 'SLA-04'"
LOSE = "DELETE FROM metrics.clocks WHERE sla = 'SLA-04'"
PUT_OFF = "UPDATE metrics.clocks SET next_at = now() + interval '1 year' WHERE sla = 'SLA-04'"
GONE = "SELECT bool_and(gone) FROM metrics.clocks WHERE sla = 'SLA-04'"
IN_TIME = way.event(way.DECIDED.data, 30, identity="decided-in-time")
ARMED = "SELECT next_at FROM metrics.clocks WHERE sla = 'SLA-04'"


def going_round_over(store: Store) -> GoingRound:
    return GoingRound(store.clock_rounds, Editions(RULES), store.clock)


async def look(store: Store, going_round: GoingRound) -> int:
    store.clock.advance(REST)
    return await going_round.look(store.clock.now())


async def said(store: Store) -> int:
    at = store.clock.now() + timedelta(days=1)
    return len(
        await store.readings.alerts(
            AlertsSought((at, LAST), tuple(AlertState), None, None, None, 100)
        )
    )


@pytest.mark.parametrize("broken", [DISARM, LOSE, PUT_OFF], ids=["disarmed", "lost", "put off"])
async def test_what_nobody_would_look_at_is_armed_and_told(
    role_dsn: RoleDsn, superuser: asyncpg.Connection, broken: str
) -> None:
    async with opened("postgres", role_dsn) as store:
        await store.fold(*FACTS[:3])
        before = await superuser.fetchval(ARMED)
        await superuser.execute(broken)
        counted = DEAD_CLOCKS_FOUND._value.get()  # noqa: SLF001 - the client has no other way
        going_round = going_round_over(store)
        with capture_logs() as lines:
            found = await look(store, going_round)
        again = await look(store, going_round)
        at = store.clock.now() - REST
        counted = DEAD_CLOCKS_FOUND._value.get() - counted  # noqa: SLF001 - as above

        assert (found, again, counted) == (1, 0, 1)
        assert await superuser.fetchval(ARMED) == before
        assert {"event": "clock_was_dead", "log_level": "error", **DEAD._asdict()} in lines
        assert await store.clock_rounds.rounds() == RoundsSoFar(at + REST, 1)
        assert await store.tick() == 2


async def test_what_is_armed_as_it_has_to_be_stays(store: Store) -> None:
    await store.fold(*FACTS[:3])
    going_round = going_round_over(store)
    unsaid = await look(store, going_round)
    await store.tick()
    said_of = await look(store, going_round)
    await store.fold(*FACTS[3:5])
    folded = await look(store, going_round)
    await store.tick()

    assert (unsaid, said_of, folded) == (0, 0, 0)
    assert await look(store, going_round) == 0
    assert await said(store) > 0


async def test_a_card_that_waits_to_be_withdrawn_is_no_dead_clock(
    role_dsn: RoleDsn, superuser: asyncpg.Connection
) -> None:
    async with opened("postgres", role_dsn) as store:
        await store.fold(*FACTS[:3])
        await store.tick()
        await store.fold(IN_TIME)
        found = await look(store, going_round_over(store))
        await store.tick()

        assert found == 0
        assert await superuser.fetchval(GONE) is True


async def test_a_round_goes_through_all_dossiers_and_begins_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(going_round, "DOSSIERS_PER_LOOK_MAX", 2)
    await store.fold(*(received(f"XC{number}") for number in range(5)))
    looking, ended = going_round_over(store), []
    for _ in range(6):
        await look(store, looking)
        ended.append((await store.clock_rounds.rounds()).went_round_at == store.clock.now())

    assert ended == [False, False, True, False, False, True]


async def test_of_two_who_look_one_rests(store: Store) -> None:
    await store.fold(*FACTS[:3])
    now = store.clock.now()
    first = await store.clock_rounds.take(now, REST, 10, 0)
    second = await store.clock_rounds.take(now, REST, 10, 0)

    assert first is not None
    assert [one.dossier.key for one in first.dossiers] == [way.CASE]
    assert second is None


async def test_what_another_edition_has_made_is_passed_over(store: Store) -> None:
    await store.fold(*FACTS[:3])
    look = await store.clock_rounds.take(store.clock.now(), REST, 10, edition=1)

    assert look is not None
    assert look.dossiers == []


async def test_a_dossier_that_changed_meanwhile_is_left_to_the_next_round(
    role_dsn: Callable[[str], str], superuser: asyncpg.Connection
) -> None:
    async with opened("postgres", role_dsn) as store:
        await store.fold(*FACTS[:3])
        await superuser.execute(DISARM)
        taken = await store.clock_rounds.take(store.clock.now(), REST, 10, 0)
        assert taken is not None
        dead = list(going_round._dead(taken.dossiers[0], RULES, store.clock.now()))  # noqa: SLF001 - between its halves
        await store.fold(FACTS[3])
        armed = await store.clock_rounds.settle(taken, dead, store.clock.now())

        assert len(dead) == 1
        assert armed == []
