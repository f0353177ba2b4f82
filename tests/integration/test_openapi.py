"""Every service answers as its own openapi.json says: nothing undocumented, nothing in vain."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from services.metrics.adapters.deliveries import PostgresDeliveries
from services.metrics.app.rules import SEARCH_PATH
from services.metrics.domain.deliveries.vendors import ChannelVerdict, VerdictKind
from services.metrics.handlers.alerts import LAST, NEWEST
from services.metrics.ports.deliveries import ChannelPace
from shared.contracts.courses import COURSES
from shared.eventstore.postgres import open_pool
from shared.web.auth import Role
from shared.web.issuer import Bearer
from shared.web.server import serve
from tests.support import way_of_a_case as way
from tests.support.answers import Listened, smallest
from tests.support.doors import COMMANDED, Door, opened
from tests.support.foreign_facts import foreign
from tests.support.ports import free_port
from tests.support.read_api import ReadApi

EXAMPLES = int(os.environ.get("CASETRACK_FUZZ_EXAMPLES", "2"))
"""How often schemathesis asks each command; beyond the usual it also tries every boundary."""
USUAL = 2
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,unsupported_method"
)
UNENDING = "/v1/stream"
RULES = "/v1/rules/"
"""How they are changed, and who is too late, `test_metrics_rules_api` shows."""
ALWAYS_ANEW = (
    *("/v1/policies", "/v1/benefits", "/v1/engagements", "/v1/stationings"),
    *("/v1/plan/reports", "/v1/plan/targets"),
    *("/v1/appointments", "/v1/visits", "/v1/tool-uses", "/v1/complaints"),
    *("/v1/agents", "/v1/outreach", "/v1/needs"),
)
"""What may be said anew, or is new, whenever somebody says so: only two at once are too many."""
SLOW_OR_MANY = (408, 429)
"""What `test_wire_patience` and `test_web_shares` show."""
STRANGERS = ((Role.AUDITOR,), (Role.WINDOW_CLERK,), (Role.LAW_DESK,))
EVENT = "application/cloudevents+json"

NUMBERS = {course.named_by: f"{course.prefix}1" for course in COURSES if course.prefix}
"""What names a subject: asked for twice, the second one is too late."""
LATE = datetime.fromisoformat("2024-09-29T09:00:00+08:00")

AT_ONCE = ChannelPace(timedelta(0), timedelta(0), timedelta(seconds=5))

Request = tuple[str, str, dict[str, Any]]
"""Method, path, and what an HTTP client takes besides."""

numbers = count(1)


@pytest.fixture(params=[*COMMANDED, "metrics"])
async def door(
    request: pytest.FixtureRequest, role_dsn: Callable[[str], str], tmp_path: Path
) -> AsyncIterator[Door]:
    async with opened(request.param, role_dsn, tmp_path) as one:
        yield one


async def test_nobody_gets_an_answer_that_is_not_described(door: Door) -> None:
    told, status = await schemathesis(door)

    assert status == 0, told
    assert door.open.undocumented() == set()


async def test_every_answer_that_is_described_is_given(
    door: Door, role_dsn: Callable[[str], str]
) -> None:
    known = await lie_until_late(door.read) if door.read else {}
    for operation in operations(door.open):
        await ask_all(door.open, asked_of_anybody(door, *operation, known))
        await ask_all(door.away, [well_meant(door, *operation, known)])
    await ask_all(door.open, intake_alone(door) if door.name == "intake" else [])
    if door.read:
        await sign_in(door)
        await act_on_cards(door)
        await acknowledge_what_is_over(door, known)
        await judge(door)
        await calculate(door)
        await deliver(door, role_dsn)

    assert door.open.undocumented() == set()
    assert {one for one in door.open.unseen() if not is_shown_elsewhere(*one)} == set()


def is_shown_elsewhere(method: str, path: str, status: int) -> bool:
    """Whether it takes a story of its own: a command's success, a slow client, or a crowd."""
    if status in SLOW_OR_MANY or (path.startswith(RULES) and status in (200, 409)):
        return True
    if path in ALWAYS_ANEW and status == 409:
        return True
    return (method, status) == ("POST", 201) or (path == UNENDING and status == 200)


def operations(listened: Listened) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in listened.app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def well_meant(
    door: Door, method: str, path: str, operation: dict[str, Any], known: dict[str, str]
) -> Request:
    """Return a request that is right in itself, as small as it may be."""
    head = {**door.token(), "idempotency-key": f"key-{next(numbers):08}"}
    body = operation.get("requestBody", {})
    asked: dict[str, Any] = {"headers": head}
    if body.get("required"):
        schema = named(door, body["content"]["application/json"]["schema"])
        named_by = NUMBERS.keys() & schema.get("properties", {}).keys()
        asked["json"] = smallest(schema) | {name: NUMBERS[name] for name in named_by}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query" and parameter["required"]:
            asked["params"] = {parameter["name"]: "x"}
    return method, path.format_map(Known(known)), asked


