"""What a publisher may say of time: instants of RFC 3339, and days that can be meant."""

from datetime import date, datetime
from typing import Any

import pytest

from shared.contracts.documents import write
from shared.contracts.envelope import moments_of
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS, Owner, decode, owner_of
from tests.support.foreign_facts import foreign
from tests.support.intake_service import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNSET = ("0001-01-01", "1753-01-01", "1900-01-01", "1970-01-01", "2099-12-31", "9999-12-31")
SAID = [
    (kind, name, "{}T09:00:00+08:00" if isinstance(moment, datetime) else "{}")
    for kind in FACTS
    if owner_of(kind) is not Owner.SUPERVISION
    for name, moment in moments_of(decode(write(example_of(kind))).data)
]
"""Every field that holds a day or an instant, of every fact that others may publish."""


async def refusal(hall: Hall, document: dict[str, Any]) -> tuple[int, str, str]:
    """Return status, code and field of the answer, when nothing was stored."""
    answer = await hall.publish(write(document))
    assert list(hall.store.published(0, 1)) == []
    told = answer.json()
    return answer.status_code, told["code"], told.get("field", "")


@pytest.mark.parametrize(
    "time", ["20260302", "0", "2026-03-02T09:00+08:00", *(f"{day}T12:00:00Z" for day in UNSET[:4])]
)
async def test_a_time_that_is_none_is_refused(hall: Hall, time: str) -> None:
    assert await refusal(hall, foreign(time=time)) == (422, "invalid_attribute", "time")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59Z"])
async def test_a_time_without_a_date_somewhere_is_refused(hall: Hall, time: str) -> None:
    assert await refusal(hall, foreign(time=time)) == (422, "invalid_attribute", "time")


@pytest.mark.parametrize("day", [*UNSET, "0", "20260302"])
@pytest.mark.parametrize(("kind", "name", "form"), SAID)
async def test_a_day_that_is_none_is_refused_wherever_a_fact_says_one(
    hall: Hall, kind: str, name: str, form: str, day: str
) -> None:
    example = foreign(kind.removeprefix("casetrack.").removesuffix(".v1"))
    status, code, field = await refusal(
        hall, {**example, "data": {**example["data"], name: form.format(day)}}
    )

    assert (status, code, field) == (422, "invalid_data", f"data.{name}")


async def test_the_first_and_the_last_day_are_let_in(hall: Hall) -> None:
    for number, day in enumerate((date(1990, 1, 1), date(2098, 12, 31))):
        data = {**foreign()["data"], "received_date": str(day)}
        answer = await hall.publish(write(foreign(id=f"edge-{number}", data=data)))
        assert answer.status_code == 202, answer.text
