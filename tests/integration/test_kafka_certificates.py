"""A broker that knows its users by certificates: no password, and the same rights."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from deploy.principals import USERS, publisher_user
from deploy.topics import prepare_topics
from shared.contracts.registry import INBOX, inbox_of
from shared.kafka.access import KafkaAccess
from shared.kafka.entrance import AccessRefused, require_access
from shared.kafka.port import Record, SendUnknown
from shared.kafka.producer import KafkaProducer
from shared.runtime.refused import Distrust
from tests.support.certificates import Authority
from tests.support.locked import LockedKafka, locked_kafka

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLISHERS = ("tax", "health")
TAX, HEALTH = map(publisher_user, PUBLISHERS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kafka() -> AsyncIterator[LockedKafka]:
    folder = Path(tempfile.mkdtemp(prefix="casetrack-certificates-"))
    async with locked_kafka(folder, by_certificate=True) as broker:
        await prepare_topics(broker.keeper, 1, PUBLISHERS)
        await broker.admit(dict.fromkeys((*USERS, TAX, HEALTH), ""))
        yield broker
    shutil.rmtree(folder)


async def write_as(access: KafkaAccess, topic: str) -> None:
    async with KafkaProducer(access) as producer:
        await producer.send([Record(topic, b"a", b"b")])


async def test_a_certificate_opens_the_inbox_of_whom_it_names(kafka: LockedKafka) -> None:
    for publisher, user in zip(PUBLISHERS, (TAX, HEALTH), strict=True):
        await write_as(kafka.shown(user), inbox_of(publisher))


@pytest.mark.parametrize(
    ("user", "topic"),
    [
        (TAX, inbox_of("health")),
        (HEALTH, inbox_of("tax")),
        (TAX, INBOX),
        (publisher_user("nobody"), inbox_of("tax")),
    ],
)
async def test_and_no_other(kafka: LockedKafka, user: str, topic: str) -> None:
    with pytest.raises(SendUnknown, match="AuthorizationFailed"):
        await write_as(kafka.shown(user), topic)


async def test_who_shows_no_certificate_of_the_signer_s_is_not_let_in(
    kafka: LockedKafka, tmp_path: Path
) -> None:
    """A name is worth what its signer is: whoever signs for himself is nobody."""
    forged = Authority(tmp_path, "thief").issue(TAX).both
    for certificate in (None, forged):
        with pytest.raises(AccessRefused) as refused:
            await require_access(replace(kafka.keeper, certificate=certificate))

        assert refused.value.distrust is Distrust.OUR_CERTIFICATE_REFUSED
