"""A service starts only when every route says who may call it, and every code has its words."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import httpx2
import pytest
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from shared.contracts.naming import Language
from shared.eventstore.port import StoreUnavailable
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.app import Readiness, Ready, Web, always_ready, create_web
from shared.web.auth import Role
from shared.web.description import listed_codes, told
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.policies import RouteWithoutPolicy, StraightRoute, permit, public
from shared.web.problems import STATUS_CODES, ProblemKind

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
RUNTIME = Path(__file__).parents[2] / "shared" / "runtime"


class Secret(BaseModel):
    text: str


def web(*routers: APIRouter, ready: Ready = always_ready) -> Web:
    clock = VirtualClock(NOON)
    return Web(
        title="intake",
        gate=Gate.of(AuthSettings(jwks="jwks.json"), clock),
        clock=clock,
        ids=SeededIds(1),
        routers=routers,
        ready=ready,
    )


def test_a_route_without_a_policy_stops_the_start() -> None:
    router = APIRouter()

    @router.get("/v1/secrets")
    async def secrets() -> None: ...

    with pytest.raises(RouteWithoutPolicy, match="GET /v1/secrets"):
        create_web(web(router))


def test_a_straight_route_cannot_be_made_without_a_policy() -> None:
    router = APIRouter(route_class=StraightRoute)

    with pytest.raises(RouteWithoutPolicy, match="/v1/secrets"):

        @router.post("/v1/secrets")
        async def tell(_: Request) -> None: ...


async def test_a_straight_route_lets_nobody_in_whom_its_policy_refuses() -> None:
    router = APIRouter(route_class=StraightRoute, dependencies=[permit()])

    @router.post("/v1/secrets")
    async def tell(_: Request) -> Response:
        return Response("told")

    transport = httpx2.ASGITransport(create_web(web(router)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as desk:
        answer = await desk.post("/v1/secrets")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")


def test_a_router_may_speak_for_its_routes() -> None:
    router = APIRouter(prefix="/v1/secrets", dependencies=[permit()])

    @router.get("/one")
    async def one() -> None: ...

    app = create_web(web(router))

    described = app.openapi()["paths"]["/v1/secrets/one"]["get"]
    assert described["security"] == [{"HTTPBearer": []}]


def test_a_route_is_described_with_the_codes_of_all_that_it_may_answer() -> None:
    router = APIRouter(prefix="/v1/secrets", dependencies=[permit(Role.HANDLER)])

    @router.post(
        "/{name}",
        openapi_extra=told(ProblemKind(409, "secret_known"), ProblemKind(404, "not_found")),
    )
    async def tell(name: int, secret: Secret, depth: int = 1) -> None: ...

    document = create_web(web(router)).openapi()

    responses = document["paths"]["/v1/secrets/{name}"]["post"]["responses"]
    listed = {status: listed_codes(response) for status, response in responses.items()}
    assert listed == {
        "200": [],
        "400": ["not_json"],
        "401": [
            "insufficient_user_authentication",
            "origin_refused",
            "publisher_key_refused",
            "token_expired",
            "token_invalid",
            "token_missing",
        ],
        "403": ["not_permitted"],
        "404": ["not_found"],
        "408": ["body_late"],
        "409": ["secret_known"],
        "413": ["too_large"],
        "415": ["content_type_refused"],
        "421": ["host_refused"],
        "422": ["invalid_request", "parameter_repeated", "parameter_unknown"],
        "429": ["rate_limited", "too_many_requests"],
        "503": ["unavailable"],
    }
    assert list(responses["409"]["content"]) == ["application/problem+json"]
    probes = {"Alive", "Serving", "NotServing", "PulseReport", "Condition"}
    assert document["components"]["schemas"].keys() == {"Problem", "Secret", *probes}


async def test_a_route_added_later_without_a_policy_stops_the_start() -> None:
    app = create_web(web())
    app.add_api_route("/v1/later", lambda: None)

    with pytest.raises(RouteWithoutPolicy, match="GET /v1/later"):
        async with app.router.lifespan_context(app):
            pass


def test_a_web_app_without_a_policy_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>", encoding="utf-8")
    silent, open_to_all = APIRouter(), APIRouter(dependencies=[public()])
    for router in (silent, open_to_all):
        router.frontend("/", directory=tmp_path)
    create_web(web(open_to_all))

    with pytest.raises(RouteWithoutPolicy, match="frontend"):
        create_web(web(silent))


async def test_a_service_that_is_not_ready_says_only_that() -> None:
    async def not_yet() -> Readiness:
        return Readiness(serves=False)

    transport = httpx2.ASGITransport(create_web(web(ready=not_yet)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready"}


async def test_why_a_service_is_not_ready_stands_in_its_log_and_in_no_answer() -> None:
    async def away() -> Readiness:
        refused = StoreUnavailable("28P01 password authentication failed")
        refused.__cause__ = asyncpg.InvalidPasswordError()
        return Readiness(serves=False, fault=refused)

    transport = httpx2.ASGITransport(create_web(web(ready=away)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        with capture_logs() as logs:
            answers = [await client.get("/readyz") for _ in range(2)]

    assert [answer.json() for answer in answers] == [{"status": "not ready"}] * 2
    assert [line["reason"] for line in logs if line["event"] == "requests_not_served"] == [
        "wrong_password"
    ]


async def test_a_service_that_serves_although_something_is_behind_says_what() -> None:
    async def behind() -> Readiness:
        return Readiness(serves=True, behind=("outbox",))

    transport = httpx2.ASGITransport(create_web(web(ready=behind)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        answer = await client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "behind": ["outbox"]}


async def test_without_the_issuers_keys_nobody_is_refused_for_good() -> None:
    transport = httpx2.ASGITransport(create_web(web()))
    token = {
        "authorization": "Bearer eyJhbGciOiJFZERTQSIsImtpZCI6IjEiLCJ0eXAiOiJhdCtqd3QifQ.e30.AA"
    }
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        answer = await client.get("/metrics", headers=token)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


def lists(*, dependencies: Sequence[Any]) -> Web:
    router = APIRouter(prefix="/v1", dependencies=dependencies)

    async def narrowed(item: str | None = None) -> str | None:
        return item

    @router.get("/figures")
    async def figures(
        item: Annotated[str | None, Depends(narrowed)],
        since: Annotated[date | None, Query(alias="from")] = None,
        state: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, Any]:
        return {"item": item, "since": since, "state": state}

    return web(router)


async def asked(service: Web, query: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(create_web(service))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        return await client.get(f"/v1/figures?{query}", headers={"accept-language": "en"})


async def with_a_token(
    issuer: Path,
    query: str,
    **settings: Any,  # noqa: ANN401 - whatever settings there are
) -> httpx2.Response:
    clock = VirtualClock(NOON)
    bearer = LocalIssuer.open(issuer, clock, SeededIds(1)).issue(Bearer(Role.HANDLER))
    service = replace(
        lists(dependencies=[permit(Role.HANDLER)]),
        gate=Gate.of(AuthSettings(jwks=str(issuer / "jwks.json"), **settings), clock),
    )
    transport = httpx2.ASGITransport(create_web(service))
    head = {"authorization": f"Bearer {bearer}", "accept-language": "en"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        return await client.get(f"/v1/figures?{query}", headers=head)


async def test_who_signed_in_too_weakly_is_told_how_to_sign_in(tmp_path: Path) -> None:
    answer = await with_a_token(tmp_path, "", acr_values="gold silver", max_age_seconds=600)

    assert (answer.status_code, answer.json()["code"]) == (401, "insufficient_user_authentication")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="casetrack", error="insufficient_user_authentication",'
        ' acr_values="gold silver", max_age="600"'
    )


@pytest.mark.parametrize("query", ["from=2024-09-01&item=1&state=A&state=B", "state=A", ""])
async def test_a_route_is_asked_what_it_knows(tmp_path: Path, query: str) -> None:
    assert (await with_a_token(tmp_path, query)).status_code == 200


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("since=2024-09-01", "parameter_unknown", "since"),
        ("from=2024-09-01&From=2024-09-01", "parameter_unknown", "From"),
        ("=1", "parameter_unknown", ""),
        ("%E7%8A%B6%E6%80%81=1", "parameter_unknown", "状态"),
        ("%1b]52;c;=1", "parameter_unknown", "?"),
        ("a" * 65 + "=1", "parameter_unknown", "?"),
        ("item=1&item=2", "parameter_repeated", "item"),
        ("from=2024-09-01&from=2024-09-01", "parameter_repeated", "from"),
    ],
)
async def test_a_parameter_that_the_route_does_not_know_is_refused(
    tmp_path: Path, query: str, code: str, field: str
) -> None:
    answer = await with_a_token(tmp_path, query)

    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (422, code, field)
    assert code != "parameter_unknown" or "from, state, item" in said["detail"]


async def test_what_is_open_to_everybody_bears_what_a_balancer_adds() -> None:
    answer = await asked(lists(dependencies=[public()]), "utm_source=notice&state=A")

    assert answer.status_code == 200


def codes_raised() -> Iterator[str]:
    """Every code that a module of the runtime gives to a problem or to a refused token."""
    for path in RUNTIME.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "Problem",
                "FaultAnswer",
                "Kind",
            }:
                yield from (
                    part.value
                    for part in node.args[1:2]
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
            if isinstance(node, ast.keyword) and node.arg == "code":
                yield from [str(node.value.value)] if isinstance(node.value, ast.Constant) else []


def test_both_languages_know_the_same_codes_and_blanks() -> None:
    catalogue = Catalogue.read(OWN)
    blanks = [
        {code: set(re.findall(r"{(\w+)}", text.detail)) for code, text in texts.items()}
        for texts in catalogue.texts.values()
    ]

    assert blanks[0] == blanks[1]


def test_every_code_of_the_edge_has_its_words() -> None:
    known = Catalogue.read(OWN).codes(Language.ZH_CN)

    assert {*STATUS_CODES.values(), *codes_raised()} <= known
