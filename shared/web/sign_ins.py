"""How strongly and how lately people have to sign in at their issuer (RFC 9470)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

WEAK = "insufficient_user_authentication"
"""What RFC 9470 3 calls it, in the challenge and as our code."""


@dataclass(frozen=True, slots=True)
class SignIns:
    """
    What a person's token has to say of the sign-in behind it; as it stands, nothing.

    Systems do not sign in as people do, so nothing is asked of publishers.
    """

    acr_values: tuple[str, ...] = ()
    """What the issuer calls the ways that are strong enough (`acr`, OpenID Connect Core 2)."""
    max_age: timedelta | None = None
    """How long ago they may have signed in at most (`auth_time`)."""

    def lacking(self, claims: Mapping[str, Any]) -> str | None:
        """Return the claim by which *claims* tell of too little, None where they tell enough."""
        if self.acr_values and claims.get("acr") not in self.acr_values:
            return "acr"
        return "auth_time" if self.max_age is not None and "auth_time" not in claims else None

    @property
    def challenge(self) -> Mapping[str, str]:
        """By what whoever is refused learns how to sign in."""
        asked = {}
        if self.acr_values:
            asked["acr_values"] = " ".join(self.acr_values)
        if self.max_age is not None:
            asked["max_age"] = str(int(self.max_age.total_seconds()))
        return asked


ANY = SignIns()
