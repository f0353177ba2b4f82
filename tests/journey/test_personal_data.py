"""People planted into everything that anybody may say, at every door: nothing of them is left."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count, cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx2
import jwt
import pytest
from aiokafka import AIOKafkaProducer

from deploy.bureau.examination import inspect
from deploy.databases import addressed
from deploy.stack.journal import StackRecord, last_record
from shared.contracts.documents import write
from shared.contracts.envelope import STANDING
from shared.contracts.registry import FACTS, INBOX
from shared.kafka.dead_letter_box import DeadLetterBox
from shared.kafka.reader import kafka_reader, places_of, stored
from shared.runtime.clock import SystemClock
from shared.web.auth import ACCESS, LOCAL_ISSUER, Role
from shared.web.keys import SigningKey
from tests.support.eventually import eventually
from tests.support.five_facts import (
    FIVE_FACTS,
    SOURCE,
    close_rectification,
    errand,
    receive,
    send_to_committee,
)
from tests.support.organisations import BUREAU
from tests.support.planted import (
    CARD,
    MOBILE,
    NUMBERS,
    PERSON,
    RESIDENT,
    planted_events,
    planted_everywhere,
)
from tests.support.standing_bureau import READ_SECONDS_MAX, StandingBureau

pytestmark = pytest.mark.timeout(400)

BATCH = 500
SETTLED_SECONDS_MAX = 60.0
SPOKEN = (*NUMBERS, PERSON)
TAKEN, CREATED = ("accepted", "duplicate"), 201
number = count(1)

Hits = Counter[tuple[str, str]]
"""How often which word was found at which place."""

LOOK = """
SELECT format('%s.%s', schemaname, tablename),
       format('SELECT count(*) FROM %I.%I AS kept WHERE kept::text ~* $1', schemaname, tablename)
  FROM pg_tables
 WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


async def test_no_number_that_names_a_person_is_left_anywhere(bureau: StandingBureau) -> None:
    stack = last_record(bureau.settings.places.state)
    assert stack is not None
    async with bureau.counters() as counters, bureau.watched() as page:
        one = errand(counters)
        for tell in (receive, send_to_committee, inspect, close_rectification):
            await tell(one)
        for fact in FIVE_FACTS:
            await bureau.publish(fact.foreign())
        async with planting(bureau) as planter:
            taken = await planter.publish()
            await planter.command()
            await planter.ask()
            await planter.sign_in()
        await write_to_the_inbox(stack.kafka)
        # What was taken has come wherever it goes.
        await bureau.at_rest()

        hits = await in_tables(bureau, stack) + await on_kafka(stack.kafka)
        hits += in_logs(bureau.settings.places.logs) + await in_measures(bureau)
        hits += found_in("page", json.dumps(page.picture, ensure_ascii=False), NUMBERS)

    assert taken == []
    assert hits == Hits()


async def test_the_scanner_sees_what_is_there(bureau: StandingBureau) -> None:
    stack = last_record(bureau.settings.places.state)
    assert stack is not None
    told = next(fact for fact in FIVE_FACTS).foreign()
    await bureau.publish({**told, "actorid": "seen-7731"})

    seen = await in_tables(bureau, stack, ("seen-7731",))

    async def on_its_topic() -> bool:
        return bool(await on_kafka(stack.kafka, ("seen-7731",)))

    assert any(place.startswith("table intake.") for place, _ in seen)
    await eventually(on_its_topic, within=SETTLED_SECONDS_MAX)


