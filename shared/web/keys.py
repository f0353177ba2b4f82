"""Keys that sign tokens, and the pinned sets of public keys that check them."""

import asyncio
import json
import math
import os
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import jwt
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from shared.runtime.clock import Clock

log = structlog.get_logger()

KEY_TYPES: Mapping[str, str] = {"EdDSA": "OKP", "ES256": "EC", "PS256": "RSA", "RS256": "RSA"}
"""What may sign, and with which kind of key: never `none`, never a shared secret."""

URL_REFRESH_SECONDS_MIN = 30.0
"""An unknown key id asks the issuer again at most this often, whoever presents it."""
FILE_REFRESH_SECONDS_MIN = 1.0
KEEP_SECONDS_MAX = 300.0
"""A withdrawn key is trusted at most this much longer, while its issuer answers."""
TRUSTED_SECONDS_MAX = 3600.0
"""
And this much where the issuer does not answer: whoever cuts us off from it cannot
keep a withdrawn key alive.
"""
FETCH_SECONDS_MAX = 3.0
JWKS_BYTES_MAX = 64 * 1024

FetchKeys = Callable[[], Awaitable[bytes]]


PublicMaterial = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures, by the algorithms that its issuer uses it for."""

    material: PublicMaterial
    algorithms: frozenset[str]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key and the name by which verifiers know it."""

    private: Ed25519PrivateKey
    kid: str

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """Return the key in *path*; the first call makes it, readable by its owner alone."""
        if not path.exists():
            _create(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{path} holds no Ed25519 key")
        return cls(key, _thumbprint(key))

    @property
    def public_jwk(self) -> dict[str, str]:
        return {**_public(self.private), "kid": self.kid, "use": "sig", "alg": "EdDSA"}


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    mine = path.with_suffix(f".{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_bytes(pem)
    # Two processes may come here together: a link is made once, so both read the same key.
    with suppress(FileExistsError):
        path.hardlink_to(mine)
    mine.unlink()


def _public(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return {"crv": "Ed25519", "kty": "OKP", "x": urlsafe_b64encode(raw).rstrip(b"=").decode()}


def _thumbprint(key: Ed25519PrivateKey) -> str:
    canonical = json.dumps(_public(key), sort_keys=True, separators=(",", ":")).encode()
    return urlsafe_b64encode(sha256(canonical).digest()).rstrip(b"=").decode()


class KeysUnavailable(Exception):
    """The issuer's keys could not be read; nobody can be recognised until they can. Retry."""


class KeySet:
    """
    The public keys of one issuer, from one pinned place.

    What a token says about where its key may be found is never read.
    """

    def __init__(self, fetch: FetchKeys, clock: Clock, *, refresh_seconds_min: float) -> None:
        self._fetch = fetch
        self._clock = clock
        self._refresh_seconds_min = refresh_seconds_min
        self._keys: Mapping[str, PublicKey] = {}
        self._asked_at = -math.inf
        self._answered_at = -math.inf
        self._asking = asyncio.Lock()

    async def key(self, kid: str) -> PublicKey | None:
        """
        Return the key named *kid*; an unknown one is looked for again, within limits.

        Raises:
            KeysUnavailable: there has been no answer yet, or none for an hour.
        """
        async with self._asking:
            age = self._clock.monotonic() - self._asked_at
            unknown = kid not in self._keys and age >= self._refresh_seconds_min
            if unknown or age >= KEEP_SECONDS_MAX:
                self._asked_at = self._clock.monotonic()
                await self._ask()
        unanswered = self._clock.monotonic() - self._answered_at
        if not self._keys or unanswered >= TRUSTED_SECONDS_MAX:
            raise KeysUnavailable
        return self._keys.get(kid)

    async def _ask(self) -> None:
        try:
            self._keys = _parsed(await self._fetch())
            self._answered_at = self._clock.monotonic()
        except (OSError, httpx2.HTTPError, ValueError, RecursionError) as fault:
            log.warning("keys_not_refreshed", error=type(fault).__name__, kept=len(self._keys))


def _parsed(body: bytes) -> dict[str, PublicKey]:
    """Return the usable signing keys of a JWK set; what else stands in it is passed over."""
    document = json.loads(body)
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise ValueError("no JWK set")  # noqa: TRY004 - what came is wrong, not our types
    named = [entry for entry in entries if isinstance(entry, dict)]
    return {entry["kid"]: key for entry in named if (key := _usable(entry))}


def _usable(entry: dict[str, Any]) -> PublicKey | None:
    if not isinstance(entry.get("kid"), str) or (entry.get("use") or "sig") != "sig":
        return None
    try:
        served = _served(entry)
        material = jwt.PyJWK(entry, served[0]).key if served else None
    except (jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, KeyError):
        return None
    if not isinstance(material, PublicMaterial) or not _fits(material):
        return None
    return PublicKey(material, frozenset(served))


def _served(entry: Mapping[str, Any]) -> list[str]:
    """Return the algorithms of ours that a key is for: all of its kind where it names none."""
    if "verify" not in (entry.get("key_ops") or ["verify"]):
        return []
    said = [entry["alg"]] if entry.get("alg") else list(KEY_TYPES)
    return [name for name in said if KEY_TYPES.get(name) == entry.get("kty")]


def _fits(material: PublicMaterial) -> bool:
    """Whether an elliptic key lies on the one curve of ES256."""
    return not isinstance(material, EllipticCurvePublicKey) or isinstance(material.curve, SECP256R1)


def file_keys(path: Path, clock: Clock) -> KeySet:
    """Return the key set kept in a file: the local issuer's, or one pinned by hand."""

    async def fetch() -> bytes:
        return await asyncio.to_thread(path.read_bytes)

    return KeySet(fetch, clock, refresh_seconds_min=FILE_REFRESH_SECONDS_MIN)


def url_keys(url: str, clock: Clock) -> KeySet:
    """Return the key set at *url*: no redirect, bounded in time and size."""

    async def fetch() -> bytes:
        async with httpx2.AsyncClient(timeout=FETCH_SECONDS_MAX, follow_redirects=False) as client:
            response = (await client.get(url)).raise_for_status()
        if len(response.content) > JWKS_BYTES_MAX:
            raise ValueError("the key set is larger than any key set")
        return response.content

    return KeySet(fetch, clock, refresh_seconds_min=URL_REFRESH_SECONDS_MIN)
