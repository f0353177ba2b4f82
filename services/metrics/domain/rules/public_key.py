"""The key that a publisher is registered with: one that checks signatures, and nothing secret."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from services.metrics.domain.rules.refusals import KeyPrivate, KeyUnfit
from shared.contracts.rules.facts import PublisherKey

SECRET = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""What a JWK says of a private key, or of a shared secret (RFC 7518)."""
RSA_BITS_MIN = 2048
EXPONENT_MIN = 65_537
P256_OCTETS = 32


def public_key(document: Mapping[str, Any]) -> PublisherKey:
    """
    Return the key that *document*, a JWK, is; what else it says of its use is not kept.

    Raises:
        KeyPrivate: it gives away what only its owner may know; nothing of it is repeated.
        KeyUnfit: it is of no kind that we take, or no key at all.
    """
    if SECRET & document.keys():
        raise KeyPrivate
    try:
        key = PublisherKey.model_validate(document)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise KeyUnfit(place=".".join(map(str, ("key", *fault["loc"])))) from None
    if document.get("use", "sig") != "sig":
        raise KeyUnfit(place="key.use")
    try:
        _require_key(key)
    except ValueError:
        raise KeyUnfit(place="key") from None
    return key


def _require_key(key: PublisherKey) -> None:
    """
    Return where the numbers of *key* are one.

    Raises:
        ValueError: they are none.
    """
    match key:
        case PublisherKey(kty="OKP", x=str(x)):
            Ed25519PublicKey.from_public_bytes(_octets(x))
        case PublisherKey(kty="EC", x=str(x), y=str(y)):
            if {len(_octets(x)), len(_octets(y))} != {P256_OCTETS}:
                raise ValueError("of another length")
            EllipticCurvePublicNumbers(_number(x), _number(y), SECP256R1()).public_key()
        case _:
            modulus, exponent = _number(key.n or ""), _number(key.e or "")
            strong = modulus.bit_length() >= RSA_BITS_MIN and exponent >= EXPONENT_MIN
            if not strong or not modulus % 2 or not exponent % 2:
                raise ValueError("too weak")


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_octets(text), "big")
