"""Whom a service believes: the tokens that open, and the forged ones that never do."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request

from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.auth import LOCAL_ISSUER, Expectation, Principal, Role, Unauthenticated, Verifier
from shared.web.gate import AuthSettings, Gate, key_set
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.keys import KeySet, KeysUnavailable, SigningKey

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NOW = int(NOON.timestamp())
HANDLER = Bearer(Role.HANDLER, org="610102")


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOON)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def issuer(home: Path, clock: VirtualClock) -> LocalIssuer:
    return LocalIssuer.open(home, clock, SeededIds(1))


@pytest.fixture
def key(home: Path) -> SigningKey:
    return SigningKey.load(home / "issuer.pem")


@pytest.fixture
def keys(home: Path, clock: VirtualClock) -> KeySet:
    return key_set(str(home / "jwks.json"), clock)


@pytest.fixture
def verifier(issuer: LocalIssuer, keys: KeySet, clock: VirtualClock) -> Verifier:
    del issuer  # it has published its key by now
    return Verifier(keys, Expectation(issuer=LOCAL_ISSUER), clock)


def claims(**changes: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "iss": LOCAL_ISSUER,
        "aud": "casetrack",
        "sub": "local-handler",
        "roles": ["HANDLER"],
        "org": "610102",
        "name": "",
        "iat": NOW,
        "nbf": NOW,
        "exp": NOW + 600,
        "jti": "1",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def part(content: Mapping[str, object] | bytes) -> str:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def signed(key: SigningKey, changes: Mapping[str, object], **headers: object) -> str:
    kept = {"kid": key.kid, "typ": "at+jwt", **headers}
    return jwt.encode(claims(**changes), key.private, algorithm="EdDSA", headers=kept)


def raw_public(key: SigningKey) -> bytes:
    return key.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def hmac_with_public_key(key: SigningKey) -> str:
    head = part({"alg": "HS256", "typ": "at+jwt", "kid": key.kid})
    signing = f"{head}.{part(claims())}"
    mac = hmac.new(raw_public(key), signing.encode(), sha256).digest()
    return f"{signing}.{part(mac)}"


def with_other_payload(key: SigningKey) -> str:
    head, _, signature = signed(key, {}).split(".")
    return f"{head}.{part(claims(roles=['DIRECTOR']))}.{signature}"


def by_stranger(key: SigningKey, **headers: object) -> str:
    stranger = Ed25519PrivateKey.generate()
    kept = {"kid": key.kid, "typ": "at+jwt", **headers}
    return jwt.encode(claims(), stranger, algorithm="EdDSA", headers=kept)


def with_own_jwk(key: SigningKey) -> str:
    stranger = SigningKey(Ed25519PrivateKey.generate(), key.kid)
    return jwt.encode(
        claims(),
        stranger.private,
        algorithm="EdDSA",
        headers={"kid": key.kid, "typ": "at+jwt", "jwk": stranger.public_jwk},
    )


def by_rsa(key: SigningKey) -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(
        claims(), private, algorithm="RS256", headers={"kid": key.kid, "typ": "at+jwt"}
    )


def by_curve(key: SigningKey) -> str:
    private = ec.generate_private_key(ec.SECP256R1())
    return jwt.encode(
        claims(), private, algorithm="ES256", headers={"kid": key.kid, "typ": "at+jwt"}
    )


def unsigned(key: SigningKey, alg: object) -> str:
    return f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': key.kid})}.{part(claims())}."


def without_signature(key: SigningKey) -> str:
    return signed(key, {}).rpartition(".")[0] + "."


FORGED: Mapping[str, Callable[[SigningKey], str]] = {
    "unsigned": lambda key: unsigned(key, "none"),
    "unsigned, spelled otherwise": lambda key: unsigned(key, "NoNe"),
    "claims EdDSA without a signature": without_signature,
    "a shared secret made of the public key": hmac_with_public_key,
    "the payload of another": with_other_payload,
    "signed by a stranger under our key's name": by_stranger,
    "brings its own key": with_own_jwk,
    "says where its key may be found": lambda key: by_stranger(key, jku="https://evil.example/k"),
    "brings a certificate address": lambda key: by_stranger(key, x5u="https://evil.example/c"),
    "an algorithm of another key": by_rsa,
    "a curve of another key": by_curve,
    "an unknown key": lambda key: signed(key, {}, kid="unknown"),
    "no key at all": lambda key: jwt.encode(
        claims(), key.private, algorithm="EdDSA", headers={"typ": "at+jwt"}
    ),
    "a critical extension": lambda key: signed(key, {}, crit=["b64"], b64=True),
    "expired": lambda key: signed(key, {"iat": NOW - 900, "nbf": NOW - 900, "exp": NOW - 61}),
    "not yet valid": lambda key: signed(key, {"nbf": NOW + 61}),
    "issued in the future": lambda key: signed(key, {"iat": NOW + 61}),
    "lives longer than a person's may": lambda key: signed(key, {"exp": NOW + 901}),
    "never ends": lambda key: signed(key, {"exp": None}),
    "ends at infinity": lambda key: signed(key, {"exp": float("inf")}),
    "ends at a text": lambda key: signed(key, {"exp": "tomorrow"}),
    "was issued at no time": lambda key: signed(key, {"iat": None}),
    "has an algorithm that is no name": lambda key: unsigned(key, ["EdDSA"]),
    "another issuer": lambda key: signed(key, {"iss": "https://id.example"}),
    "no issuer": lambda key: signed(key, {"iss": None}),
    "another audience": lambda key: signed(key, {"aud": "archive"}),
    "calls itself any token": lambda key: signed(key, {}, typ="JWT"),
    "calls itself a session": lambda key: signed(key, {}, typ="casetrack-session+jwt"),
    "calls itself nothing": lambda key: signed(key, {}, typ=None),
    "is an identity token within": lambda key: signed(key, {"typ": "ID"}),
    "is bound to an access token": lambda key: signed(key, {"at_hash": "x"}),
    "a sign-in ticket": lambda key: signed(key, {"aud": "casetrack-signin"}),
    "a browser's session": lambda key: signed(key, {"aud": "casetrack-session"}),
    "no audience": lambda key: signed(key, {"aud": None}),
    "no subject": lambda key: signed(key, {"sub": None}),
    "an empty subject": lambda key: signed(key, {"sub": ""}),
    "a subject that breaks the log": lambda key: signed(key, {"sub": "a\nlevel=info"}),
    "no role": lambda key: signed(key, {"roles": []}),
    "a role that nobody has": lambda key: signed(key, {"roles": ["EMPEROR"]}),
    "a role as text": lambda key: signed(key, {"roles": "HANDLER"}),
    "too long": lambda key: signed(key, {"name": "n" * 9_000}),
    "cut short": lambda key: signed(key, {})[:-4],
    "four parts": lambda key: signed(key, {}) + ".e30",
    "no token": lambda _: "let me in",
    "nothing": lambda _: "",
    "deeply nested": lambda key: f"{part(b'[' * 5_000)}.{part(claims())}.{part(key.kid.encode())}",
}


@pytest.mark.parametrize("forgery", FORGED)
async def test_a_forged_token_opens_nothing(
    forgery: str, key: SigningKey, verifier: Verifier
) -> None:
    token = FORGED[forgery](key)

    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_a_signed_token_names_its_bearer(key: SigningKey, verifier: Verifier) -> None:
    principal = await verifier.verify(signed(key, {"name": "window 7"}))

    handler = frozenset({Role.HANDLER})
    assert principal == Principal(
        "local-handler", handler, "610102", "window 7", until=NOW + 600 + 60
    )


async def test_a_clock_may_be_a_minute_off(key: SigningKey, verifier: Verifier) -> None:
    late = signed(key, {"iat": NOW - 660, "nbf": NOW - 660, "exp": NOW - 59})
    early = signed(key, {"iat": NOW + 59, "nbf": NOW + 59})

    principals = [await verifier.verify(token) for token in (late, early)]

    assert [principal.subject for principal in principals] == ["local-handler"] * 2


async def test_an_expired_token_says_so(
    issuer: LocalIssuer, verifier: Verifier, clock: VirtualClock
) -> None:
    token = issuer.issue(HANDLER)
    clock.advance(timedelta(minutes=15, seconds=50))
    await verifier.verify(token)
    clock.advance(timedelta(seconds=11))

    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(token)
    assert refusal.value.code == "token_expired"


async def test_a_trial_token_may_live_longer(
    home: Path, issuer: LocalIssuer, clock: VirtualClock
) -> None:
    gate = Gate.of(AuthSettings(jwks=str(home / "jwks.json")), clock)
    token = issuer.issue(Bearer(Role.PUBLISHER), timedelta(days=20))
    clock.advance(timedelta(days=19))
    headers = [(b"authorization", f"Bearer {token}".encode())]

    principal = await gate.principal(Request({"type": "http", "headers": headers}))

    assert (principal.subject, principal.publisher) == ("publisher-trial", "trial")


def test_no_trial_token_lives_for_ever(issuer: LocalIssuer) -> None:
    with pytest.raises(ValueError, match="thirty days"):
        issuer.issue(HANDLER, timedelta(days=31))


def test_the_private_key_is_its_owners_alone(home: Path, key: SigningKey) -> None:
    del key  # loading it for the first time makes it
    mode = (home / "issuer.pem").stat().st_mode & 0o777

    assert mode == 0o600


def test_an_issuer_opened_twice_keeps_its_key(
    home: Path, key: SigningKey, clock: VirtualClock
) -> None:
    LocalIssuer.open(home, clock, SeededIds(2))

    assert SigningKey.load(home / "issuer.pem").kid == key.kid
    assert [*json.loads((home / "jwks.json").read_bytes())["keys"]] == [key.public_jwk]


class Place:
    """Somewhere that publishes keys, and counts who asks."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys = keys
        self.asked = 0

    async def fetch(self) -> bytes:
        self.asked += 1
        if not self.keys:
            raise OSError
        return json.dumps({"keys": [key.public_jwk for key in self.keys]}).encode()


