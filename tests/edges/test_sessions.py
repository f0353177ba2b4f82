"""How browsers come in and go out: one-use links, cookies, ended sessions, and our own names."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import jwt
import pytest
import structlog
from fastapi import APIRouter

from shared.eventstore.memory import MemoryEventStore
from shared.eventstore.port import StoreUnavailable
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.app import Web, create_web
from shared.web.auth import Role, Unauthenticated
from shared.web.gate import AuthSettings, Gate, key_set, tickets_verifier
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.keys import KeySet
from shared.web.policies import permit
from shared.web.session import COOKIE, HOST_COOKIE, Endings, SignIn

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PUBLIC = "desk.example.gov.cn"
HANDLER = Bearer(Role.HANDLER)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def issuer(tmp_path: Path, clock: VirtualClock) -> LocalIssuer:
    return LocalIssuer.open(tmp_path, clock, SeededIds(1))


@pytest.fixture
def keys(tmp_path: Path, clock: VirtualClock) -> KeySet:
    return key_set(str(tmp_path / "jwks.json"), clock)


@pytest.fixture
def sessions() -> MemoryEventStore:
    return MemoryEventStore()


def web(folder: Path, clock: VirtualClock, sessions: MemoryEventStore | None) -> Web:
    router = APIRouter(prefix="/v1")

    @router.post("/cases", dependencies=[permit(Role.HANDLER)])
    async def receive() -> None: ...

    settings = AuthSettings(jwks=str(folder / "jwks.json"), names=PUBLIC)
    gate = Gate.of(settings, clock, sessions)
    return Web(title="intake", gate=gate, clock=clock, ids=SeededIds(2), routers=[router])


@pytest.fixture
async def client(
    tmp_path: Path, clock: VirtualClock, sessions: MemoryEventStore
) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(create_web(web(tmp_path, clock, sessions)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        yield client


async def test_a_sign_in_link_works_once(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    desk = SignIn(tickets_verifier(keys, clock), MemoryEventStore(), issuer)
    ticket = issuer.ticket(Bearer(Role.SUPERVISOR))

    assert await desk.redeem(ticket)
    with pytest.raises(Unauthenticated) as refusal:
        await desk.redeem(ticket)
    assert refusal.value.code == "ticket_used"


async def test_a_sign_in_link_ends_after_ten_minutes(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    desk = SignIn(tickets_verifier(keys, clock), MemoryEventStore(), issuer)
    ticket = issuer.ticket(Bearer(Role.SUPERVISOR))
    clock.advance(timedelta(minutes=11))

    with pytest.raises(Unauthenticated):
        await desk.redeem(ticket)


async def test_a_spent_link_stays_spent_over_a_restart(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    store, ticket = MemoryEventStore(), issuer.ticket(Bearer(Role.SUPERVISOR))
    await SignIn(tickets_verifier(keys, clock), store, issuer).redeem(ticket)

    with pytest.raises(Unauthenticated):
        await SignIn(tickets_verifier(keys, clock), store, issuer).redeem(ticket)


async def test_where_the_session_of_before_cannot_be_left_the_link_stays_good(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    desk = SignIn(tickets_verifier(keys, clock), MemoryEventStore(), issuer)
    ticket = issuer.ticket(Bearer(Role.SUPERVISOR))

    async def leave() -> None:
        raise StoreUnavailable

    with pytest.raises(StoreUnavailable):
        await desk.redeem(ticket, leave=leave)

    assert await desk.redeem(ticket)


async def test_sign_ins_are_logged_with_whom_whence_and_why_not(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    desk = SignIn(tickets_verifier(keys, clock), MemoryEventStore(), issuer)
    somebody = Bearer(Role.SUPERVISOR, name="王督察")
    ticket = issuer.ticket(somebody)

    with structlog.testing.capture_logs() as lines:
        await desk.redeem(ticket, "10.1.2.3")
        with pytest.raises(Unauthenticated):
            await desk.redeem(ticket, "10.9.9.9")

    assert [(line["event"], line["address"]) for line in lines] == [
        ("signed_in", "10.1.2.3"),
        ("sign_in_refused", "10.9.9.9"),
    ]
    assert lines[0]["principal"] == somebody.subject
    assert lines[1]["reason"] == "ticket_used_before"
    assert "王督察" not in str(lines)


def test_a_person_has_one_name_in_whichever_role() -> None:
    wang = {Bearer(role, name="王督察").subject for role in (Role.SUPERVISOR, Role.HANDLER)}
    li = Bearer(Role.SUPERVISOR, name="李督察").subject

    assert len(wang) == 1
    assert li not in wang


async def test_an_access_token_is_no_sign_in_link(
    keys: KeySet, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    desk = SignIn(tickets_verifier(keys, clock), MemoryEventStore(), issuer)

    with pytest.raises(Unauthenticated):
        await desk.redeem(issuer.issue(HANDLER))


async def test_a_browser_is_known_by_its_session(
    client: httpx2.AsyncClient, issuer: LocalIssuer
) -> None:
    cookie = {"cookie": f"{HOST_COOKIE}={issuer.session(Bearer(Role.SUPERVISOR))}"}

    assert (await client.get("/docs", headers=cookie)).status_code == 200


async def test_a_neighbour_cannot_set_the_cookie_of_a_session(
    client: httpx2.AsyncClient, issuer: LocalIssuer
) -> None:
    cookie = {"cookie": f"{COOKIE}={issuer.session(Bearer(Role.SUPERVISOR))}"}

    assert (await client.get("/docs", headers=cookie)).status_code == 401
    loopback = {**cookie, "host": "127.0.0.1:8700"}
    assert (await client.get("/docs", headers=loopback)).status_code == 200


async def test_an_ended_session_opens_nothing_wherever_its_cookie_lies(
    client: httpx2.AsyncClient, issuer: LocalIssuer, sessions: MemoryEventStore
) -> None:
    token = issuer.session(Bearer(Role.SUPERVISOR))
    cookie = {"cookie": f"{HOST_COOKIE}={token}"}
    assert (await client.get("/docs", headers=cookie)).status_code == 200
    session = jwt.decode(token, options={"verify_signature": False})["jti"]

    await Endings(sessions).note_ended(session, "local-supervisor")

    answer = await client.get("/docs", headers=cookie)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


async def test_a_session_only_reads_where_nobody_knows_whether_it_was_ended(
    tmp_path: Path, clock: VirtualClock, issuer: LocalIssuer
) -> None:
    cookie = {"cookie": f"{HOST_COOKIE}={issuer.session(Bearer(Role.HANDLER))}"}
    transport = httpx2.ASGITransport(create_web(web(tmp_path, clock, None)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        read = await client.get("/docs", headers=cookie)
        written = await client.post("/v1/cases", headers={**cookie, "origin": "http://bureau"})

    assert (read.status_code, written.status_code) == (200, 401)


@pytest.mark.parametrize(
    ("origin", "status"),
    [({}, 401), ({"origin": "http://evil.example"}, 401), ({"origin": "http://bureau"}, 200)],
)
async def test_a_session_acts_only_from_its_own_pages(
    client: httpx2.AsyncClient, issuer: LocalIssuer, origin: dict[str, str], status: int
) -> None:
    cookie = {"cookie": f"{HOST_COOKIE}={issuer.session(Bearer(Role.HANDLER))}"}
    answer = await client.post("/v1/cases", headers={**cookie, **origin})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "host",
    [
        "bureau",
        "bureau:8700",
        "127.0.0.1:8700",
        "[::1]:8700",
        "10.1.2.3",
        PUBLIC,
        f"{PUBLIC.upper()}:443",
        f"{PUBLIC}.",
        "metrics.casetrack.svc.cluster.local",
        "",
    ],
)
async def test_a_request_under_a_name_of_ours_is_answered(
    client: httpx2.AsyncClient, host: str
) -> None:
    assert (await client.get("/healthz", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "desk.example.gov.cn.evil.example", "127.0.0.1.evil.example:8700"]
)
async def test_a_request_under_somebody_elses_name_is_refused(
    client: httpx2.AsyncClient, host: str
) -> None:
    answer = await client.get("/healthz", headers={"host": host})

    assert (answer.status_code, answer.json()["code"]) == (421, "host_refused")


async def test_browsers_come_back_over_tls_to_the_public_name_alone(
    client: httpx2.AsyncClient,
) -> None:
    public = await client.get("/healthz", headers={"host": PUBLIC})
    inside = await client.get("/healthz")

    assert public.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert "strict-transport-security" not in inside.headers
    assert inside.headers["cross-origin-resource-policy"] == "same-origin"


async def test_no_redirection_repeats_what_a_link_carried(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/healthz/?ticket=secret")

    assert answer.status_code == 404
    assert "location" not in answer.headers
