"""What every service's HTTP edge promises, whatever the service."""

import json
from collections.abc import AsyncIterator, Iterator, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
import structlog
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from shared.commands.idempotency import Once
from shared.contracts.rejection import Blame, Rejection
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.app import Web, create_web
from shared.web.auth import Role
from shared.web.edge import BODY_BYTES_MAX
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.policies import Caller, permit, public
from shared.web.problems import FaultAnswer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
ID_NUMBER = "11010519491231002X"
Logs = list[MutableMapping[str, Any]]
KEY = {"idempotency-key": "0123456789"}


class CaseNotOpen(Rejection):
    code: ClassVar[str] = "case_not_open"


class NobodyNamed(Rejection):
    code: ClassVar[str] = "nobody_named"
    blame: ClassVar[Blame] = Blame.COMMAND
    field: ClassVar[str | None] = "handler"


class StoreAway(Exception):
    pass


class Withdrawal(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reason: str = Field(min_length=2, max_length=20)
    pages: int = Field(1, ge=1)


FAILURES: dict[str, Exception] = {
    "history": CaseNotOpen(case_no="XC1"),
    "command": NobodyNamed(),
    "store": StoreAway(),
    "bug": RuntimeError(f"SELECT {ID_NUMBER}"),
}


def cases() -> APIRouter:
    router = APIRouter(prefix="/v1/cases")

    @router.post("/{number}/withdraw", dependencies=[permit(Role.HANDLER)])
    async def withdraw(
        number: str, withdrawal: Withdrawal, caller: Caller, once: Once
    ) -> dict[str, str]:
        return {
            "case": number,
            "reason": withdrawal.reason,
            "by": caller.subject,
            "digest": once.digest.hex(),
        }

    @router.get("/fail/{how}", dependencies=[permit()])
    async def fail(how: str) -> None:
        raise FAILURES[how]

    return router


@pytest.fixture(autouse=True)
def logs() -> Iterator[Logs]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def issuer(tmp_path: Path, clock: VirtualClock) -> LocalIssuer:
    return LocalIssuer.open(tmp_path, clock, SeededIds(1))


@pytest.fixture
def app(tmp_path: Path, clock: VirtualClock) -> FastAPI:
    return create_web(
        Web(
            title="intake",
            gate=Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock),
            clock=clock,
            ids=SeededIds(2),
            routers=[cases()],
            faults={StoreAway: FaultAnswer(503, "store_unavailable", retry_after_seconds=2)},
        )
    )


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        yield client


@pytest.fixture
def handler(issuer: LocalIssuer) -> dict[str, str]:
    return {"authorization": f"Bearer {issuer.issue(Bearer(Role.HANDLER))}"}


@pytest.fixture
def clerk(issuer: LocalIssuer) -> dict[str, str]:
    return {"authorization": f"Bearer {issuer.issue(Bearer(Role.WINDOW_CLERK))}"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_needs_no_token_and_tells_nothing(
    client: httpx2.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert answer.status_code == 200
    assert answer.json().keys() == {"status"}


@pytest.mark.parametrize("path", ["/metrics", "/openapi.json", "/docs", "/docs/page.js"])
async def test_everything_else_needs_a_token(
    client: httpx2.AsyncClient, clerk: dict[str, str], path: str
) -> None:
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=clerk)).status_code == 200


async def test_a_command_knows_who_sent_it(
    client: httpx2.AsyncClient, handler: dict[str, str]
) -> None:
    answer = await client.post(
        "/v1/cases/XC1/withdraw", json={"reason": "重复申请"}, headers={**handler, **KEY}
    )

    assert answer.status_code == 200
    assert answer.json()["by"] == "local-handler"


