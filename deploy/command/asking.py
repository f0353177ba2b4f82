"""Asking the metrics API, as a supervisor of the local issuer."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Self, TypeVar

import httpx2
import msgspec

from deploy.command.server_events import MEDIA_TYPE, Message, Unfinished
from deploy.faults import Fault, ServerUnreachable
from deploy.stack.parts import address_of
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.views.view import Page, View
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

V = TypeVar("V", bound=View)
P = TypeVar("P", bound=View)
T = TypeVar("T")

READER = Bearer(Role.SUPERVISOR, name="casetrack")
LAW_DESK = Bearer(Role.LAW_DESK, name="casetrack")
OPERATIONS = Bearer(Role.OPS, name="casetrack")
ANSWER_SECONDS_MAX = 30.0
SILENCE_SECONDS_MAX = 120.0
"""So long an answer that is told bit by bit may say nothing."""
PAGE_ROWS = 200
END_OF_HEAD = b"\r\n"


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
        return _read(self._answer("GET", path, query).content, view)

    def page(self, path: str) -> bytes:
        """
        Return the page at *path*, as a browser gets it.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: there is no such thing, or it is not for us.
        """
        return self._answer("GET", path, {}, headers={"Accept": "text/html"}).content

    def sheet(self, path: str, rows_max: int) -> Iterator[bytes]:
        """
        Yield the table at *path* piece by piece, its head once, *rows_max* lines a piece.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: it is not for us.
        """
        cursor, head = "", b""
        while True:
            query = {"limit": rows_max, "cursor": cursor}
            answer = self._answer("GET", path, query, headers={"Accept": "text/csv"})
            yield answer.content.removeprefix(head)
            head = answer.content[: answer.content.index(END_OF_HEAD) + len(END_OF_HEAD)]
            following = answer.links.get("next")
            if following is None:
                return
            cursor = httpx2.URL(following["url"]).params["cursor"]

    def delete(self, path: str) -> None:
        """
        Take away what is at *path*.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: it was declined.
        """
        self._answer("DELETE", path, {})

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
        return _read(answer.content, view)

    def command(self, view: type[V], path: str, body: object, key: str = "") -> V:
        """
        Give a command once, however often the request has to be made; return the *view* of it.

        By its *key* it is known also in another run of ours.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: it was declined.
        """
        once = {"Idempotency-Key": key or SystemIds().new()}
        return _read(self._answer("POST", path, {}, json=body, headers=once).content, view)

    def watch(
        self,
        view: type[V],
        path: str,
        body: object,
        progress: tuple[type[P], Callable[[P], None]],
        **query: object,
    ) -> V:
        """
        Hand in *body* at *path* and return the *view* of the answer; *progress* is told until then.

        Whoever interrupts it hangs up, and what is under way there ends with it.

        Raises:
            MetricsUnreachable: nobody answered, or the answer broke off.
            MetricsRefuses: it was declined.
        """
        kind, hear = progress
        asking = self.client.stream(
            "POST",
            path,
            params=_named(query),
            json=body,
            headers={"Accept": MEDIA_TYPE},
            timeout=SILENCE_SECONDS_MAX,
        )
        with self._reached(), asking as answer:
            if not answer.is_success:
                answer.read()
                raise _refusal(answer, answer.content)
            for message in _messages(answer):
                data = message.data.encode()
                match message.event:
                    case "progress":
                        hear(_read(data, kind))
                    case "result":
                        return _read(data, view)
                    case "problem":
                        raise _refusal(answer, data)
                    case _:
                        continue
        server = str(self.client.base_url)
        raise MetricsUnreachable(server=server, reason=say("asking.broke_off"))

    def _answer(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        **more: Any,  # noqa: ANN401 - what httpx2 takes
    ) -> httpx2.Response:
        with self._reached():
            answer = self.client.request(method, path, params=_named(query), **more)
        if answer.is_success:
            return answer
        raise _refusal(answer, answer.content)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.TransportError, OSError) as fault:
            server = str(self.client.base_url)
            raise MetricsUnreachable(server=server, reason=fault) from fault

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


def _named(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value}


def _messages(answer: httpx2.Response) -> Iterator[Message]:
    event = Unfinished()
    for line in answer.iter_lines():
        if message := event.take(line):
            yield message


def _read(body: bytes, view: type[V]) -> V:
    try:
        return msgspec.json.decode(body, type=view)
    except msgspec.DecodeError as fault:
        raise MetricsRefuses(title="HTTP 200", detail=str(fault)) from fault


def _refusal(answer: httpx2.Response, body: bytes) -> MetricsRefuses:
    try:
        problem = json.loads(body)
    except ValueError:
        problem = {}
    title = problem.get("title") or f"HTTP {answer.status_code}"
    return MetricsRefuses(title=title, detail=problem.get("detail") or answer.reason_phrase)
