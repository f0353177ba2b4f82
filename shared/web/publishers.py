"""Publishers who sign their own tokens, each with the key that the register has of it."""

import json
import math
from collections.abc import Callable
from functools import lru_cache

import jwt

from shared.contracts.rules.facts import PublisherKey
from shared.policy.publisher import Publishers
from shared.runtime.clock import Clock
from shared.web.auth import (
    RECOGNISED_MAX,
    TOKEN_CHARACTERS_MAX,
    Expectation,
    Principal,
    Unauthenticated,
    Verifier,
)
from shared.web.keys import KeySet
from shared.web.problems import PUBLISHER_KEY_REFUSED

ISSUERS = "urn:casetrack:publisher:"
"""What the `iss` of such a token begins with; the publisher's id follows."""
OTHER_KEY = ("key_unknown", "algorithm_of_another_key", "InvalidSignatureError")

Registered = Callable[[], Publishers]
"""Returns the register as it stands."""


@lru_cache(maxsize=RECOGNISED_MAX)
def signed_by(token: str) -> str | None:
    """Return which publisher *token* says that it was signed by; whether it was is yet to see."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        return None
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return None
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not issuer.startswith(ISSUERS):
        return None
    return issuer.removeprefix(ISSUERS)


class OwnTokens:
    """
    Checks what publishers have signed themselves, by the newest edition of the register.

    Whatever such a token says, it speaks for its publisher alone, and has no other role.
    """

    def __init__(self, register: Registered, clock: Clock) -> None:
        self._register = register
        self._clock = clock
        self._verifiers: dict[str, tuple[PublisherKey, Verifier]] = {}

    async def verify(self, token: str, publisher: str) -> Principal:
        """
        Return the principal that *publisher* is, who is said to have signed *token*.

        Raises:
            Unauthenticated: another key did, the register knows none, or any other check failed.
        """
        entry = self._register().by_id.get(publisher)
        if entry is None or entry.key is None:
            self._verifiers.pop(publisher, None)
            raise Unauthenticated("publisher_without_key", PUBLISHER_KEY_REFUSED.code)
        try:
            return await self._verifier(publisher, entry.key).verify(token)
        except Unauthenticated as refusal:
            if refusal.reason in OTHER_KEY:
                raise Unauthenticated(refusal.reason, PUBLISHER_KEY_REFUSED.code) from refusal
            raise

    def _verifier(self, publisher: str, key: PublisherKey) -> Verifier:
        known, verifier = self._verifiers.get(publisher, (None, None))
        if verifier is None or known != key:
            # With the key goes what was recognised by it, which is believed for a while.
            expectation = Expectation(issuer=f"{ISSUERS}{publisher}", publisher=publisher)
            verifier = Verifier(_only(publisher, key, self._clock), expectation, self._clock)
            self._verifiers[publisher] = key, verifier
        return verifier


def _only(publisher: str, key: PublisherKey, clock: Clock) -> KeySet:
    """Return the set of this one *key*; where the register has no name of it, its owner's is."""
    jwk = {"kid": publisher, **key.model_dump(exclude_none=True)}
    document = json.dumps({"keys": [jwk]}).encode()

    async def told() -> bytes:
        return document

    return KeySet(told, clock, refresh_seconds_min=math.inf)
