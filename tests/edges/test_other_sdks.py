"""What the official SDKs of CloudEvents send is taken, in both modes and by both doors."""

import pytest

from services.intake.consumer import reading
from services.intake.handlers.gateway import Status
from shared.contracts.registry import INBOX
from shared.kafka.port import Record
from shared.web.auth import Role
from tests.support.intake_service import Hall
from tests.support.wire_forms import SDKS, Form

WAYS = ("http structured", "http binary", "kafka structured", "kafka binary")

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sent(hall: Hall, way: str, form: Form) -> str:
    """Send *form* by its *way*; return what became of it, or why it was refused."""
    if way.startswith("kafka"):
        key = form.key.encode() if form.key else None
        record = Record(INBOX, key, form.body, _encoded(form))
        judgement = await hall.service.gateway.take(reading(record), None)
        return judgement.detail or judgement.status
    headers = [*hall.token(Role.PUBLISHER, "trial").items(), *form.headers]
    answer = await hall.client.post("/v1/events", content=form.body, headers=headers)
    return str(answer.json().get("status", answer.text))


def _encoded(form: Form) -> tuple[tuple[str, bytes], ...]:
    return tuple(
        (name, value.encode() if isinstance(value, str) else value) for name, value in form.headers
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("sdk", SDKS)
async def test_it_is_accepted_once_and_then_a_duplicate(hall: Hall, sdk: str, way: str) -> None:
    form = dict(SDKS[sdk]())[way]

    assert [await sent(hall, way, form) for _ in range(2)] == [Status.ACCEPTED, Status.DUPLICATE]


async def test_a_batch_of_what_they_all_write_is_one_event_and_its_repetitions(hall: Hall) -> None:
    bodies = [dict(forms())["http structured"].body for forms in SDKS.values()]

    answer = await hall.publish(
        b"[" + b",".join(bodies) + b"]", "application/cloudevents-batch+json; charset=utf-8"
    )

    statuses = [one["status"] for one in answer.json()]
    assert statuses == ["accepted", *["duplicate"] * (len(SDKS) - 1)]


async def test_whoever_sends_it_again_and_how_it_is_one_event(hall: Hall) -> None:
    forms = [(sdk, way, form) for sdk, forms in SDKS.items() for way, form in forms()]

    told = {(sdk, way): await sent(hall, way, form) for sdk, way, form in forms}

    assert {key: status for key, status in told.items() if status != Status.DUPLICATE} == {
        ("Java", "http structured"): Status.ACCEPTED
    }
    assert len(hall.store.published(0, 2)) == 1
