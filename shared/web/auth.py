"""Who is asking: roles, principals, and the check of a signed token."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

import jwt
from jwt.exceptions import InvalidJTIError, InvalidSubjectError

from shared.contracts.identities import identity_in
from shared.runtime.clock import Clock
from shared.web.keys import KEY_TYPES, KeySet, PublicKey
from shared.web.sign_ins import ANY, WEAK, SignIns

ACCESS = "casetrack"
"""The audience of an access token."""
SIGN_IN = "casetrack-signin"
"""The audience of a one-use ticket, which is good for nothing else."""
SESSION = "casetrack-session"
"""The audience of a browser's session."""

ACCESS_TYPE = "at+jwt"
"""What an access token calls itself (RFC 9068 2.1), so that no other token of an issuer is one."""
SIGN_IN_TYPE = "casetrack-signin+jwt"
SESSION_TYPE = "casetrack-session+jwt"

LOCAL_ISSUER = "urn:casetrack:local"
SKEW_SECONDS = 60
RECOGNISED_MAX = 1_000
RECOGNISED_SECONDS_MAX = 30
"""A checked token is believed this long without another check, but never past its end."""
TOKEN_CHARACTERS_MAX = 8_192
REQUIRED_CLAIMS = ("iss", "aud", "sub", "exp", "iat")
"""What a token must say; `nbf` counts where it is said (RFC 7519 4.1.5)."""
BLAMED: Mapping[type[Exception], str] = {
    jwt.InvalidAudienceError: "aud",
    jwt.InvalidIssuerError: "iss",
    InvalidSubjectError: "sub",
    InvalidJTIError: "jti",
}
OTHER_TOKENS = ("ID", "Refresh", "Offline", "Logout")
"""What Keycloak's other tokens say within, where the header calls them all JWT."""
PUBLISHER_ACCOUNT = "publisher-"
"""What the subject of each publisher begins with; its id in the register follows."""
RESERVED = ("local-", PUBLISHER_ACCOUNT, "urn:casetrack:", "supervision")
"""How the names of our own actors begin: no other issuer's people may be called so."""
LABEL_CHARACTERS_MAX = 256
INSTANT_MAX = 1e12
"""Seconds since 1970 beyond which a number is no time."""
NOTHING: Mapping[str, str] = {}
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
    LAW_DESK = "LAW_DESK"
    AUDITOR = "AUDITOR"
    OPS = "OPS"
    PUBLISHER = "PUBLISHER"


@dataclass(frozen=True, slots=True)
class Session:
    """
    A browser's session: its name, and the second since 1970 at which it began.

    *epoch* counts how often all sessions of the account had been ended by then.
    """

    name: str
    began: int = 0
    epoch: int = 0


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
    until: float = math.inf
    """The second since 1970 after which this is believed no more."""
    session: Session | None = None
    """The browser's session by which this came; None where a token was shown."""

    @classmethod
    def of_publisher(cls, publisher: str, until: float = math.inf) -> Self:
        """Return the system that is registered as *publisher*, by whichever door it comes."""
        account = f"{PUBLISHER_ACCOUNT}{publisher}"
        return cls(account, frozenset({Role.PUBLISHER}), org="", name=publisher, until=until)

    @property
    def publisher(self) -> str | None:
        """The id under which a publishing system is registered; None for people."""
        return self.name if Role.PUBLISHER in self.roles else None

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


