"""Whom a service trusts: the settings of identity, and the principal behind a request."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.web.auth import (
    ACCESS_TYPE,
    LOCAL_ISSUER,
    LOCAL_TRIAL_SECONDS_MAX,
    PEOPLE_SECONDS_MAX,
    SESSION,
    SESSION_TYPE,
    SIGN_IN,
    SIGN_IN_TYPE,
    Expectation,
    Principal,
    Unauthenticated,
    Verifier,
)
from shared.web.issuer import DAY_OF_WORK, TICKET
from shared.web.keys import KeySet, file_keys, url_keys
from shared.web.publishers import OwnTokens, Registered, signed_by
from shared.web.session import LOOPBACK, Claims, Endings, session_of
from shared.web.sign_ins import SignIns

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MINUTE = timedelta(minutes=1)
ACR_VALUES = r"^[!#-\[\]-~ ]*$"
"""What may stand between quotes in a challenge (RFC 6750 3): no quote and no backslash."""
IDLE_MINUTES_MIN = 5
"""The page says once a minute that somebody is there; some of these may be lost."""


class AuthSettings(Settings, env_prefix="AUTH_"):
    """Who issues tokens, and where its public keys are."""

    issuer: str = Field(
        LOCAL_ISSUER,
        description="the `iss` of the tokens that are trusted; an OIDC issuer's address",
        examples=["https://id.example.gov.cn/realms/bureau"],
    )
    jwks: str = Field(
        description="where the issuer's public keys are: a file, or an https address",
        examples=["/etc/casetrack/jwks.json"],
    )
    session_jwks: Path | None = Field(
        None,
        description="public keys of the local issuer that signs browser sessions; a file",
        examples=["/etc/casetrack/jwks.json"],
    )
    roles_claim: str = Field(
        "roles",
        description="the claim that lists the roles, dotted where it is nested",
        examples=["realm_access.roles"],
    )
    person_claim: str = Field(
        "sub",
        description="the claim that all accounts of one person have alike, so that two of them "
        "are no second person; a publisher is always known by `sub`",
        examples=["staff_no"],
    )
    token_type: str = Field(
        ACCESS_TYPE,
        description="what the issuer's access tokens call themselves in `typ`; some say only JWT",
        examples=["JWT"],
    )
    acr_values: str = Field(
        "",
        pattern=ACR_VALUES,
        description="what the issuer calls sign-ins that are strong enough (`acr`), the best first "
        "and with spaces between them; people who signed in otherwise are refused; none: any do",
        examples=["urn:example:two-factors"],
    )
    max_age_seconds: int = Field(
        0,
        ge=0,
        description="seconds after which people have to sign in at the issuer again "
        "(`auth_time`); 0: never",
        examples=["28800"],
    )
    names: str = Field(
        "",
        description="the public names under which browsers reach us over TLS, comma-separated; "
        "others are refused, but not addresses and names that no public server has",
        examples=["casetrack.example.gov.cn"],
    )
    session_idle_minutes: int = Field(
        30,
        ge=IDLE_MINUTES_MIN,
        le=DAY_OF_WORK // MINUTE,
        description="minutes after which a browser's session ends in which nobody touched the page",
        examples=["30"],
    )
    lifetime_seconds_max: int = Field(
        PEOPLE_SECONDS_MAX,
        ge=60,
        description="the longest life of an issuer's token; local trial tokens have their own",
        examples=["900"],
    )

    @field_validator("jwks")
    @classmethod
    def _over_a_safe_way(cls, place: str) -> str:
        address = urlsplit(place)
        if address.scheme == "http" and address.hostname not in LOOPBACK:
            raise PydanticCustomError("keys_over_http", "keys are fetched over https")
        return place

    @property
    def sign_ins(self) -> SignIns:
        age = timedelta(seconds=self.max_age_seconds) if self.max_age_seconds else None
        return SignIns(tuple(self.acr_values.split()), age)

    @property
    def session_idle(self) -> timedelta:
        return self.session_idle_minutes * MINUTE

    @property
    def local(self) -> bool:
        return self.issuer == LOCAL_ISSUER


class Gate:
    """Finds out who is asking: by bearer token, or by a browser's session where there are any."""

    def __init__(
        self,
        access: Verifier,
        sessions: Verifier | None,
        endings: Endings | None,
        names: frozenset[str],
        clock: Clock,
        publishers: OwnTokens | None = None,
    ) -> None:
        self._access = access
        self._sessions = sessions
        self._publishers = publishers
        self._clock = clock
        self.endings = endings
        self.names = names

    @classmethod
    def of(cls, settings: AuthSettings, clock: Clock, claims: Claims | None = None) -> Self:
        """
        Return the gate that *settings* describe.

        Where no *claims* tell which sessions have been ended, a session may only read.
        """
        trial = LOCAL_TRIAL_SECONDS_MAX if settings.local else settings.lifetime_seconds_max
        access = Expectation(
            issuer=settings.issuer,
            type=settings.token_type,
            lifetime=timedelta(seconds=trial),
            roles_claim=settings.roles_claim,
            person_claim=settings.person_claim,
            sign_ins=settings.sign_ins,
        )
        keys = key_set(settings.jwks, clock)
        sessions, endings = _sessions(settings, clock), Endings(claims) if claims else None
        names = frozenset(
            name.strip().lower() for name in settings.names.split(",") if name.strip()
        )
        return cls(Verifier(keys, access, clock), sessions, endings, names, clock)

    def knowing(self, register: Registered) -> "Gate":
        """Return this gate, which also takes what publishers of *register* have signed."""
        publishers = OwnTokens(register, self._clock)
        return Gate(self._access, self._sessions, self.endings, self.names, self._clock, publishers)

    async def principal(self, request: Request) -> Principal:
        """
        Return who sent *request*.

        Raises:
            Unauthenticated: nobody that we know.
        """
        header = request.headers.get("authorization")
        if header is not None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer" or not token:
                raise Unauthenticated("scheme_refused")
            return await self._bearer(token.strip())
        cookie = session_of(request)
        if cookie is None or self._sessions is None:
            raise Unauthenticated("nothing_presented", code="token_missing")
        _refuse_other_origins(request)
        principal = await self._sessions.verify(cookie)
        if self.endings is None and request.method not in SAFE_METHODS:
            raise Unauthenticated("session_only_reads_here", code="token_missing")
        if await self._is_over(principal):
            raise Unauthenticated("session_ended", code="token_expired")
        return principal

    async def _bearer(self, token: str) -> Principal:
        if self._publishers and (publisher := signed_by(token)) is not None:
            return await self._publishers.verify(token, publisher)
        return await self._access.verify(token)

    async def still(self, principal: Principal) -> bool:
        """Whether *principal*, let in before, would still be: for answers that do not end."""
        now = self._clock.now().timestamp()
        return now < principal.until and not await self._is_over(principal)

    async def _is_over(self, principal: Principal) -> bool:
        return self.endings is not None and await self.endings.has_ended(principal)