class Planter:
    """Says at every door of the bureau what nobody should say there."""

    def __init__(self, bureau: StandingBureau, client: httpx2.AsyncClient) -> None:
        self._bureau = bureau
        self._client = client
        self._words = cycle(NUMBERS)

    async def publish(self) -> list[tuple[str, str]]:
        """Send every fact with a person in each of its texts; return what was taken."""
        facts: list[tuple[str, str, dict[str, Any]]] = []
        for kind in sorted(FACTS):
            for word in (next(self._words), PERSON):
                for place, document, _ in planted_events(kind, word):
                    ours = {} if place == ("id",) else {"id": f"planted-{next(number)}"}
                    ours |= {} if place == ("source",) else {"source": SOURCE}
                    facts.append((word, ".".join(map(str, place)), {**document, **ours}))
        taken: list[tuple[str, str]] = []
        for start in range(0, len(facts), BATCH):
            some = facts[start : start + BATCH]
            answer = await self._events(
                json.dumps([fact for _, _, fact in some]),
                {"content-type": "application/cloudevents-batch+json"},
            )
            for (word, field, fact), told in zip(some, answer.json(), strict=True):
                if word != PERSON and field not in STANDING and told["status"] in TAKEN:
                    taken.append((str(fact["type"]), field))
                assert word == PERSON or word not in json.dumps(told), told
        return taken + await self._publish_one_by_one()

    async def _publish_one_by_one(self) -> list[tuple[str, str]]:
        example = FIVE_FACTS[0].foreign()
        taken = []
        for name, value in example.items():
            word = next(self._words)
            heads = {
                f"ce-{key}": quote(str(text)) for key, text in example.items() if key != "data"
            }
            data, heads = example["data"], heads | {f"ce-{name}": word, "user-agent": word}
            answer = await self._events(write(data), {**heads, "content-type": "application/json"})
            # What the data are called stands in the content type.
            if answer.status_code < 300 and name not in ("data", "datacontenttype"):
                taken.append(("binary", name))
            answer = await self._events(
                write({**example, name: word, word: value}),
                {"content-type": "application/cloudevents+json", "traceparent": word},
            )
            if answer.status_code < 300 and name != "data":
                taken.append(("structured", name))
            answer = await self._events(
                b'{"id": "%b", "id": "%b", ' % (word.encode(), PERSON.encode()),
                {"content-type": "application/cloudevents+json"},
            )
            assert answer.status_code == 400
        return taken

    async def command(self) -> None:
        """Hand in every command with a person in all of its texts, its address and its heads."""
        for service in ("intake", "assist", "review", "metrics"):
            described = await self._described(service)
            for path, methods in described["paths"].items():
                for method, operation in methods.items():
                    if method == "post" and "/events" not in path:
                        await self._command(service, path, operation, described)

    async def _command(
        self, service: str, path: str, operation: Mapping[str, Any], described: Mapping[str, Any]
    ) -> None:
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {"type": "object"})
        parts = described.get("components", {}).get("schemas", {})
        for word in (*NUMBERS, PERSON):
            fine = f"planted-{next(number)}"
            ways = ((word, fine, word), (fine, word, fine), (fine, fine, word))
            for address, key, said in ways:
                answer = await self._client.post(
                    self._at(service, _filled(path, address)),
                    json=planted_everywhere({**schema, "$defs": parts}, said),
                    headers=self._heads(word, key),
                )
                assert answer.status_code < 500, (path, answer.text)
                assert word == PERSON or word not in answer.text, (path, answer.text)
                assert word == PERSON or answer.status_code != CREATED or said == fine, path

    async def ask(self) -> None:
        """Read every address with a person in its path, its parameters and the heads."""
        for service in ("metrics", "intake"):
            described = await self._described(service)
            for path, methods in described["paths"].items():
                for word in NUMBERS if "get" in methods and path != "/v1/stream" else ():
                    named = [one["name"] for one in methods["get"].get("parameters", ())]
                    for parameters in ({}, dict.fromkeys(named, word), {word: word}):
                        answer = await self._client.get(
                            self._at(service, _filled(path, word)),
                            params=parameters,
                            headers=self._heads(word, "none"),
                        )
                        assert answer.status_code < 500, (path, answer.text)
            await self._client.get(self._at(service, f"/{RESIDENT}/{quote(PERSON)}"))

    async def sign_in(self) -> None:
        """Come as somebody whose token or ticket has a person in every claim."""
        for word in SPOKEN:
            await self._client.get(self._at("metrics", f"/sign-in?ticket={quote(word)}"))
            # By a name that an issuer gives to an account we know it; a number is none.
            account = {"sub": word} if word in NUMBERS else {}
            claims = self._token(jti=word, org=word, **account)
            heads = self._heads(word, f"planted-{next(number)}") | claims
            for address in ("/v1/freshness", "/v1/session"):
                await self._client.get(self._at("metrics", address), headers=heads)
            await self._client.post(self._at("intake", "/v1/cases"), json={}, headers=heads)

    async def _events(self, body: str | bytes, heads: Mapping[str, str]) -> httpx2.Response:
        bearer = {"authorization": f"Bearer {self._bureau.token(Role.PUBLISHER)}"}
        address = self._at("intake", "/v1/events")
        answer = await self._client.post(address, content=body, headers=_latin({**heads, **bearer}))
        assert answer.status_code < 500, answer.text
        return answer

    async def _described(self, service: str) -> dict[str, Any]:
        answer = await self._client.get(self._at(service, "/openapi.json"), headers=self._token())
        described: dict[str, Any] = answer.raise_for_status().json()
        return described

    def _at(self, service: str, path: str) -> str:
        return f"{self._bureau.addresses[service]}{path}"

    def _heads(self, word: str, key: str) -> dict[str, str]:
        heads = {"idempotency-key": key, "casetrack-window": word, "casetrack-site": word}
        more = (
            "user-agent",
            "traceparent",
            "last-event-id",
            "cookie",
            "accept-language",
            "referer",
        )
        return _latin(self._token() | heads | dict.fromkeys(more, word))

    def _token(self, **claims: str) -> dict[str, str]:
        now = int(SystemClock().now().timestamp())
        said = {
            "iss": LOCAL_ISSUER,
            "aud": ACCESS,
            "sub": "local-planter",
            "roles": [role.value for role in Role if role is not Role.PUBLISHER],
            "org": BUREAU,
            "iat": now,
            "exp": now + 600,
            "name": PERSON,
            **claims,
        }
        key = SigningKey.load(self._bureau.settings.places.keys / "issuer.pem")
        heads = {"kid": key.kid, "typ": "at+jwt"}
        token = jwt.encode(said, key.private, algorithm="EdDSA", headers=heads)
        return {"authorization": f"Bearer {token}"}


