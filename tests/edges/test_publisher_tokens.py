"""Tokens that publishers sign themselves: believed by the key that the register has of them now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from starlette.requests import Request

from shared.contracts.rules.facts import PublisherKey
from shared.policy.publisher import Publisher, Publishers, registered
from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Principal, Role, Unauthenticated
from shared.web.gate import AuthSettings, Gate
from shared.web.issuer import Bearer, LocalIssuer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
WATER = "water-company"
FIRST, SECOND, EDWARDS = (Ed25519PrivateKey.generate() for _ in range(3))
CURVE = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: PrivateKeyTypes, **more: str) -> PublisherKey:
    """Return what of *key* stands in the register."""
    match key:
        case Ed25519PrivateKey():
            jwk = jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case ec.EllipticCurvePrivateKey():
            jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
        case _:
            jwk = jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True)
    known = PublisherKey.model_fields.keys()
    return PublisherKey.model_validate({n: v for n, v in jwk.items() if n in known} | more)


def entry(key: PublisherKey | None, id_: str = WATER) -> Publisher:
    return Publisher(
        id=id_, name="自来水公司", sources=(f"urn:{id_}:",), types=("casetrack.*",), key=key
    )


def token(
    key: PrivateKeyTypes = FIRST, algorithm: str = "EdDSA", kid: str = WATER, **changes: object
) -> str:
    claims = {
        "iss": f"urn:casetrack:publisher:{WATER}",
        "aud": "casetrack",
        "sub": f"publisher-{WATER}",
        "iat": NOW,
        "exp": NOW + 300,
        **changes,
    }
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid, "typ": "at+jwt"})  # type: ignore[arg-type]  # any private key


@dataclass
class Door:
    """A gate that knows a register, which somebody changes."""

    folder: Path
    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    register: Publishers = field(default_factory=registered)

    def __post_init__(self) -> None:
        self.issuer = LocalIssuer.open(self.folder, self.clock, SystemIds())
        settings = AuthSettings(jwks=str(self.folder / "jwks.json"))
        self.gate = Gate.of(settings, self.clock).knowing(lambda: self.register)

    def has(self, publisher: Publisher) -> None:
        self.register = self.register.with_entry(publisher)

    async def caller(self, shown: str) -> Principal:
        headers = [(b"authorization", f"Bearer {shown}".encode())]
        return await self.gate.principal(Request({"type": "http", "headers": headers}))

    async def refused(self, shown: str) -> tuple[str, str]:
        with pytest.raises(Unauthenticated) as refusal:
            await self.caller(shown)
        return refusal.value.code, refusal.value.reason


@pytest.fixture
def door(tmp_path: Path) -> Door:
    door = Door(tmp_path)
    door.has(entry(public(FIRST)))
    return door


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [(EDWARDS, "EdDSA"), (CURVE, "ES256"), (RSA, "PS256"), (RSA, "RS256")],
)
async def test_a_publisher_comes_in_with_what_its_own_key_has_signed(
    door: Door, key: PrivateKeyTypes, algorithm: str
) -> None:
    door.has(entry(public(key, kid="2026")))

    caller = await door.caller(token(key, algorithm, "2026"))

    assert (caller.subject, caller.publisher) == (f"publisher-{WATER}", WATER)
    assert (caller.roles, caller.org) == (frozenset({Role.PUBLISHER}), "")
    assert caller.until == NOW + 300 + 60


async def test_it_takes_no_role_no_name_and_no_organisation_by_saying_so(door: Door) -> None:
    said: Mapping[str, Any] = {"roles": ["DIRECTOR"], "name": "tax", "org": "610102"}

    caller = await door.caller(token(**said))

    assert (caller.roles, caller.publisher, caller.org) == (
        frozenset({Role.PUBLISHER}),
        WATER,
        "",
    )


async def test_a_key_that_was_replaced_opens_nothing_from_that_edition_on(door: Door) -> None:
    stolen, fresh = token(FIRST), token(SECOND)
    await door.caller(stolen)
    assert await door.refused(fresh) == ("publisher_key_refused", "InvalidSignatureError")

    door.has(entry(public(SECOND)))

    assert await door.refused(stolen) == ("publisher_key_refused", "InvalidSignatureError")
    assert (await door.caller(fresh)).publisher == WATER
    door.register = door.register.without(WATER)
    assert await door.refused(fresh) == ("publisher_key_refused", "publisher_without_key")
    door.has(entry(None))
    assert await door.refused(fresh) == ("publisher_key_refused", "publisher_without_key")


@pytest.mark.parametrize(
    ("shown", "code", "reason"),
    [
        (token(sub="publisher-tax"), "token_invalid", "claim_wrong:sub"),
        (token(sub="local-director"), "token_invalid", "claim_wrong:sub"),
        (token(sub=None), "token_invalid", "claim_missing:sub"),
        (token(aud="casetrack-session"), "token_invalid", "claim_wrong:aud"),
        (token(aud=None), "token_invalid", "claim_missing:aud"),
        (token(iat=NOW - 900, exp=NOW - 60), "token_expired", "expired:exp"),
        (token(exp=NOW + 901), "token_invalid", "lives_too_long:exp"),
        (token(kid="another"), "publisher_key_refused", "key_unknown"),
        (token(CURVE, "ES256"), "publisher_key_refused", "algorithm_of_another_key"),
        (
            token(iss="urn:casetrack:publisher:tax"),
            "publisher_key_refused",
            "publisher_without_key",
        ),
        (token(iss="urn:casetrack:local"), "token_invalid", "key_unknown"),
        (token(iss="urn:casetrack:publisher"), "token_invalid", "key_unknown"),
        ("no.token.atall", "token_invalid", "header_unreadable"),
        ("a" * 9_000, "token_invalid", "token_too_long"),
    ],
)
async def test_whatever_else_is_wrong_is_refused(
    door: Door, shown: str, code: str, reason: str
) -> None:
    assert await door.refused(shown) == (code, reason)


async def test_a_publisher_speaks_for_no_other_whose_key_is_registered_too(door: Door) -> None:
    door.has(entry(public(SECOND), "tax"))
    as_tax = {"iss": "urn:casetrack:publisher:tax", "sub": "publisher-tax", "kid": "tax"}

    assert (await door.caller(token(SECOND, **as_tax))).publisher == "tax"
    assert (await door.refused(token(FIRST, **as_tax)))[0] == "publisher_key_refused"


async def test_the_issuers_tokens_go_on(door: Door) -> None:
    caller = await door.caller(door.issuer.issue(Bearer(Role.PUBLISHER, name=WATER)))

    assert (caller.subject, caller.publisher) == (f"publisher-{WATER}", WATER)


async def test_it_ends_with_its_time_although_it_was_recognised(door: Door) -> None:
    shown = token()
    await door.caller(shown)

    door.clock.advance(timedelta(seconds=361))

    assert await door.refused(shown) == ("token_expired", "expired:exp")


async def test_where_no_register_is_known_nobody_signs_for_itself(door: Door) -> None:
    door.gate = Gate.of(AuthSettings(jwks=str(door.folder / "jwks.json")), door.clock)

    assert await door.refused(token()) == ("token_invalid", "key_unknown")
