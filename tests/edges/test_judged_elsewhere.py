"""What a supervisor has found out of a rating or a task counts where commands are decided."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from services.assist.app import Assist
from services.review.app import Review
from shared.contracts.assist.facts import AssistDeclined, AssistRequested
from shared.contracts.envelope import Event, Fact
from shared.contracts.registry import Owner, encode
from shared.contracts.review.facts import AppealFiled, RatingPosted
from shared.contracts.supervision.facts import FactConfirmed, FactRejected
from shared.kafka.port import Record
from shared.policy.calendar import ZONE
from shared.web.auth import Role
from tests.support.examples import like_the_example
from tests.support.facts import SUPERVISION
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU, org

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOLD_AT = datetime(2024, 9, 13, 10, tzinfo=ZONE)
SOURCE = "urn:xincheng:hall-terminal:t7"
Hear = Callable[[Record], Awaitable[None]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def review(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenService[Review]]:
    async with open_service(Review, tmp_path_factory.mktemp("review"), "review") as desk:
        yield desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def assist(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OpenService[Assist]]:
    async with open_service(Assist, tmp_path_factory.mktemp("assist"), "assist") as centre:
        yield centre


async def told(hear: Hear, fact: Fact, number: int, publisher: str, key: str) -> None:
    """Let the service hear of intake what *publisher* has told it."""
    event = Event.of(
        fact,
        id=f"t-{number}",
        source=SOURCE,
        time=TOLD_AT,
        sequence=str(number),
        publisher=publisher,
        partitionkey=key,
    )
    await hear(Record(Owner.INTAKE.topic, key.encode(), encode(event)))


async def judged(hear: Hear, kind: type[Fact], number: int, key: str) -> None:
    """Let it hear what a supervisor says of the fact of that number."""
    said = kind.model_validate(
        {"fact_id": f"t-{number}", "fact_source": SOURCE, "by": "st-0301", "reason": "已核对"}
    )
    event = Event.of(
        said,
        id=f"{kind.__name__}-{number}",
        source=SUPERVISION,
        time=TOLD_AT + timedelta(hours=2),
        partitionkey=key,
    )
    await hear(Record(Owner.SUPERVISION.topic, key.encode(), encode(event)))


async def test_an_appeal_that_a_stranger_claims_stands_in_nobodys_way_until_it_is_confirmed(
    review: OpenService[Review],
) -> None:
    review.forget()
    hear = review.service.ratings.handle
    rating = like_the_example(RatingPosted, rated_org=org(BUREAU), level="DISSATISFIED")
    assert isinstance(rating, RatingPosted)
    key = rating.case_no or rating.review_id
    appeal = like_the_example(AppealFiled, review_id=rating.review_id)
    await told(hear, rating, 1, "hotline", key)
    await told(hear, appeal, 2, "hall-terminal", key)
    await judged(hear, FactConfirmed, 2, key)
    body = {"ground": "MISTAKEN", "evidence": []}

    async def file() -> tuple[int, str | None]:
        path = f"/v1/ratings/{rating.review_id}/appeals"
        answer = await review.command(Role.HANDLER, path, body)
        return answer.status_code, answer.json().get("code")

    confirmed = await file()
    await judged(hear, FactRejected, 2, key)

    assert (confirmed, await file()) == ((409, "appeal_already_filed"), (201, None))


async def test_a_refusal_of_a_task_counts_once_it_is_confirmed(
    assist: OpenService[Assist],
) -> None:
    assist.forget()
    hear = assist.service.foreign_tasks.handle
    task = like_the_example(AssistRequested)
    key = task.subject
    await told(hear, task, 1, "hotline", key)
    await told(
        hear, like_the_example(AssistDeclined, task_id=task.subject), 2, "hall-terminal", key
    )
    await judged(hear, FactConfirmed, 2, key)
    body = {"reason": "不属帮办范围"}

    async def refuse() -> tuple[int, str | None]:
        path = f"/v1/tasks/{task.subject}/refusal"
        answer = await assist.command(Role.DIRECTOR, path, body)
        return answer.status_code, answer.json().get("code")

    confirmed = await refuse()
    await judged(hear, FactRejected, 2, key)

    assert (confirmed, await refuse()) == ((409, "task_already_answered"), (201, None))
