"""What an owner's record shows that its relay alone can make: a seal over topic and bytes."""

import hmac
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Self

from shared.contracts.registry import OWN_TOPICS
from shared.kafka.port import Record

HEADER = "seal"
UNSEALED = "unsealed"
SEAL_BROKEN = "seal_broken"
KEYRING = re.compile(r"[a-z0-9]{1,16}:[0-9a-f]{64}(,[a-z0-9]{1,16}:[0-9a-f]{64})*")
"""Named keys of 32 bytes: the first one seals, and all of them are believed."""
DIGEST_BYTES = 16


class Seal:
    """The keys of a bureau's seal; whoever has them can seal, so writing is also the broker's."""

    def __init__(self, keys: Mapping[bytes, bytes]) -> None:
        self._keys = keys

    @classmethod
    def of(cls, keyring: str) -> Self:
        """Return the seal of *keyring*, which KEYRING describes."""
        pairs = (key.partition(":") for key in keyring.split(","))
        return cls({name.encode(): bytes.fromhex(secret) for name, _, secret in pairs})

    def on(self, topic: str) -> "TopicSeal":
        """Return it as it is set on records of *topic*; on another topic it is not believed."""
        told = topic.encode()
        return TopicSeal(
            {
                name: blake2b(told, key=key, digest_size=blake2b.MAX_KEY_SIZE).digest()
                for name, key in self._keys.items()
            }
        )

    @cached_property
    def on_our_own(self) -> "Mapping[str, TopicSeal]":
        """The same as it is set on records of each topic of ours."""
        return {topic: self.on(topic) for topic in OWN_TOPICS}

    def flaw_of(self, record: Record) -> str | None:
        """Return why *record* is not to be believed; None where it is, or where none has a seal."""
        own = self.on_our_own.get(record.topic)
        return None if own is None else own.flaw_of(record.value or b"", record.headers)


class TopicSeal:
    """A seal for the records of one topic."""

    def __init__(self, keys: Mapping[bytes, bytes]) -> None:
        # Keyed BLAKE2 is a MAC of its own (RFC 7693), at half of HMAC-SHA-256's cost here; the
        # key is taken in once, and not again for every record.
        self._begun = {
            name: blake2b(key=key, digest_size=DIGEST_BYTES) for name, key in keys.items()
        }
        self._newest = next(iter(keys))

    def header(self, body: bytes) -> tuple[str, bytes]:
        """Return what the record with *body* carries."""
        return HEADER, b"%s:%s" % (self._newest, _digest(self._begun[self._newest], body))

    def flaw_of(self, body: bytes, headers: Sequence[tuple[str, bytes | None]]) -> str | None:
        """Return why the record is not to be believed; None where it is."""
        for header, sealed in reversed(headers):
            if header == HEADER and sealed is not None:
                break
        else:
            return UNSEALED
        name, _, digest = sealed.partition(b":")
        begun = self._begun.get(name)
        if begun is None or not hmac.compare_digest(digest, _digest(begun, body)):
            return SEAL_BROKEN
        return None


def _digest(begun: blake2b, body: bytes) -> bytes:
    state = begun.copy()
    state.update(body)
    return state.hexdigest().encode()
