"""Tokens and key sets as Keycloak, Auth0, Okta, Entra ID and others write them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError
from starlette.requests import Request

from shared.runtime.clock import VirtualClock
from shared.web.auth import SKEW_SECONDS, Principal, Role, Unauthenticated
from shared.web.gate import AuthSettings, Gate
from shared.web.keys import KeySet, file_keys

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
ISSUER = "https://id.example.gov.cn/realms/bureau"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
EDWARDS = Ed25519PrivateKey.generate()

Jwk = dict[str, Any]
SUPERVISOR = frozenset({Role.SUPERVISOR})


def rsa_jwk(**more: object) -> Jwk:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "kid": "k", **more}


def curve_jwk(**more: object) -> Jwk:
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(CURVE.public_key(), as_dict=True)
    return {**jwk, "kid": "curve", **more}


def edwards_jwk() -> Jwk:
    jwk = jwt.algorithms.OKPAlgorithm.to_jwk(EDWARDS.public_key(), as_dict=True)
    return {**jwk, "kid": "edwards", "alg": "EdDSA"}


def published(folder: Path, *keys: object) -> Path:
    place = folder / "jwks.json"
    place.write_text(json.dumps({"keys": keys or [rsa_jwk(alg="RS256", use="sig")]}))
    return place


def claims(**changes: object) -> dict[str, Any]:
    """Return what every issuer says, without those that are None."""
    usual = {
        "iss": ISSUER,
        "aud": "casetrack",
        "sub": "f81d4fae",
        "iat": NOW,
        "exp": NOW + 300,
        "roles": ["SUPERVISOR"],
        **changes,
    }
    return {name: value for name, value in usual.items() if value is not None}


def signed(content: Mapping[str, Any], **head: object) -> str:
    return jwt.encode(
        dict(content), RSA, algorithm="RS256", headers={"kid": "k", "typ": "at+jwt", **head}
    )


async def principal(
    jwks: Path,
    token: str,
    roles_claim: str = "roles",
    said: str = "at+jwt",
    person: str = "sub",
    **asked: Any,  # noqa: ANN401 - further settings
) -> Principal:
    settings = AuthSettings(
        issuer=ISSUER,
        jwks=str(jwks),
        roles_claim=roles_claim,
        token_type=said,
        person_claim=person,
        **asked,
    )
    headers = [(b"authorization", f"Bearer {token}".encode())]
    gate = Gate.of(settings, VirtualClock(NOON))
    return await gate.principal(Request({"type": "http", "headers": headers}))


KEYCLOAK = claims(
    aud=["casetrack", "account"],
    azp="desk",
    typ="Bearer",
    acr="1",
    auth_time=NOW - 60,
    realm_access={"roles": ["offline_access", "SUPERVISOR"]},
    resource_access={"account": {"roles": ["view-profile"]}},
    scope="openid email profile",
    name="张\u3000三",
    roles=None,
)
AUTH0 = claims(
    azp="my_client",
    gty="client-credentials",
    scope="read:cases",
    roles=None,
    **{"https://casetrack.example.gov.cn/roles": ["SUPERVISOR"]},
)
OKTA = claims(ver=1, jti="AT.1", cid="0oa", uid="00u", scp=["openid"], groups=["SUPERVISOR"])
ENTRA = claims(nbf=NOW, aio="x", oid="y", tid="z", ver="2.0", scp="access", org=None)

ISSUERS: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "Keycloak": (KEYCLOAK, "realm_access.roles"),
    "Keycloak of old, with nbf 0": ({**KEYCLOAK, "nbf": 0}, "realm_access.roles"),
    "Auth0": (AUTH0, "https://casetrack.example.gov.cn/roles"),
    "Okta": (OKTA, "groups"),
    "Entra ID": (ENTRA, "roles"),
    "one that writes fractions of a second": (claims(iat=NOW - 0.25, exp=NOW + 299.75), "roles"),
    "one that writes null for what it does not say": ({**claims(), "nbf": None}, "roles"),
    "one that backdates nbf against skewed clocks": (claims(nbf=NOW - 3600), "roles"),
}


@pytest.mark.parametrize("issuer", ISSUERS)
async def test_a_token_is_read_as_its_issuer_writes_it(issuer: str, tmp_path: Path) -> None:
    content, roles_claim = ISSUERS[issuer]

    caller = await principal(published(tmp_path), signed(content, typ="at+jwt"), roles_claim)

    assert (caller.subject, caller.roles) == ("f81d4fae", SUPERVISOR)


@pytest.mark.parametrize("name", ["local-handler", "LOCAL-1", "publisher-x", "urn:casetrack:time"])
async def test_no_other_issuer_names_our_own_actors(name: str, tmp_path: Path) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        await principal(published(tmp_path), signed(claims(sub=name)))

    assert refusal.value.reason == "name_of_ours:sub"


async def test_a_publisher_is_called_so_by_any_issuer(tmp_path: Path) -> None:
    told = claims(sub="publisher-permits", roles=["PUBLISHER"], name="permits")

    assert (await principal(published(tmp_path), signed(told))).publisher == "permits"


async def test_two_accounts_of_one_person_are_one_where_the_issuer_tells(tmp_path: Path) -> None:
    jwks = published(tmp_path)
    accounts = [claims(sub=account, staff_no="0417") for account in ("clerk-7", "director-2")]
    told = [await principal(jwks, signed(one), person="staff_no") for one in accounts]

    assert [one.subject for one in told] == ["0417", "0417"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "claim_missing:staff_no"),
        ({"staff_no": 417}, "claim_wrong:staff_no"),
        ({"staff_no": ""}, "claim_wrong:staff_no"),
        ({"staff_no": "local-handler"}, "name_of_ours:staff_no"),
        ({"staff_no": "11010519491231002X"}, "claim_personal:staff_no"),
    ],
)
async def test_an_account_that_tells_of_no_person_is_nobody_there(
    tmp_path: Path, said: dict[str, object], reason: str
) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        await principal(published(tmp_path), signed(claims(**said)), person="staff_no")

    assert refusal.value.reason == reason


async def test_a_publisher_is_no_person(tmp_path: Path) -> None:
    told = claims(sub="publisher-permits", roles=["PUBLISHER"], staff_no="0417")

    caller = await principal(published(tmp_path), signed(told), person="staff_no")

    assert caller.subject == "publisher-permits"


async def test_an_issuer_may_call_its_access_tokens_only_tokens(tmp_path: Path) -> None:
    jwks = published(tmp_path)

    caller = await principal(jwks, signed(claims(), typ="JWT"), said="JWT")

    assert caller.subject == "f81d4fae"


TWO_FACTORS: Mapping[str, Any] = {"acr_values": "gold silver", "max_age_seconds": 3600}


@pytest.mark.parametrize(
    "said",
    [
        {"acr": "silver", "auth_time": NOW - 3600},
        {"acr": "gold", "auth_time": NOW},
        # A system does not sign in as people do.
        {"sub": "publisher-permits", "roles": ["PUBLISHER"]},
    ],
)
async def test_who_signed_in_strongly_and_lately_is_let_in(
    tmp_path: Path, said: dict[str, object]
) -> None:
    caller = await principal(published(tmp_path), signed(claims(**said)), **TWO_FACTORS)

    assert caller.subject == claims(**said)["sub"]


async def test_who_was_let_in_is_until_the_sign_in_is_too_old(tmp_path: Path) -> None:
    token = signed(claims(acr="gold", auth_time=NOW - 3500))

    caller = await principal(published(tmp_path), token, **TWO_FACTORS)

    assert caller.until == NOW + 100 + SKEW_SECONDS


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"auth_time": NOW}, "sign_in_too_weak:acr"),
        ({"acr": "1", "auth_time": NOW}, "sign_in_too_weak:acr"),
        ({"acr": ["gold"], "auth_time": NOW}, "sign_in_too_weak:acr"),
        ({"acr": "gold"}, "sign_in_too_weak:auth_time"),
        ({"acr": "gold", "auth_time": NOW - 3600 - SKEW_SECONDS}, "sign_in_too_old:auth_time"),
        ({"auth_time": NOW, "roles": ["PUBLISHER", "SUPERVISOR"]}, "sign_in_too_weak:acr"),
    ],
)
async def test_who_signed_in_weakly_or_long_ago_learns_how_to_sign_in(
    tmp_path: Path, said: dict[str, object], reason: str
) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        await principal(published(tmp_path), signed(claims(**said)), **TWO_FACTORS)

    assert refusal.value.reason == reason
    assert refusal.value.code == "insufficient_user_authentication"
    assert refusal.value.asked == {"acr_values": "gold silver", "max_age": "3600"}


def test_a_way_to_sign_in_fits_into_a_challenge() -> None:
    with pytest.raises(ValidationError):
        AuthSettings(issuer=ISSUER, jwks="keys.json", acr_values='gold", realm="elsewhere')


async def test_a_name_may_have_a_wide_space(tmp_path: Path) -> None:
    caller = await principal(published(tmp_path), signed(KEYCLOAK), "realm_access.roles")

    assert caller.name == "张 三"


REFUSED: Mapping[str, tuple[dict[str, Any], str]] = {
    "without issuer": (claims(iss=None), "claim_missing:iss"),
    "without audience": (claims(aud=None), "claim_missing:aud"),
    "without subject": (claims(sub=None), "claim_missing:sub"),
    "without end": (claims(exp=None), "claim_missing:exp"),
    "without an instant of issue": (claims(iat=None), "claim_missing:iat"),
    "without roles": (claims(roles=None), "claim_missing:roles"),
    "of another issuer": (claims(iss=ISSUER + "/"), "claim_wrong:iss"),
    "for another audience": (claims(aud=["account"]), "claim_wrong:aud"),
    "for an audience that is a number": (claims(aud=7), "claim_wrong:aud"),
    "for a subject that is a number": (claims(sub=7), "claim_wrong:sub"),
    "for nobody": (claims(sub=""), "claim_wrong:sub"),
    "with an end in words": (claims(exp="tomorrow"), "claim_wrong:exp"),
    "with a beginning in words": (claims(nbf="today"), "claim_wrong:nbf"),
    "with a truth for a beginning": (claims(nbf=True), "claim_wrong:nbf"),
    "with an endless beginning": (claims(nbf=float("inf")), "claim_wrong:nbf"),
    "with an end beyond all numbers": (claims(exp=10**400), "claim_wrong:exp"),
    "with a role as text": (claims(roles="SUPERVISOR"), "claim_wrong:roles"),
    "with roles of others": (claims(roles=["admin"]), "no_role_of_ours:roles"),
    "with an office that is a list": (claims(org=["610102"]), "claim_wrong:org"),
    "that begins later": (claims(nbf=NOW + 61), "not_yet_valid:nbf"),
    "that was issued later": (claims(iat=NOW + 61, nbf=0), "not_yet_valid:iat"),
    "that has ended": (claims(iat=NOW - 900, exp=NOW - 60), "expired:exp"),
    "that lives too long": (claims(exp=NOW + 901, nbf=0), "lives_too_long:exp"),
}


@pytest.mark.parametrize("token", REFUSED)
async def test_a_refusal_names_the_claim_for_our_log(token: str, tmp_path: Path) -> None:
    content, reason = REFUSED[token]

    with pytest.raises(Unauthenticated) as refusal:
        await principal(published(tmp_path), signed(content))

    assert refusal.value.reason == reason


async def test_a_token_names_its_key(tmp_path: Path) -> None:
    with pytest.raises(Unauthenticated, match="header_missing:kid"):
        await principal(
            published(tmp_path),
            jwt.encode(claims(), RSA, algorithm="RS256", headers={"typ": "at+jwt"}),
        )


SIGNERS: Mapping[str, tuple[Any, str]] = {
    "k": (RSA, "RS256"),
    "curve": (CURVE, "ES256"),
    "edwards": (EDWARDS, "EdDSA"),
}


@pytest.mark.parametrize("kid", SIGNERS)
async def test_keys_of_every_kind_stand_in_one_set(kid: str, tmp_path: Path) -> None:
    key, algorithm = SIGNERS[kid]
    jwks = published(tmp_path, rsa_jwk(), curve_jwk(), edwards_jwk())

    caller = await principal(
        jwks, jwt.encode(claims(), key, algorithm, headers={"kid": kid, "typ": "at+jwt"})
    )

    assert caller.roles == SUPERVISOR


async def test_a_key_without_an_algorithm_serves_all_of_its_kind(tmp_path: Path) -> None:
    token = jwt.encode(claims(), RSA, algorithm="PS256", headers={"kid": "k", "typ": "at+jwt"})

    caller = await principal(published(tmp_path, rsa_jwk()), token)

    assert caller.roles == SUPERVISOR


async def test_a_key_with_an_algorithm_serves_no_other(tmp_path: Path) -> None:
    token = jwt.encode(claims(), RSA, algorithm="PS256", headers={"kid": "k", "typ": "at+jwt"})

    with pytest.raises(Unauthenticated, match="algorithm_of_another_key"):
        await principal(published(tmp_path, rsa_jwk(alg="RS256")), token)


STRANGE: Mapping[str, object] = {
    "for encryption": rsa_jwk(kid="enc", use="enc", alg="RSA-OAEP"),
    "for encryption, and has our key's name": rsa_jwk(use="enc", alg="RSA-OAEP"),
    "for signing alone": rsa_jwk(kid="sign", key_ops=["sign"]),
    "of an algorithm that nobody knows": rsa_jwk(kid="new", alg="ML-DSA-65"),
    "of an algorithm that is no text": rsa_jwk(kid="odd", alg=["RS256"]),
    "of a kind that nobody knows": {"kty": "AKP", "kid": "akp", "pub": "AA"},
    "of a curve that nobody knows": {"kty": "EC", "crv": "SM2", "kid": "sm2", "x": "AA", "y": "AA"},
    "of an exchange of keys": {"kty": "OKP", "crv": "X25519", "kid": "x", "x": "AA"},
    "a shared secret": {"kty": "oct", "kid": "hmac", "k": "c2VjcmV0", "alg": "HS256"},
    "a shared secret that says RS256": {"kty": "oct", "kid": "h", "k": "c2VjcmV0", "alg": "RS256"},
    "without a name": {name: part for name, part in rsa_jwk().items() if name != "kid"},
    "without its number": {"kty": "RSA", "kid": "empty", "alg": "RS256"},
    "no text where text belongs": {"kty": "RSA", "kid": "deep", "n": [], "e": {}},
    "no text for its operations": rsa_jwk(kid="ops", key_ops=7),
    "no object": "k",
    "null": None,
}


@pytest.mark.parametrize("stranger", STRANGE)
async def test_a_strange_key_does_not_hide_its_neighbours(stranger: str, tmp_path: Path) -> None:
    jwks = published(tmp_path, STRANGE[stranger], rsa_jwk(alg="RS256"), STRANGE[stranger])

    caller = await principal(jwks, signed(claims()))

    assert caller.roles == SUPERVISOR


@pytest.mark.parametrize("body", [b"[" * 50_000, b"[]", b"null", b'{"keys": null}', b'{"keys": 1}'])
async def test_a_set_that_is_none_does_not_take_the_known_keys_away(
    body: bytes, tmp_path: Path
) -> None:
    clock = VirtualClock(NOON)
    jwks = published(tmp_path)
    keys: KeySet = file_keys(jwks, clock)
    await keys.key("k")
    jwks.write_bytes(body)

    clock.advance(timedelta(seconds=2))

    assert await keys.key("unknown") is None
    assert await keys.key("k") is not None