async def test_another_role_is_refused_and_the_refusal_recorded(
    client: httpx2.AsyncClient, clerk: dict[str, str], logs: Logs
) -> None:
    answer = await client.post(
        "/v1/cases/XC1/withdraw", json={"reason": "重复申请"}, headers={**clerk, **KEY}
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    refusal = next(line for line in logs if line["event"] == "access_refused")
    assert refusal["principal"] == "local-window-clerk"


async def test_who_may_not_act_learns_nothing_about_the_form(
    client: httpx2.AsyncClient, clerk: dict[str, str]
) -> None:
    answer = await client.post("/v1/cases/XC1/withdraw", json={"x": 1}, headers=clerk)

    assert answer.status_code == 403


async def test_a_request_without_a_token_is_told_how(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/v1/cases/fail/history")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "token_missing"
    assert answer.json()["title"] == "缺少访问令牌"


async def test_problems_speak_the_readers_language(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/metrics", headers={"accept-language": "fr, en;q=0.8, zh;q=0.2"})

    assert answer.json()["title"] == "An access token is needed"
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("how", "status", "code"),
    [
        ("history", 409, "case_not_open"),
        ("command", 422, "nobody_named"),
        ("store", 503, "store_unavailable"),
        ("bug", 500, "unexpected"),
    ],
)
async def test_every_failure_is_a_problem_with_a_stable_code(
    client: httpx2.AsyncClient, clerk: dict[str, str], how: str, status: int, code: str
) -> None:
    answer = await client.get(f"/v1/cases/fail/{how}", headers=clerk)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_bug_tells_the_caller_nothing_but_its_trace(
    client: httpx2.AsyncClient, clerk: dict[str, str]
) -> None:
    traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
    answer = await client.get("/v1/cases/fail/bug", headers={**clerk, "traceparent": traceparent})

    assert answer.json()["trace_id"] == TRACE
    assert "SELECT" not in answer.text


async def test_a_store_that_is_away_says_when_to_come_again(
    client: httpx2.AsyncClient, clerk: dict[str, str]
) -> None:
    answer = await client.get("/v1/cases/fail/store", headers=clerk)

    assert answer.headers["retry-after"] == "2"


async def test_wrong_fields_are_named_and_never_repeated(
    client: httpx2.AsyncClient, handler: dict[str, str]
) -> None:
    answer = await client.post(
        "/v1/cases/XC1/withdraw",
        json={"reason": "短", "pages": "12", "applicant": ID_NUMBER},
        headers={**handler, **KEY, "accept-language": "en"},
    )

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("reason", "string_too_short"),
        ("pages", "int_type"),
        ("applicant", "extra_forbidden"),
    ]
    assert answer.json()["errors"][0]["detail"] == "At least 2 characters."
    assert ID_NUMBER not in answer.text


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        (b"{", "application/json", 400, "not_json"),
        (b"[" * 100_000, "application/json", 400, "bad_request"),
        (b'{"reason": "\xff"}', "application/json", 400, "bad_request"),
        (b"reason=none", "application/x-www-form-urlencoded", 415, "content_type_refused"),
        (b"{}", "text/plain", 415, "content_type_refused"),
        (b" " * (BODY_BYTES_MAX + 1), "application/json", 413, "too_large"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    client: httpx2.AsyncClient,
    handler: dict[str, str],
    body: bytes,
    media: str,
    status: int,
    code: str,
) -> None:
    headers = {**handler, **KEY, "content-type": media}
    answer = await client.post("/v1/cases/XC1/withdraw", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_body_that_hides_its_length_is_counted(
    client: httpx2.AsyncClient, handler: dict[str, str]
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    headers = {**handler, **KEY, "content-type": "application/json"}
    answer = await client.post("/v1/cases/XC1/withdraw", content=endless(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "idempotency_key_missing"),
        ({"idempotency-key": "short"}, "idempotency_key_malformed"),
        ({"idempotency-key": "with a space in it"}, "idempotency_key_malformed"),
        ({"idempotency-key": "x" * 256}, "idempotency_key_malformed"),
    ],
)
async def test_a_command_needs_a_proper_idempotency_key(
    client: httpx2.AsyncClient, handler: dict[str, str], sent: dict[str, str], code: str
) -> None:
    answer = await client.post(
        "/v1/cases/XC1/withdraw", json={"reason": "重复申请"}, headers={**handler, **sent}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_another_body_or_case_has_another_digest(
    client: httpx2.AsyncClient, handler: dict[str, str]
) -> None:
    commands = [("XC1", "重复申请"), ("XC1", "重复申请"), ("XC1", "另有原因"), ("XC2", "重复申请")]
    digests = [
        (
            await client.post(
                f"/v1/cases/{number}/withdraw", json={"reason": reason}, headers={**handler, **KEY}
            )
        ).json()["digest"]
        for number, reason in commands
    ]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


async def test_one_line_tells_of_each_request(
    client: httpx2.AsyncClient, clerk: dict[str, str], logs: Logs
) -> None:
    await client.get("/v1/cases/fail/history", headers=clerk)

    lines = [line for line in logs if line["event"] == "request_handled"]
    assert len(lines) == 1
    assert lines[0]["route"] == "/v1/cases/fail/{how}"
    assert (lines[0]["status"], lines[0]["code"]) == (409, "case_not_open")
    assert lines[0]["principal"] == "local-window-clerk"


async def test_no_path_of_a_caller_reaches_log_or_measure(
    client: httpx2.AsyncClient, clerk: dict[str, str], logs: Logs
) -> None:
    await client.get(f"/v1/people/{ID_NUMBER}", headers=clerk)
    measures = await client.get("/metrics", headers=clerk)

    assert ID_NUMBER not in json.dumps(logs)
    assert ID_NUMBER not in measures.text


async def test_a_service_may_set_a_header_of_its_own(app: FastAPI) -> None:
    async def page() -> Response:
        return Response("", headers={"cache-control": "public, max-age=60"})

    app.add_api_route("/page", page, dependencies=[public()])
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        answer = await client.get("/page")

    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
