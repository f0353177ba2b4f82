"""Who is asking: roles, principals, and the check of a signed token."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import jwt

from shared.runtime.clock import Clock
from shared.runtime.keys import ALGORITHMS, KeySet

ACCESS = "casetrack"
"""The audience of an access token."""
SIGN_IN = "casetrack-signin"
"""The audience of a one-use ticket, which is good for nothing else."""
SESSION = "casetrack-session"
"""The audience of a browser's session."""

LOCAL_ISSUER = "urn:casetrack:local"
SKEW_SECONDS = 60
RECOGNISED_MAX = 1_000
RECOGNISED_SECONDS_MAX = 30
"""A checked token is believed this long without another check, but never past its end."""
TOKEN_CHARACTERS_MAX = 8_192
SUBJECT_CHARACTERS_MAX = 256
PEOPLE_SECONDS_MAX = 15 * 60
LOCAL_TRIAL_SECONDS_MAX = 30 * 24 * 3600


class Role(StrEnum):
    """What somebody may do, as signed by the issuer."""

    WINDOW_CLERK = "WINDOW_CLERK"
    HANDLER = "HANDLER"
    CHECKER = "CHECKER"
    APPROVER = "APPROVER"
    INSPECTOR = "INSPECTOR"
    ASSIST_AGENT = "ASSIST_AGENT"
    SECRETARIAT = "SECRETARIAT"
    REVIEW_DESK = "REVIEW_DESK"
    DIRECTOR = "DIRECTOR"
    SUPERVISOR = "SUPERVISOR"
    AUDITOR = "AUDITOR"
    OPS = "OPS"
    PUBLISHER = "PUBLISHER"


@dataclass(frozen=True, slots=True)
class Principal:
    """
    Somebody whose token was checked.

    *name* is a label: a publisher's id, or what a session shows to its owner. It
    is never logged.
    """

    subject: str
    roles: frozenset[Role]
    org: str
    name: str

    @property
    def publisher(self) -> str | None:
        """The id under which a publishing system is registered; None for people."""
        return self.name if Role.PUBLISHER in self.roles else None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


class Unauthenticated(Exception):  # noqa: N818 - a refusal is named for what stands in the way
    """No token that we trust; *reason* is for our log, the caller learns only *code*."""

    def __init__(self, reason: str, code: str = "token_invalid") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What every token must say to be ours."""

    issuer: str
    audience: str = ACCESS
    lifetime: timedelta = timedelta(seconds=PEOPLE_SECONDS_MAX)
    roles_claim: str = "roles"
    """Dotted where an issuer nests it: `realm_access.roles`."""


class Verifier:
    """Checks tokens of one issuer for one audience."""

    def __init__(self, keys: KeySet, expectation: Expectation, clock: Clock) -> None:
        self._keys = keys
        self._expects = expectation
        self._clock = clock
        self._recognised: dict[str, tuple[float, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        """
        Return whom *token* names.

        Raises:
            Unauthenticated: any check failed; there is no lesser trust.
        """
        until, principal = self._recognised.get(token, (0.0, None))
        if principal is not None and self._clock.now().timestamp() < until:
            return principal
        claims = await self.claims(token)
        return self._recognise(token, claims)

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of *token* once signature, issuer, audience and times are right."""
        key = await self._key(token)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._expects.audience,
                issuer=self._expects.issuer,
                # Times are checked below, against the clock that was passed in.
                options={
                    "require": ["iss", "aud", "sub", "exp", "nbf", "iat"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError) as fault:
            raise Unauthenticated(type(fault).__name__) from fault
        self._check_times(claims)
        return claims

    async def _key(self, token: str) -> jwt.PyJWK:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise Unauthenticated("token_too_long")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as fault:
            raise Unauthenticated("header_unreadable") from fault
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS or "crit" in header:
            raise Unauthenticated("algorithm_refused")
        key = await self._keys.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unauthenticated("key_unknown")
        if key.algorithm_name != algorithm:
            raise Unauthenticated("algorithm_of_another_key")
        return key

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        starts, ends, issued = (_instant(claims[name]) for name in ("nbf", "exp", "iat"))
        now = self._clock.now().timestamp()
        if now >= ends + SKEW_SECONDS:
            raise Unauthenticated("expired", code="token_expired")
        if now < max(starts, issued) - SKEW_SECONDS:
            raise Unauthenticated("not_yet_valid")
        if ends - min(starts, issued) > self._expects.lifetime.total_seconds():
            raise Unauthenticated("lives_too_long")

    def _recognise(self, token: str, claims: Mapping[str, Any]) -> Principal:
        """Remember whom *token* names, for a moment: a publisher sends it with every event."""
        principal = self._principal(claims)
        if len(self._recognised) >= RECOGNISED_MAX:
            self._recognised.clear()
        moment = self._clock.now().timestamp() + RECOGNISED_SECONDS_MAX
        self._recognised[token] = (min(moment, claims["exp"] + SKEW_SECONDS), principal)
        return principal

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        roles = _roles(claims, self._expects.roles_claim)
        if not roles:
            raise Unauthenticated("no_role_of_ours")
        return Principal(
            subject=_label(claims, "sub", required=True),
            roles=roles,
            org=_label(claims, "org"),
            name=_label(claims, "name"),
        )


def _instant(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Unauthenticated("time_is_no_number")
    return float(value)


def _roles(claims: Mapping[str, Any], path: str) -> frozenset[Role]:
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, list):
        raise Unauthenticated("roles_are_no_list")
    return frozenset(role for role in Role if role.value in found)


def _label(claims: Mapping[str, Any], name: str, *, required: bool = False) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > SUBJECT_CHARACTERS_MAX or not value.isprintable():
        raise Unauthenticated(f"{name}_is_no_label")
    if required and not value:
        raise Unauthenticated(f"{name}_is_empty")
    return value