def named(door: Door, schema: dict[str, Any]) -> dict[str, Any]:
    """Return *schema*, or the one that it refers to."""
    components: dict[str, Any] = door.open.app.openapi()["components"]["schemas"]
    reference = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = components[reference] if reference else schema
    return found


class Known(dict[str, str]):
    """What stands in a path; what is not known is named so, or has a number that nobody has."""

    def __missing__(self, name: str) -> str:
        return "99" if name == "number" else "unknown"


def asked_of_anybody(
    door: Door, method: str, path: str, operation: dict[str, Any], known: dict[str, str]
) -> Iterator[Request]:
    """Yield requests that between them get every answer that has nothing to do with a history."""
    kind, at, asked = well_meant(door, method, path, operation, known)
    if path == UNENDING:
        asked["params"] = {"since": "2026-11-23"}
    yield kind, at, asked
    again = {"idempotency-key": f"again-{next(numbers):08}"}
    yield kind, at, asked | {"headers": {**asked["headers"], **again}}
    yield kind, path.format_map(Known()), asked
    yield kind, at, {name: value for name, value in asked.items() if name == "json"}
    yield from ((kind, at, asked | {"headers": door.token(*roles)}) for roles in STRANGERS)
    yield kind, at, asked | {"params": {"unheard-of": "1"}}
    yield kind, at, asked | {"headers": {**asked["headers"], "host": "evil.example"}}
    if "requestBody" in operation:
        plain = {name: value for name, value in asked.items() if name != "json"}
        for head, content in (
            ({"content-type": "application/json"}, b"{"),
            ({"content-type": "application/json"}, b"\xff"),
            ({"content-type": "text/plain"}, b"{}"),
            ({"content-type": "application/json", "content-length": "999999999"}, b"{}"),
            ({"content-type": "application/json"}, b'{"unheard-of": 1}'),
        ):
            yield kind, at, plain | {"headers": {**asked["headers"], **head}, "content": content}


def intake_alone(door: Door) -> Iterator[Request]:
    """Yield facts of another system, new, repeated, contradictory, many; and a visit of two."""
    head = {**door.token(Role.PUBLISHER), "content-type": EVENT}
    batch = {**head, "content-type": "application/cloudevents-batch+json"}
    fact = foreign(id="fact-1")
    other = foreign("handling.case.archived", id="fact-1")
    stranger = foreign(source="urn:example:nobody")
    visit = {"visit_start": "2026-11-23T09:00:00+08:00", "inspectors": ["i-1", "i-2"]}
    key = {**door.token(), "idempotency-key": "inspection-1"}
    yield "POST", "/v1/inspections/unknown/schedules", {"json": visit, "headers": key}
    for path in ("/v1/events", "/v1/events/validate"):
        yield from (
            ("POST", path, {"json": one, "headers": head}) for one in (fact, fact, other, stranger)
        )
        yield "POST", path, {"json": [fact], "headers": batch}


