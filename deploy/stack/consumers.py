"""How the running stack's consumers go, as their processes say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from deploy.stack.parts import address_of
from deploy.stack.settings import LocalSettings
from shared.contracts.registry import is_inbox
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

ANSWER_SECONDS_MAX = 5.0
STILL_SECONDS_MAX = 30.0
"""So long a consumer that has something to take may take nothing."""

GROUPS: Mapping[str, str] = {
    "intake": "casetrack-intake",
    "assist": "casetrack-assist",
    "review": "casetrack-review",
}
FOLD = "casetrack-metrics"


@dataclass(frozen=True, slots=True)
class ConsumerFound:
    """One consumer group, and whether it is as it should be."""

    group: str
    condition: str = "silent"
    is_well: bool = False
    since: str = ""
    waiting: int = 0
    still_seconds: float = 0.0
    why: str = ""


def consumers_of(settings: LocalSettings) -> Iterator[ConsumerFound]:
    """Yield every consumer of the stack that runs with *settings*."""
    with httpx2.Client(timeout=ANSWER_SECONDS_MAX, trust_env=False) as client:
        for service, group in GROUPS.items():
            answer = _asked(client, f"{address_of(service, settings.port)}/readyz")
            told = [one for one in answer.get("consumers", ()) if one["group"] == group]
            yield _of_service(told[0]) if told else ConsumerFound(group)
        token = _token(settings)
        address = f"{address_of('metrics', settings.port)}/v1/freshness"
        yield _of_fold(_asked(client, address, authorization=f"Bearer {token}"))


def _of_service(told: Mapping[str, Any]) -> ConsumerFound:
    still = float(told["still_seconds"])
    return ConsumerFound(
        group=told["group"],
        condition=told["condition"],
        is_well=told["condition"] == "reading" and still <= STILL_SECONDS_MAX,
        since=told["since"],
        waiting=told["waiting"],
        still_seconds=still,
        why=", ".join(told["held"]) or told["fault"] or "",
    )


def _of_fold(fresh: Mapping[str, Any]) -> ConsumerFound:
    """Return how the fold goes; its workers say it in the projection, or say nothing any more."""
    if "partitions" not in fresh:
        return ConsumerFound(FOLD)
    partitions = [one for one in fresh["partitions"] if not is_inbox(one["topic"])]
    late = max((one["lag_seconds"] for one in partitions), default=0.0)
    is_well = late <= STILL_SECONDS_MAX
    return ConsumerFound(
        group=FOLD,
        condition="reading" if is_well else "waiting",
        is_well=is_well,
        since=min((one["checked_at"] for one in partitions), default=""),
        waiting=sum(one["waiting"] for one in partitions),
        still_seconds=late,
    )


def _asked(client: httpx2.Client, url: str, **headers: str) -> dict[str, Any]:
    try:
        answer = client.get(url, headers=headers).json()
    except (httpx2.HTTPError, OSError, ValueError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _token(settings: LocalSettings) -> str:
    issuer = LocalIssuer.open(settings.places.keys, SystemClock(), SystemIds())
    return issuer.issue(Bearer(Role.SUPERVISOR))