async def test_guessing_key_names_does_not_flood_the_issuer(
    key: SigningKey, clock: VirtualClock
) -> None:
    place = Place(key)
    known = KeySet(place.fetch, clock, refresh_seconds_min=30)

    for guess in range(100):
        assert await known.key(f"guess-{guess}") is None

    assert place.asked == 1


async def test_a_rotated_key_is_found_without_a_restart(
    key: SigningKey, clock: VirtualClock
) -> None:
    place = Place(key)
    known = KeySet(place.fetch, clock, refresh_seconds_min=30)
    await known.key(key.kid)
    newer = SigningKey(Ed25519PrivateKey.generate(), "newer")
    place.keys = (key, newer)
    clock.advance(timedelta(seconds=30))

    assert await known.key("newer") is not None


async def test_a_withdrawn_key_is_soon_trusted_no_more(
    key: SigningKey, clock: VirtualClock
) -> None:
    place = Place(key)
    known = KeySet(place.fetch, clock, refresh_seconds_min=30)
    await known.key(key.kid)
    place.keys = (SigningKey(Ed25519PrivateKey.generate(), "newer"),)
    clock.advance(timedelta(seconds=300))

    assert await known.key(key.kid) is None


async def test_an_issuer_that_is_away_is_not_a_forged_token(clock: VirtualClock) -> None:
    known = KeySet(Place().fetch, clock, refresh_seconds_min=30)

    with pytest.raises(KeysUnavailable):
        await known.key("any")


async def test_known_keys_outlive_an_issuer_that_is_away(
    key: SigningKey, clock: VirtualClock
) -> None:
    place = Place(key)
    known = KeySet(place.fetch, clock, refresh_seconds_min=30)
    await known.key(key.kid)
    place.keys = ()
    clock.advance(timedelta(minutes=10))

    assert await known.key(key.kid) is not None


async def test_whoever_cuts_us_off_from_an_issuer_keeps_no_key_alive(
    key: SigningKey, clock: VirtualClock
) -> None:
    place = Place(key)
    known = KeySet(place.fetch, clock, refresh_seconds_min=30)
    await known.key(key.kid)
    place.keys = ()
    clock.advance(timedelta(minutes=59))
    assert await known.key(key.kid) is not None
    clock.advance(timedelta(minutes=1))

    with pytest.raises(KeysUnavailable):
        await known.key(key.kid)