async def ask_all(listened: Listened, requests: Iterator[Request] | list[Request]) -> None:
    transport = httpx2.ASGITransport(listened, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        for method, path, asked in requests:
            await client.request(method, path, **asked)


async def lie_until_late(api: ReadApi) -> dict[str, str]:
    """Let a case lie until it is late; return what there is to ask for."""
    facts = ((way.RECEIVED, 0), (way.ACCEPTED, 1))
    await api.fold(
        *(way.event(one.data, hours, identity=one.id, window=one.windowid) for one, hours in facts)
    )
    await let_time_pass(api)
    card = (await api.read("/v1/alerts?level=RED"))["items"][0]
    return {
        "case_no": way.CASE,
        "alert_id": card["alert_id"],
        "kpi_id": "L03.accepted",
        "number": "12",
    }


async def let_time_pass(api: ReadApi) -> None:
    api.clock.move_to(LATE)
    await api.tick()


async def acknowledge_what_is_over(door: Door, known: dict[str, str]) -> None:
    assert door.read is not None
    await door.read.fold(way.event(way.DECIDED.data, 190, identity="decided"))
    await let_time_pass(door.read)
    at = f"/v1/alerts/{known['alert_id']}/acknowledge"
    await ask_all(door.open, [("POST", at, {"headers": door.token()})])


async def act_on_cards(door: Door) -> None:
    """Send up and withdraw what nobody has acknowledged, and give an order about it twice."""
    assert door.read is not None
    card = (await door.read.read("/v1/alerts?state=RAISED"))["items"][0]["alert_id"]
    order = {"order_id": "DB1", "alert_id": card, "content": "请说明。"}
    said: list[Request] = [
        ("POST", f"/v1/alerts/{card}/escalate", {"headers": door.token()}),
        ("POST", f"/v1/alerts/{card}/revoke", {"headers": door.token(), "json": {"reason": "误"}}),
    ]
    for number in (1, 2):
        head = {**door.token(), "idempotency-key": f"order-key-{number}"}
        said.append(("POST", "/v1/orders", {"headers": head, "json": order}))
    await ask_all(door.open, [*said, ("GET", "/v1/orders/DB1", {"headers": door.token()})])


async def calculate(door: Door) -> None:
    """Ask until when, of a limit and of an item that a case was accepted for."""
    for address in ("/v1/due?limit=5", "/v1/due/filed?item=116101020001"):
        await ask_all(door.open, [("GET", address, {"headers": door.token()})])


async def judge(door: Door) -> None:
    assert door.read is not None
    told = way.event(way.CLOSED.data, 195, identity="told")
    told = told.model_copy(update={"source": "urn:xincheng:hall-terminal:t1"})
    await door.read.fold(told)
    word = {"fact_id": told.id, "fact_source": told.source, "believed": False, "reason": "查无此事"}
    at = f"/v1/cases/{way.CASE}/judgements"
    said = {"headers": door.token(), "json": word}
    hours = {"since": "2024-09-01T08:00:00+08:00", "until": "2024-09-01T09:00:00+08:00"}
    doubt = {"headers": door.token(), "json": {**hours, "reason": "密钥被盗"}}
    doubted = "/v1/publishers/hall-terminal/doubts"
    await ask_all(door.open, [("POST", at, said), ("POST", doubted, doubt)])


async def deliver(door: Door, role_dsn: Callable[[str], str]) -> None:
    """Test a channel, and have the test tried again before and after it was taken."""
    assert door.read is not None
    at, named, head = "/v1/deliveries/test", {"channel": "hall"}, {"headers": door.token()}
    async with await open_pool(role_dsn("casetrack_metrics"), SEARCH_PATH) as pool:
        courier, now = PostgresDeliveries(pool), door.read.clock.now()
        await ask_all(door.open, [("POST", at, {**head, "json": named})])
        await courier.know(["hall"])
        await ask_all(door.open, [("POST", at, {**head, "json": named})])
        (made,) = await door.read.reader.deliveries.listed((NEWEST, LAST), None, 1)
        one = f"/v1/deliveries/{made.delivery_id}"
        await ask_all(door.open, [("GET", one, head), ("POST", f"{one}/retry", head)])
        claimed = await courier.claim("hall", AT_ONCE, now + timedelta(minutes=1))
        assert claimed is not None
        await courier.settle(claimed, ChannelVerdict(VerdictKind.TAKEN, "http_200"), now)
        await ask_all(door.open, [("POST", f"{one}/retry", head)])


async def sign_in(door: Door) -> None:
    assert door.read is not None
    ticket = door.read.issuer.ticket(Bearer(Role.SUPERVISOR))
    links: list[Request] = [("GET", "/sign-in", {"params": {"ticket": ticket}})]
    await ask_all(door.open, [*links, *links, ("GET", "/sign-in", {})])
    await ask_all(door.without_sign_in, links)
    await ask_all(door.away, links)


async def schemathesis(door: Door) -> tuple[str, int]:
    """Return what schemathesis says of the service, and its exit status."""
    stopping, serving = asyncio.Event(), asyncio.Event()
    port = free_port()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(door.open, port=port, stopping=stopping, serving=serving))
        await serving.wait()
        done = await asyncio.create_subprocess_exec(
            *(str(Path(sys.executable).with_name("schemathesis")), "run"),
            f"http://127.0.0.1:{port}/openapi.json",
            *("--header", f"Authorization: {door.token()['authorization']}"),
            *("--seed", "1", "--max-examples", str(EXAMPLES), "--no-shrink"),
            *("--phases", "examples,fuzzing" if is_quick(door) else "examples,coverage,fuzzing"),
            *("--checks", CHECKS, "--request-timeout", "10", "--exclude-path", UNENDING),
            "--continue-on-failure",
            cwd=door.folder,
            env={**os.environ, "NO_PROXY": "*"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await done.communicate()
        stopping.set()
    assert done.returncode is not None
    return told.decode(), done.returncode


def is_quick(door: Door) -> bool:
    """Whether boundaries are left out: commands have many fields, and each has several."""
    return door.read is None and EXAMPLES == USUAL