@asynccontextmanager
async def planting(bureau: StandingBureau) -> AsyncIterator[Planter]:
    async with httpx2.AsyncClient(trust_env=False, timeout=60) as client:
        yield Planter(bureau, client)


async def write_to_the_inbox(kafka: str) -> None:
    """Write people into keys, values and headers of records; return once each is a letter."""
    example = {**FIVE_FACTS[0].foreign(), "actorid": MOBILE}
    before = await _letters(kafka)
    structured = ("content-type", b"application/cloudevents+json")
    plain = ("content-type", b"application/json")
    heads = [(f"ce_{name}", str(text).encode()) for name, text in example.items() if name != "data"]
    records: Sequence[tuple[bytes | None, bytes, list[tuple[str, bytes]]]] = [
        (None, write(example), [structured]),
        (RESIDENT.encode(), write(FIVE_FACTS[0].foreign()), [structured]),
        (None, write(example["data"]), [plain, *heads]),
        (None, b"{" + RESIDENT.encode(), [structured]),
        (None, b"\\n" + CARD.encode(), [structured, (MOBILE, PERSON.encode())]),
        (None, b"[]", [structured, ("x-called", MOBILE.encode())]),
    ]
    producer = AIOKafkaProducer(bootstrap_servers=kafka)
    await producer.start()
    try:
        for key, value, headers in records:
            await producer.send_and_wait(INBOX, value, key=key, headers=headers)
    finally:
        await producer.stop()

    async def lie_there() -> bool:
        return await _letters(kafka) == before + len(records)

    await eventually(lie_there, within=SETTLED_SECONDS_MAX)


async def _letters(kafka: str) -> int:
    return len([letter async for letter in DeadLetterBox(kafka).load_all()])


async def on_kafka(kafka: str, words: Sequence[str] = NUMBERS) -> Hits:
    """Look through every record of every topic but the inbox, where others write what they like."""
    hits = Hits()
    async with kafka_reader(kafka) as reader:
        topics = {topic for topic in await reader.topics() if not topic.startswith("__")}
        assert f"dlq.{INBOX}" in topics
        for topic in topics - {INBOX}:
            places = await places_of(reader, topic)
            ends = await reader.end_offsets(places)
            starts = await reader.beginning_offsets(places)
            for place in places:
                if starts[place] == ends[place]:
                    continue
                reader.assign([place])
                reader.seek(place, starts[place])
                while await reader.position(place) < ends[place]:
                    for record in (await reader.getmany(place, timeout_ms=500)).get(place, ()):
                        one = stored(record)
                        parts = (one.key, one.value, *(value for _, value in one.headers))
                        text = b"\n".join(part or b"" for part in parts).decode("utf-8", "replace")
                        names = "\n".join(name for name, _ in one.headers)
                        hits += found_in(f"topic {topic}", f"{text}\n{names}", words)
    return hits


async def in_tables(
    bureau: StandingBureau, stack: StackRecord, words: Sequence[str] = NUMBERS
) -> Hits:
    """Look through every row of every table, whatever its columns."""
    hits = Hits()
    connection = await asyncpg.connect(
        addressed(stack.postgres, database="casetrack"), passfile=bureau.settings.places.passfile
    )
    try:
        tables = await connection.fetch(LOOK)
        assert {"intake", "metrics"} <= {name.partition(".")[0] for name, _ in tables}
        for name, look in tables:
            for word in words:
                # Bytes are told in hexadecimal digits.
                pattern = f"{word}|{word.encode().hex()}"
                if number := await connection.fetchval(look, pattern):
                    hits[f"table {name}", word] += number
    finally:
        await connection.close()
    return hits


def in_logs(folder: Path) -> Hits:
    """Look through everything that any part has logged: there no name may stand either."""
    hits = Hits()
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = path.read_text("utf-8", "replace")
        hits += found_in(f"log {path.name}", text, (*SPOKEN, quote(PERSON)))
    return hits


async def in_measures(bureau: StandingBureau) -> Hits:
    """Look through what every service measures."""
    hits = Hits()
    async with httpx2.AsyncClient(trust_env=False, timeout=READ_SECONDS_MAX) as client:
        bearer = {"authorization": f"Bearer {bureau.token(Role.OPS)}"}
        for name, address in bureau.addresses.items():
            if name == "kafka":
                continue
            answer = (await client.get(f"{address}/metrics", headers=bearer)).raise_for_status()
            hits += found_in(f"measures {name}", answer.text, (*SPOKEN, quote(PERSON)))
    return hits


def found_in(place: str, text: str, words: Iterable[str]) -> Hits:
    return Hits({(place, word): text.count(word) for word in words if word in text})


def _filled(path: str, word: str) -> str:
    """Return the address *path* with *word* for each of its variables."""
    pieces = path.split("{")
    return pieces[0] + "".join(quote(word) + rest.partition("}")[2] for rest in pieces[1:])


def _latin(heads: Mapping[str, str]) -> dict[str, str]:
    """Return *heads* as a client can send them."""
    return {name: value if value.isascii() else quote(value) for name, value in heads.items()}