def key_set(place: str, clock: Clock) -> KeySet:
    """Return the keys at *place*, an address or a file."""
    if urlsplit(place).scheme in {"http", "https"}:
        return url_keys(place, clock)
    return file_keys(Path(place), clock)


def tickets_verifier(keys: KeySet, clock: Clock) -> Verifier:
    """Return what checks the local issuer's sign-in tickets."""
    return Verifier(
        keys,
        Expectation(issuer=LOCAL_ISSUER, audience=SIGN_IN, type=SIGN_IN_TYPE, lifetime=TICKET),
        clock,
    )


def _sessions(settings: AuthSettings, clock: Clock) -> Verifier | None:
    place = settings.session_jwks or (settings.jwks if settings.local else None)
    if place is None:
        return None
    expectation = Expectation(
        issuer=LOCAL_ISSUER, audience=SESSION, type=SESSION_TYPE, lifetime=DAY_OF_WORK
    )
    return Verifier(key_set(str(place), clock), expectation, clock)


def _refuse_other_origins(request: Request) -> None:
    # A browser sends the cookie with everything, so what changes something says whence it comes.
    if request.method in SAFE_METHODS:
        return
    # The host alone: behind a proxy that ends TLS we see another scheme than the browser.
    if urlsplit(request.headers.get("origin", "")).netloc != request.url.netloc:
        raise Unauthenticated("origin_is_another", code="origin_refused")