class Unauthenticated(Exception):
    """
    No token that we trust; *reason* is for our log, the caller learns only *code*.

    A reason that a claim stands behind names it, `claim_missing:aud`, and never what it says.
    *asked* tells a caller whose token is good what would be enough (RFC 9470).
    """

    def __init__(
        self, reason: str, code: str = "token_invalid", asked: Mapping[str, str] = NOTHING
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.asked = asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What every token must say to be ours."""

    issuer: str
    audience: str = ACCESS
    type: str = ACCESS_TYPE
    """The media type that the token names in its header, with or without `application/`."""
    lifetime: timedelta = timedelta(seconds=PEOPLE_SECONDS_MAX)
    roles_claim: str = "roles"
    """A claim's whole name, or dotted where an issuer nests it: `realm_access.roles`."""
    person_claim: str = "sub"
    """What is the same in all accounts of one person; of publishers it is always `sub`."""
    sign_ins: SignIns = ANY
    publisher: str = ""
    """Who signs here for itself alone, by its id; what its tokens say of roles is not read."""


class Verifier:
    """Checks tokens of one issuer for one audience."""

    def __init__(self, keys: KeySet, expectation: Expectation, clock: Clock) -> None:
        self._keys = keys
        self._expects = expectation
        self._clock = clock
        self._recognised: dict[str, tuple[float, float, Principal]] = {}

    async def verify(self, token: str) -> Principal:
        """
        Return whom *token* names.

        Raises:
            Unauthenticated: any check failed; there is no lesser trust.
        """
        now = self._clock.now().timestamp()
        since, until, principal = self._recognised.get(token, (0.0, 0.0, None))
        if principal is not None and since <= now < until:
            return principal
        claims = await self.claims(token)
        return self._recognise(token, claims)

    async def claims(self, token: str) -> Mapping[str, Any]:
        """Return the claims of *token* once signature, issuer, audience and times are right."""
        algorithm, key = await self._key(token)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key.material,
                algorithms=[algorithm],
                audience=self._expects.audience,
                issuer=self._expects.issuer,
                # Times are checked below, against the clock that was passed in.
                options={
                    "require": list(REQUIRED_CLAIMS),
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as fault:
            raise Unauthenticated(_reason(fault)) from fault
        if claims.get("typ") in OTHER_TOKENS or "at_hash" in claims:
            raise Unauthenticated("token_of_another_type")
        self._check_times(claims)
        return claims

    async def _key(self, token: str) -> tuple[str, PublicKey]:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise Unauthenticated("token_too_long")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as fault:
            raise Unauthenticated("header_unreadable") from fault
        algorithm, kid = header.get("alg"), header.get("kid")
        if not isinstance(algorithm, str) or algorithm not in KEY_TYPES or "crit" in header:
            raise Unauthenticated("algorithm_refused")
        if _type(header) != self._expects.type.lower():
            raise Unauthenticated("token_of_another_type")
        if not isinstance(kid, str):
            raise Unauthenticated("header_missing:kid")
        key = await self._keys.key(kid)
        if key is None:
            raise Unauthenticated("key_unknown")
        if algorithm not in key.algorithms:
            raise Unauthenticated("algorithm_of_another_key")
        return algorithm, key

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        begins, beginning = max((_instant(claims, name), name) for name in _beginnings(claims))
        ends = _instant(claims, "exp")
        now = self._clock.now().timestamp()
        if now >= ends + SKEW_SECONDS:
            raise Unauthenticated("expired:exp", code="token_expired")
        if now < begins - SKEW_SECONDS:
            raise Unauthenticated(f"not_yet_valid:{beginning}")
        if ends - begins > self._expects.lifetime.total_seconds():
            raise Unauthenticated("lives_too_long:exp")

    def _recognise(self, token: str, claims: Mapping[str, Any]) -> Principal:
        """Remember whom *token* names, for a moment: a publisher sends it with every event."""
        principal = self._principal(claims)
        if len(self._recognised) >= RECOGNISED_MAX:
            self._recognised.clear()
        now = self._clock.now().timestamp()
        until = min(now + RECOGNISED_SECONDS_MAX, principal.until)
        self._recognised[token] = (now, until, principal)
        return principal

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        if publisher := self._expects.publisher:
            return _publisher(claims, publisher)
        roles = _roles(claims, self._expects.roles_claim)
        naming = "sub" if Role.PUBLISHER in roles else self._expects.person_claim
        subject = _subject(claims, naming)
        if self._expects.issuer != LOCAL_ISSUER and _is_ours(subject, roles):
            raise Unauthenticated(f"name_of_ours:{naming}")
        signed_in_until = math.inf if roles == {Role.PUBLISHER} else self._signed_in_until(claims)
        return Principal(
            subject=subject,
            roles=roles,
            org=_label(claims, "org"),
            name=_label(claims, "name"),
            until=min(claims["exp"], signed_in_until) + SKEW_SECONDS,
            session=_session(claims) if self._expects.audience == SESSION else None,
        )

    def _signed_in_until(self, claims: Mapping[str, Any]) -> float:
        """Return until when the sign-in behind *claims* is enough, if it is now."""
        asked = self._expects.sign_ins
        if lacking := asked.lacking(claims):
            raise Unauthenticated(f"sign_in_too_weak:{lacking}", WEAK, asked.challenge)
        if asked.max_age is None:
            return math.inf
        until = _instant(claims, "auth_time") + asked.max_age.total_seconds()
        if self._clock.now().timestamp() >= until + SKEW_SECONDS:
            raise Unauthenticated("sign_in_too_old:auth_time", WEAK, asked.challenge)
        return until


def identity(claims: Mapping[str, Any]) -> str:
    """Return the name of the one token that says *claims*."""
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LABEL_CHARACTERS_MAX:
        raise Unauthenticated("claim_missing:jti")
    return jti


def _publisher(claims: Mapping[str, Any], publisher: str) -> Principal:
    """Return *publisher* as whom its own token names: it names nobody else."""
    principal = Principal.of_publisher(publisher, claims["exp"] + SKEW_SECONDS)
    if claims["sub"] != principal.subject:
        raise Unauthenticated("claim_wrong:sub")
    return principal


def _session(claims: Mapping[str, Any]) -> Session:
    began, epoch = claims.get("auth_time", claims["iat"]), claims.get("epoch", 0)
    return Session(identity(claims), int(began), int(epoch))


def _type(header: Mapping[str, Any]) -> str:
    """Return the type that a token's header names, as RFC 7515 4.1.9 lets it be written."""
    return str(header.get("typ")).lower().removeprefix("application/")


def _is_ours(subject: str, roles: frozenset[Role]) -> bool:
    """Whether another issuer calls somebody as only we call our own actors."""
    if Role.PUBLISHER in roles:
        subject = subject.removeprefix(PUBLISHER_ACCOUNT)
    return subject.lower().startswith(RESERVED)


def _reason(fault: Exception) -> str:
    """Return why a token was not decoded, with the name of the claim that is to blame."""
    if isinstance(fault, jwt.MissingRequiredClaimError):
        return f"claim_missing:{fault.claim}"
    blamed = next((claim for kind, claim in BLAMED.items() if isinstance(fault, kind)), None)
    return f"claim_wrong:{blamed}" if blamed else type(fault).__name__


def _beginnings(claims: Mapping[str, Any]) -> tuple[str, ...]:
    return ("iat",) if claims.get("nbf") is None else ("iat", "nbf")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not abs(value) <= INSTANT_MAX:
        raise Unauthenticated(f"claim_wrong:{name}")
    return float(value)


def _roles(claims: Mapping[str, Any], path: str) -> frozenset[Role]:
    found = claims[path] if path in claims else _nested(claims, path)
    if found is None:
        raise Unauthenticated(f"claim_missing:{path}")
    if not isinstance(found, list):
        raise Unauthenticated(f"claim_wrong:{path}")
    roles = frozenset(role for role in Role if role.value in found)
    if not roles:
        raise Unauthenticated(f"no_role_of_ours:{path}")
    return roles


def _nested(claims: Mapping[str, Any], path: str) -> object:
    found: object = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _subject(claims: Mapping[str, Any], naming: str) -> str:
    subject = claims.get(naming)
    if subject is None:
        raise Unauthenticated(f"claim_missing:{naming}")
    if not isinstance(subject, str) or not 0 < len(subject) <= LABEL_CHARACTERS_MAX:
        raise Unauthenticated(f"claim_wrong:{naming}")
    if not subject.isprintable():
        raise Unauthenticated(f"claim_wrong:{naming}")
    if identity_in(subject):
        # It would stand in every fact and every line of the log (ADR 9).
        raise Unauthenticated(f"claim_personal:{naming}")
    return subject


def _label(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name) or ""
    if not isinstance(value, str):
        raise Unauthenticated(f"claim_wrong:{name}")
    # Names of people and offices come with wide and unbreakable spaces.
    label = " ".join(value.split())
    if len(label) > LABEL_CHARACTERS_MAX or not label.isprintable():
        raise Unauthenticated(f"claim_wrong:{name}")
    return label
