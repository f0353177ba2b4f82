"""Batches of events on their way to the gateway, through its accidents: nothing is ever lost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import httpx2
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from deploy.faults import Fault, ServerUnreachable
from shared.runtime.clock import Clock
from shared.runtime.ids import Ids

BATCH = "application/cloudevents-batch+json"
PATH = "/v1/events"
MULTI_STATUS = 207
UNAUTHORISED = 401
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that another moment may better; whatever else is not 207 never will be."""

ANSWER_SECONDS_MAX = 60.0
PAUSE_SECONDS_FIRST = 0.1
PAUSE_SECONDS_MAX = 5.0
FRESH_TOKENS_MAX = 3
"""So many fresh tokens in a row may be refused before we believe it."""


class GatewayUnreachable(ServerUnreachable):
    """The gateway did not take a batch for longer than we were told to wait."""

    code: ClassVar[str] = "gateway_unreachable"


class GatewayRefuses(Fault):
    """The gateway will not take anything from us, now or later."""

    code: ClassVar[str] = "gateway_refuses"


class Verdict(BaseModel):
    """What became of one event of a batch."""

    model_config = ConfigDict(frozen=True)

    id: str | None = None
    status: str
    code: str | None = None
    field: str | None = None
    detail: str | None = None


VERDICTS = TypeAdapter(list[Verdict])


class _Passing(Exception):
    """The batch was perhaps not taken; sending it again cannot harm."""


def client_of(connections: int) -> httpx2.AsyncClient:
    """Return a client for so many requests at once; proxies are for other people's hosts."""
    return httpx2.AsyncClient(limits=httpx2.Limits(max_connections=connections), trust_env=False)


@dataclass(slots=True)
class Delivery:
    """The way to one gateway; *bearer* gives a fresh token whenever it is asked."""

    client: httpx2.AsyncClient
    url: str
    bearer: Callable[[], str]
    clock: Clock
    ids: Ids
    patience_seconds: float
    troubled: Callable[[str, float], None]
    """Told once for each stretch of trouble: the reason, and the seconds that we go on trying."""
    language: str = "en"
    _token: str = ""
    _refused: int = 0
    _in_trouble: bool = False

    async def send(self, batch: Sequence[bytes]) -> list[Verdict]:
        """
        Return the verdict on each event of *batch*, however often it has to be sent.

        An answer that was lost is asked for again: what is stored already is
        then a duplicate.

        Raises:
            GatewayUnreachable: nothing came back for *patience_seconds*.
            GatewayRefuses: it answered, and will not change its mind.
        """
        body = b"[" + b",".join(batch) + b"]"
        give_up_at = self.clock.monotonic() + self.patience_seconds
        for pause in _pauses():
            try:
                return await self._attempt(body, len(batch))
            except _Passing as trouble:
                if self.clock.monotonic() > give_up_at:
                    raise GatewayUnreachable(server=self.url, reason=str(trouble)) from trouble
                self._note(str(trouble))
            await self.clock.sleep(pause * (0.5 + self.ids.random()))
        raise AssertionError

    async def _attempt(self, body: bytes, expected: int) -> list[Verdict]:
        self._token = self._token or self.bearer()
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": BATCH,
            "Accept-Language": self.language,
        }
        try:
            answer = await self.client.post(
                f"{self.url}{PATH}", content=body, headers=headers, timeout=ANSWER_SECONDS_MAX
            )
        except (httpx2.TransportError, OSError) as fault:
            raise _Passing(f"{type(fault).__name__} {fault}".strip()) from fault
        if answer.status_code == MULTI_STATUS:
            verdicts = _verdicts(answer.content, expected)
            self._refused = 0
            self._in_trouble = False
            return verdicts
        if answer.status_code == UNAUTHORISED and self._refused < FRESH_TOKENS_MAX:
            self._token = ""
            self._refused += 1
            raise _Passing(f"HTTP {UNAUTHORISED}")
        if answer.status_code in PASSING:
            raise _Passing(f"HTTP {answer.status_code}")
        raise GatewayRefuses(
            url=self.url, status=answer.status_code, reason=_reason(answer.content)
        )

    def _note(self, trouble: str) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            self.troubled(trouble, self.patience_seconds)

    async def __aenter__(self) -> Self:
        await self.client.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()


def _verdicts(body: bytes, expected: int) -> list[Verdict]:
    try:
        verdicts = VERDICTS.validate_json(body)
    except ValidationError as fault:
        raise _Passing("answer without verdicts") from fault
    if len(verdicts) != expected:
        raise _Passing(f"{len(verdicts)} verdicts on {expected} events")
    return verdicts


def _reason(body: bytes) -> str:
    class Problem(BaseModel):
        title: str = ""
        detail: str = ""

    try:
        problem = Problem.model_validate_json(body)
    except ValidationError:
        return ""
    return problem.detail or problem.title


def _pauses() -> Iterator[float]:
    pause = PAUSE_SECONDS_FIRST
    while True:
        yield pause
        pause = min(pause * 2, PAUSE_SECONDS_MAX)
