"""Cards as they are listed and counted, asked of the store in memory and the one in PostgreSQL."""

from datetime import UTC, date, datetime

import pytest

from services.metrics.ports.readings import AlertOrder, AlertRead, AlertsSought
from shared.contracts.supervision.course import STANDING, AlertState
from shared.contracts.supervision.words import AlertLevel
from tests.support import way_of_a_case as way
from tests.support.metrics_store import FACTS, LAST, Store, received
from tests.support.organisations import STREET

OURS = way.RECEIVED.data.handling_org.org_code
"""The organisation of the case whose way is told."""


@pytest.mark.parametrize("order", AlertOrder)
async def test_alerts_are_read_page_by_page_in_either_order(
    store: Store, order: AlertOrder
) -> None:
    await store.fold(*FACTS[:3], received("XC9", "2024-09-03", STREET))
    await store.tick()
    first = {AlertOrder.NEWEST: datetime(9999, 1, 1, tzinfo=UTC), AlertOrder.DUE: date.min}[order]
    wanted = AlertsSought(
        (first, LAST if order is AlertOrder.NEWEST else ""),
        STANDING,
        None,
        None,
        None,
        9,
        begins="XC",
        due_from=date(2024, 9, 1),
        due_to=date(2024, 12, 1),
        order=order,
    )
    whole = await store.readings.alerts(wanted)
    pages, behind = list[AlertRead](), wanted.behind
    while page := await store.readings.alerts(wanted._replace(behind=behind, rows_max=1)):
        pages += page
        behind = page[-1].place(order)
    places = [one.place(order) for one in whole]

    assert pages == whole
    assert len(whole) == 3
    assert places == sorted(places, reverse=order is AlertOrder.NEWEST)


async def test_cards_are_counted_by_limit_level_and_organisation(store: Store) -> None:
    await store.fold(*FACTS[:3], received("XC9", "2024-09-03", STREET))
    await store.tick()

    assert sorted(await store.readings.cards()) == [
        ("SLA-01", AlertLevel.RED, STREET, 1),
        ("SLA-04", AlertLevel.RED, OURS, 1),
        ("SLA-05", AlertLevel.RED, OURS, 1),
    ]


@pytest.mark.parametrize(
    "narrowed",
    [
        {"level": AlertLevel.YELLOW},
        {"case_no": "XC9"},
        {"sla": "SLA-01"},
        {"states": [AlertState.REVOKED]},
        {"behind": (datetime(2024, 9, 1, tzinfo=UTC), LAST)},
        {"begins": "%"},
        {"begins": way.CASE[1:]},
        {"organisation": STREET},
        {"due_from": date(2024, 12, 1)},
        {"due_to": date(2024, 9, 1)},
        {"order": AlertOrder.DUE, "behind": (date(2024, 12, 1), LAST)},
    ],
    ids=str,
)
async def test_alerts_are_narrowed(store: Store, narrowed: dict[str, object]) -> None:
    await store.fold(*FACTS[:3])
    await store.tick()
    wanted = AlertsSought((datetime(9999, 1, 1, tzinfo=UTC), LAST), STANDING, None, None, None, 9)

    assert await store.readings.alerts(wanted._replace(**narrowed)) == []  # type: ignore[arg-type]  # named as they are
