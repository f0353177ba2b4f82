"""The measures of a bureau at work: what is declared is told, and nothing is told about anybody."""

import json
import re
from collections.abc import Iterator

import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client.parser import text_string_to_metric_families

from deploy.stack.journal import last_record
from shared.contracts.registry import INBOX
from shared.runtime.measures import CATALOGUE, OF_THE_LIBRARY, Scraped, told_by
from shared.web.auth import Role
from tests.support.eventually import eventually
from tests.support.five_facts import FIVE_FACTS, errand, receive
from tests.support.ports import free_port
from tests.support.standing_bureau import READ_SECONDS_MAX, StandingBureau, standing_bureau

# A card about a referral comes at midnight.
pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("today")]

TOLD_SECONDS_MAX = 60.0
NEEDS_MORE = {
    "casetrack_alerts_raised_total": "a deadline that has come",
    "casetrack_certificate_expires_timestamp_seconds": "servers that ask for certificates",
}
"""What this bureau has nothing to say of, and why."""
SPELLED_OUT = re.compile(r"[0-9]{8}")
"""A case number, and every number that names a person, has more digits in a row than this."""
Shown = dict[str, dict[str, list[dict[str, str]]]]
"""The labels of each sample, by measure, by process."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingBureau]:
    home = tmp_path_factory.mktemp("measured")
    profile = home / "deliveries.json"
    channel = {"kind": "webhook", "url": f"https://localhost:{free_port()}/hook"}
    told = {"channels": {"oa": channel}, "routes": [{"channel": "oa"}]}
    profile.write_text(json.dumps(told), encoding="utf-8")
    with standing_bureau(
        home / "home",
        CASETRACK_PROBES="true",
        CASETRACK_CHECKPOINT_KEY=str(home / "checkpoints.pem"),
        CHECKPOINTS_BACKUPS=str(home / "backups"),
        METRICS_DELIVERIES=str(profile),
        METRICS_DELIVERY_HOSTS="localhost",
        METRICS_DELIVERY_NETWORKS="127.0.0.0/8,::1/128",
        METRICS_CHANNEL_OA_SECRET="whsec_" + "QUFB" * 8,
    ) as standing:
        yield standing


async def test_every_process_tells_what_is_declared_and_nothing_about_anybody(
    measured: StandingBureau,
) -> None:
    stack = last_record(measured.settings.places.state)
    assert stack is not None
    async with measured.counters() as counters, measured.watched():
        one = errand(counters)
        await receive(one)
        for fact in FIVE_FACTS:
            await measured.publish(fact.foreign())
        await write_what_nobody_understands(stack.kafka, one.name)
        await knock_unknown(measured)

        async def all_told() -> bool:
            told = {name for shown in (await scraped(measured)).values() for name in shown}
            declared = {*CATALOGUE, *(one.name for one in OF_THE_LIBRARY)}
            return declared - told == NEEDS_MORE.keys()

        await eventually(all_told, within=TOLD_SECONDS_MAX)
        shown = await scraped(measured)

    strangers = {
        (process, name)
        for process, families in shown.items()
        for name in families
        if name not in {declared.name for declared in told_by(kind(process))}
    }
    words = {
        word
        for families in shown.values()
        for samples in families.values()
        for labels in samples
        for word in labels.values()
    }
    assert strangers == set()
    assert {word for word in words if SPELLED_OUT.search(word) or one.name in word} == set()


def kind(part: str) -> Scraped:
    """Return what the part *part* of the local stack is."""
    return Scraped(re.sub(r"-[0-9]+$", "", part))


async def scraped(bureau: StandingBureau) -> Shown:
    bearer = {"authorization": f"Bearer {bureau.token(Role.OPS)}"}
    shown: Shown = {}
    async with httpx2.AsyncClient(
        trust_env=False, headers=bearer, timeout=READ_SECONDS_MAX
    ) as client:
        for part, address in bureau.probes.items():
            text = (await client.get(f"{address}/metrics")).raise_for_status().text
            shown[part] = {
                family.name + ("_total" if family.type == "counter" else ""): [
                    dict(sample.labels) for sample in family.samples
                ]
                for family in text_string_to_metric_families(text)
                if family.samples
            }
    return shown


async def write_what_nobody_understands(kafka: str, case_no: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    await producer.send_and_wait(INBOX, b"{" + case_no.encode(), case_no.encode())
    await producer.stop()


async def knock_unknown(bureau: StandingBureau) -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=READ_SECONDS_MAX) as client:
        for address in bureau.probes.values():
            await client.get(f"{address}/metrics")
