"""Statements that outlive the answer they came in: signed once, checked by whoever has the keys."""

import json
from pathlib import Path

import jwt

from shared.web.keys import KeySet, SigningKey

ALGORITHM = "EdDSA"


class NotBelieved(Exception):
    """Nobody whom we know has signed it, or for something else."""


def signed(payload: bytes, key: SigningKey, kind: str) -> str:
    """Return *payload* as a compact JWS; no signature for another *kind* passes for this one."""
    headers = {"kid": key.kid, "typ": kind}
    return jwt.api_jws.encode(payload, key.private, algorithm=ALGORITHM, headers=headers)


async def believed(words: bytes | str, keys: KeySet, kind: str) -> bytes:
    """
    Return what was signed.

    Raises:
        NotBelieved: the signature is none of *keys*, or was given for another *kind*.
        KeysUnavailable: there are no keys at all.
    """
    try:
        header = jwt.get_unverified_header(words)
        key = await keys.key(str(header.get("kid")))
        if key is None or header.get("typ") != kind:
            raise NotBelieved("signed by nobody whom we know, or for something else")
        payload: bytes = jwt.api_jws.decode(words, key=key.material, algorithms=[ALGORITHM])
    except jwt.PyJWTError as fault:
        raise NotBelieved(str(fault)) from fault
    return payload


def load_signer(path: Path) -> SigningKey:
    """Return the key in *path*, made where it is missing, its public half beside it."""
    key = SigningKey.load(path)
    publish_half(key, public_half(path))
    return key


def public_half(key: Path) -> Path:
    """Return where the public half of the key in the file *key* lies."""
    return key.with_suffix(".jwks.json")


def publish_half(key: SigningKey, path: Path) -> None:
    """Lay the public half beside those of the keys before this one: what they signed stays."""
    known = json.loads(path.read_bytes())["keys"] if path.exists() else []
    if key.public_jwk not in known:
        document = json.dumps({"keys": [*known, key.public_jwk]}, indent=2) + "\n"
        replace_file(path, document.encode())


def replace_file(path: Path, content: bytes) -> None:
    """Put *content* in the place of what the file had, whole or not at all."""
    draft = path.with_name(f"{path.name}.draft")
    draft.write_bytes(content)
    draft.replace(path)
