"""What another system says of a case of ours stands in nobody's way, unless it is confirmed."""

from functools import partial
from typing import Any

import pytest

from shared.contracts.documents import write
from shared.contracts.envelope import Event, Fact
from shared.contracts.registry import Owner, encode
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.kafka.port import Record
from shared.web.auth import Role
from tests.edges.test_intake_commands import ACCEPTANCE, DECISION, STEP, received
from tests.support.facts import SUPERVISION
from tests.support.foreign_facts import SOURCE, foreign
from tests.support.intake_service import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def examined(hall: Hall) -> str:
    """Return the number of a case that we examine, and that a terminal says is decided."""
    no = await received(hall)
    for role, path, body in (
        (Role.WINDOW_CLERK, "acceptance", ACCEPTANCE),
        (Role.HANDLER, "steps", STEP),
    ):
        assert (await hall.command(role, f"/v1/cases/{no}/{path}", body)).status_code == 201
    told: dict[str, Any] = foreign("handling.decision.made", id="d-1", subject=no, partitionkey=no)
    told["data"] = {**told["data"], "case_no": no}
    assert (await hall.publish(write(told), publisher="hall-terminal")).status_code == 202
    return no


async def hear(hall: Hall, kind: type[Fact], no: str) -> None:
    """Let intake hear what a supervisor says of the terminal's decision."""
    said = kind.model_validate(
        {"fact_id": "d-1", "fact_source": SOURCE, "by": "st-0301", "reason": "已核对"}
    )
    now = hall.clock.now()
    event = Event.of(said, id=f"{kind.TYPE}-{no}", source=SUPERVISION, time=now, partitionkey=no)
    topic = Owner.SUPERVISION.topic
    await hall.service.inbox.handle(Record(topic, no.encode(), encode(event), ()))


async def test_a_decision_that_a_terminal_claims_keeps_nobody_from_deciding(hall: Hall) -> None:
    no = await examined(hall)

    answer = await hall.command(Role.APPROVER, f"/v1/cases/{no}/decision", DECISION)

    assert answer.status_code == 201, answer.text


async def test_once_it_is_confirmed_the_case_is_decided_for_us_too(hall: Hall) -> None:
    no = await examined(hall)
    decide = partial(hall.command, Role.APPROVER, f"/v1/cases/{no}/decision", DECISION)

    await hear(hall, FactConfirmed, no)
    assert (await decide()).json()["code"] == "case_not_under_way"

    await hear(hall, FactRejected, no)
    assert (await decide()).status_code == 201
