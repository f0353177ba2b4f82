"""Asking the metrics API, as a supervisor of the local issuer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import httpx2

from deploy.faults import Fault, ServerUnreachable
from deploy.stack.parts import address_of
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

READER = Bearer(Role.SUPERVISOR, name="casetrack")
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


def reader_headers(settings: LocalSettings) -> dict[str, str]:
    """Return what a request needs to be answered, in the reader's language."""
    token = LocalIssuer.open(settings.places.keys, SystemClock(), SystemIds()).issue(READER)
    return {"Authorization": f"Bearer {token}", "Accept-Language": LANGUAGE.value}


@dataclass(frozen=True, slots=True)
class Asking:
    """A conversation with the API."""

    client: httpx2.Client

    @classmethod
    def begin(cls, settings: LocalSettings, url: str = "") -> Self:
        """Return a conversation; proxies are for other people's hosts."""
        return cls(
            httpx2.Client(
                base_url=metrics_url(settings, url),
                headers=reader_headers(settings),
                timeout=ANSWER_SECONDS_MAX,
                trust_env=False,
            )
        )

    def get(self, path: str, **query: Any) -> Any:  # noqa: ANN401 - whatever the API answers
        """
        Return the document at *path*.

        Raises:
            MetricsUnreachable: nobody answered.
            MetricsRefuses: there is no such thing, or it is not for us.
        """
        asked = {name: value for name, value in query.items() if value}
        try:
            answer = self.client.get(path, params=asked)
        except (httpx2.TransportError, OSError) as fault:
            server = str(self.client.base_url)
            raise MetricsUnreachable(server=server, reason=fault) from fault
        if answer.is_success:
            return answer.json()
        raise _refusal(answer)

    def items(self, path: str, rows_max: int, **query: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - as above
        """Yield a collection page by page, *rows_max* lines at most."""
        cursor, left = None, rows_max
        while left > 0:
            page = self.get(path, cursor=cursor, limit=min(left, PAGE_ROWS), **query)
            yield from page["items"]
            left -= len(page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _refusal(answer: httpx2.Response) -> MetricsRefuses:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    title = problem.get("title") or f"HTTP {answer.status_code}"
    return MetricsRefuses(title=title, detail=problem.get("detail") or answer.reason_phrase)
