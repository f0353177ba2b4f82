"""An OIDC issuer's keys are fetched from one pinned address, within limits."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from shared.runtime.clock import VirtualClock
from shared.web.auth import Role, Unauthenticated
from shared.web.gate import AuthSettings, Gate
from shared.web.keys import JWKS_BYTES_MAX, KeysUnavailable
from shared.web.server import serve
from tests.support.ports import free_port

ISSUER = "https://id.example.gov.cn/realms/bureau"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def issuer(scope: Scope, receive: Receive, send: Send) -> None:
    """Publish one key, in three ways."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    published = json.dumps({"keys": [{**jwk, "kid": "2026", "use": "sig"}]})
    answers = {
        "/keys": Response(published),
        "/elsewhere": RedirectResponse("/keys"),
        "/endless": Response(published + " " * JWKS_BYTES_MAX),
    }
    await answers[scope["path"]](scope, receive, send)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    port = free_port()
    stopping, serving = asyncio.Event(), asyncio.Event()
    task = asyncio.ensure_future(serve(issuer, port=port, stopping=stopping, serving=serving))
    async with asyncio.timeout(30):
        await serving.wait()
    yield f"http://127.0.0.1:{port}"
    stopping.set()
    await task


def gate(jwks: str) -> Gate:
    settings = AuthSettings(issuer=ISSUER, jwks=jwks, roles_claim="realm_access.roles")
    return Gate.of(settings, VirtualClock(NOON))


def request(**changes: object) -> Request:
    claims = {
        "iss": ISSUER,
        "aud": ["casetrack", "account"],
        "sub": "f81d4fae",
        "realm_access": {"roles": ["offline_access", "SUPERVISOR"]},
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 300,
        **changes,
    }
    token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "2026", "typ": "at+jwt"})
    headers = [(b"authorization", f"Bearer {token}".encode())]
    return Request({"type": "http", "headers": headers})


async def test_a_token_of_the_pinned_issuer_names_its_bearer(address: str) -> None:
    principal = await gate(f"{address}/keys").principal(request())

    assert (principal.subject, principal.roles) == ("f81d4fae", frozenset({Role.SUPERVISOR}))


async def test_a_persons_token_may_not_live_for_an_hour(address: str) -> None:
    with pytest.raises(Unauthenticated, match="lives_too_long"):
        await gate(f"{address}/keys").principal(request(exp=NOW + 3600))


@pytest.mark.parametrize("place", ["elsewhere", "endless"])
async def test_keys_that_are_elsewhere_or_endless_are_not_taken(address: str, place: str) -> None:
    with pytest.raises(KeysUnavailable):
        await gate(f"{address}/{place}").principal(request())
