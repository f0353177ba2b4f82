"""Asking the metrics API, as a supervisor of the local issuer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import httpx2
import msgspec

from deploy.faults import Fault, ServerUnreachable
from deploy.stack.parts import address_of
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE
from services.metrics.views.view import Page, View
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

V = TypeVar("V", bound=View)
T = TypeVar("T")

READER = Bearer(Role.SUPERVISOR, name="casetrack")
LAW_DESK = Bearer(Role.LAW_DESK, name="casetrack")
ANSWER_SECONDS_MAX = 30.0
PAGE_ROWS = 200


class MetricsUnreachable(ServerUnreachable):
    """The metrics API does not answer."""

    code: ClassVar[str] = "metrics_unreachable"


class MetricsRefuses(Fault):
    """The metrics API answered, and said no in its own words."""

    code: ClassVar[str] = "metrics_refuses"


def metrics_url(settings: LocalSettings, given: str = "") -> str:
    """Return where the API is: as *given*, else that of the local stack."""
    return given.rstrip("/") or address_of("metrics", settings.port)


def reader_headers(settings: LocalSettings, bearer: Bearer = READER) -> dict[str, str]:
    """Return what a request of *bearer* needs to be answered, in the reader's language."""
    token = LocalIssuer.open(settings.places.keys, SystemClock(), SystemIds()).issue(bearer)
    return {"Authorization": f"Bearer {token}", "Accept-Language": LANGUAGE.value}


@dataclass(frozen=True, slots=True)
class Asking:
    """A conversation with the API."""

    client: httpx2.Client

    @classmethod
    def begin(cls, settings: LocalSettings, url: str = "", bearer: Bearer = READER) -> Self:
        """Return a conversation of *bearer*; proxies are for other people's hosts."""
        return cls(
            httpx2.Client(
                base_url=metrics_url(settings, url),
                headers=reader_headers(settings, bearer),
                timeout=ANSWER_SECONDS_MAX,
                trust_env=False,
            )
        )

    def get(self, view: type[V], path: str, **query: Any) -> V:  # noqa: ANN401 - parameters
        """
        Return the *view* at *path*.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: there is no such thing, it is not for us, or cannot be read by us.
        """
        return _read(self._answer("GET", path, query), view)

    def post(
        self, view: type[V], path: str, body: object, seconds_max: float, **query: object
    ) -> V:
        """
        Hand in *body* at *path* and return the *view* of the answer, which may take *seconds_max*.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: it was declined.
        """
        answer = self._answer("POST", path, query, json=body, timeout=seconds_max)
        return _read(answer, view)

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        **more: Any,  # noqa: ANN401 - what httpx2 takes
    ) -> httpx2.Response:
        asked = {name: value for name, value in query.items() if value}
        try:
            answer = self.client.request(method, path, params=asked, **more)
        except (httpx2.TransportError, OSError) as fault:
            server = str(self.client.base_url)
            raise MetricsUnreachable(server=server, reason=fault) from fault
        if answer.is_success:
            return answer
        raise _refusal(answer)

    def items(self, view: type[Page[T]], path: str, rows_max: int, **query: Any) -> Iterator[T]:  # noqa: ANN401 - as above
        """Yield what is on the pages of a collection, *rows_max* lines at most."""
        cursor, left = None, rows_max
        while left > 0:
            page = self.get(view, path, cursor=cursor, limit=min(left, PAGE_ROWS), **query)
            yield from page.items
            left -= len(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return


def _read(answer: httpx2.Response, view: type[V]) -> V:
    try:
        return msgspec.json.decode(answer.content, type=view)
    except msgspec.DecodeError as fault:
        raise MetricsRefuses(title="HTTP 200", detail=str(fault)) from fault


def _refusal(answer: httpx2.Response) -> MetricsRefuses:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    title = problem.get("title") or f"HTTP {answer.status_code}"
    return MetricsRefuses(title=title, detail=problem.get("detail") or answer.reason_phrase)
