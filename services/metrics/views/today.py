"""The picture of today, part by part, and how it goes over the stream."""

from datetime import date
from typing import Any, Literal, cast

from msgspec import UNSET, UnsetType, defstruct
from msgspec.structs import fields

from services.metrics.views.freshness import Rebuild
from services.metrics.views.view import Both, ShownInstant, View
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel


class LateNext(View, frozen=True):
    """A clock that can still be saved."""

    case_no: str
    item_code: str
    item_name: str
    clock: str
    sla_id: str
    due: date | None
    days_left: int
    """Days that count after today until it is due."""
    seconds_left: int | None
    """By the minute: to the second it would change all the time."""
    level: AlertLevel | None
    limit: int
    unit: str
    consumed: int
    stopped_days: int
    """Days that would have counted, had nothing stopped the clock."""
    provisional: bool
    paused: bool


class RedCard(View, frozen=True):
    """A clock that is late, and why."""

    alert_id: str
    case_no: str
    item_name: str
    level: AlertLevel
    severity: int
    basis: str
    due: date
    overdue_days: int
    raised_at: ShownInstant
    sentence: Both
    state: AlertState


class Arrivals(View, frozen=True):
    """What was received hour by hour, over the mean of the same weekday in four weeks."""

    hours: list[float]
    comparison: list[float]


class LatestFact(View, frozen=True):
    """One of the facts that were folded last."""

    time: ShownInstant
    type: str
    case_no: str | None
    """Null where it belongs to no case."""
    item_name: str | None
    activity: str | None


class Tile(View, frozen=True):
    """A figure on the page: what it is called, how it stands, and where its cases are listed."""

    name: str
    """Of its number in `now`."""
    group: Literal["standing", "day"]
    """Whether it says what is so at this moment, or what the day has brought."""
    title: Both
    note: Both | None
    """What is to be said beside the number."""
    kpi_id: str | None
    """Null where the catalogue has no such figure."""
    unit: str
    level: AlertLevel | None
    """The colour of the number; null where it is as it should be."""
    cases: str
    """The path under which what stands behind it is listed, page by page."""


class Standing(View, frozen=True):
    """As of when something is shown, and how far it may be trusted."""

    as_of: ShownInstant
    complete_to: ShownInstant | None
    """Null where nothing was ever folded."""
    lag_seconds: float
    rebuilding: Rebuild | None
    demo: bool
    """Whether the bureau is a made-up one."""


class TodayPicture(Standing, frozen=True):
    """All that the page of today shows."""

    tiles: list[Tile]
    """In the order in which they are shown."""
    now: dict[str, int | float | None]
    """Their numbers by name, and some more; null where there is nothing to divide by."""
    late_next: list[LateNext]
    red: list[RedCard]
    arrivals: Arrivals
    latest: list[LatestFact]


class Viewer(View, frozen=True):
    """Who reads."""

    name: str
    role: str
    org_name: str | None = None
    """Whose day is shown, where it is not the whole bureau's."""


ShownPage = Literal["today", "mine", "alerts", "cases", "plan", "operations"]
"""今日, 待办, 预警, 办件, 计划, 运行."""
ShownPart = Literal["channels", "tries"]
"""What not everybody has who has the page: the channels, and the buttons that try one."""


class SessionShown(Standing, frozen=True):
    """Who is signed in, and what there is to see for them."""

    principal: Viewer
    pages: list[ShownPage]
    """In the order in which they are offered; the first is where the reader begins."""
    parts: list[ShownPart]
    """What else there is on these pages for the reader."""


class Snapshot(TodayPicture, frozen=True):
    """The first event of a stream: the picture, and for whom it is."""

    principal: Viewer


Delta = cast(
    "type[View]",
    defstruct(
        "Delta",
        [(one.name, one.type | UnsetType, UNSET) for one in fields(TodayPicture)],
        bases=(View,),
        namespace={"__doc__": "What has changed: each part replaces the one that is known."},
        frozen=True,
        kw_only=True,
    ),
)
"""A later event of a stream."""


def changed(delta: Any) -> dict[str, Any]:  # noqa: ANN401 - a Delta, whose parts mypy cannot know
    """Return the parts that *delta* has."""
    return {
        name: part
        for name in delta.__struct_fields__
        if (part := getattr(delta, name)) is not UNSET
    }
