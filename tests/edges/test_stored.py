"""What enters the event store can be read again; what once entered otherwise harms nobody else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog

from shared.eventstore.port import STUCK_SECONDS
from shared.runtime.auth import Role
from tests.edges.test_intake_commands import ACCEPTANCE, APPLICATION, PAPER, received
from tests.support.intake_service import Hall, hall_in_memory

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hall]:
    async with hall_in_memory(tmp_path_factory.mktemp("keys")) as hall:
        yield hall


@pytest.fixture
def hall(running: Hall) -> Hall:
    running.forget()
    return running


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {**APPLICATION, "item_name": "x\0y"}, "item_name"),
        (
            "",
            {**APPLICATION, "party": {**APPLICATION["party"], "party_token": "\0"}},
            "party.party_token",
        ),
        (
            "/{no}/acceptance",
            {**ACCEPTANCE, "accept_doc": {**PAPER, "doc_no": "\0"}},
            "accept_doc.doc_no",
        ),
        ("/{no}%00/acceptance", ACCEPTANCE, "case_no"),
    ],
)
async def test_a_text_that_nobody_could_read_again_is_refused_where_it_enters(
    hall: Hall, path: str, body: dict[str, Any], field: str
) -> None:
    no = await received(hall)

    answer = await hall.command(Role.WINDOW_CLERK, "/v1/cases" + path.format(no=no), body)
    later = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{no}/acceptance", ACCEPTANCE)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (field, "forbidden_character")
    ]
    assert later.status_code == 201


async def test_a_history_that_cannot_be_read_is_no_accident_and_harms_no_other(hall: Hall) -> None:
    spoilt, sound = await received(hall), await received(hall)
    bodies = vars(hall.store)["_bodies"][f"case-{spoilt}"]
    bodies[0] = bodies[0].replace("食品经营许可".encode(), b"x\\u0000y")

    with structlog.testing.capture_logs() as logs:
        answer = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{spoilt}/acceptance", ACCEPTANCE)
    other = await hall.command(Role.WINDOW_CLERK, f"/v1/cases/{sound}/acceptance", ACCEPTANCE)

    assert (answer.status_code, answer.json()["code"]) == (409, "history_unreadable")
    assert [(one["stream"], one["version"]) for one in logs if one["log_level"] == "error"] == [
        (f"case-{spoilt}", 1)
    ]
    assert other.status_code == 201


async def test_it_accepts_while_the_outbox_is_stuck_and_says_so(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waiting_seconds() -> float:
        return STUCK_SECONDS + 1

    monkeypatch.setattr(hall.store, "waiting_seconds", waiting_seconds)
    answer = await hall.client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "behind": ["outbox"]}
