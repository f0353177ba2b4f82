"""What there is to read: cases, figures, alerts, and how fresh all of it is."""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query

from services.metrics.adapters.readings import Readings, Row
from services.metrics.domain.dossier import Dossier, Phase
from services.metrics.domain.explanation import explain
from services.metrics.domain.kpis import BY_ID, KPIS, Kpi
from services.metrics.domain.picture import Rules, clocks_of
from services.metrics.handlers.reading import entry_of
from services.metrics.handlers.today import STATE, Document, fresh
from shared.contracts.enums import AlertLevel
from shared.contracts.unreadable import Unreadable
from shared.runtime.clock import SHANGHAI, Clock, business_date
from shared.runtime.policies import permit
from shared.runtime.problems import Problem

ROWS_MAX = 200
ROWS_USUAL = 50
SERIES_DAYS_MAX = 800
NOT_FOUND = 404
BAD_REQUEST = 400

Language = Annotated[str, Header(alias="accept-language")]
Cursor = Annotated[str, Query(max_length=200)]
Rows = Annotated[int, Query(ge=1, le=ROWS_MAX)]
Key = Annotated[str, Path(min_length=1, max_length=256)]


def reading_routes(readings: Readings, rules: Rules, clock: Clock) -> APIRouter:
    """Return the routes; all of them need a trusted token, none of them changes anything."""
    router = APIRouter(prefix="/v1", dependencies=[permit()])
    _case_routes(router, readings, rules, clock)
    _kpi_routes(router, readings, clock)
    _alert_routes(router, readings)

    @router.get("/freshness", tags=["freshness"])
    async def freshness() -> Document:
        """Return up to which event time each partition is complete, and the lag."""
        rows = await readings.freshness()
        partitions = [
            {**_jsonable(row), "lag": max(0, row["highwater"] - row["next_offset"])} for row in rows
        ]
        return {**fresh(rows, clock.now()), "partitions": partitions}

    return router


def _case_routes(router: APIRouter, readings: Readings, rules: Rules, clock: Clock) -> None:
    @router.get("/cases", tags=["cases"])
    async def cases(
        cursor: Cursor = "", phase: Phase | None = None, limit: Rows = ROWS_USUAL
    ) -> Document:
        """List cases by number."""
        rows = await readings.dossiers(opened(cursor), phase and phase.value, limit)
        items = [_case(STATE.decode(row["state"])) for row in rows]
        return page(items, [row["dossier"] for row in rows], limit)

    @router.get("/cases/{case_no}", tags=["cases"])
    async def case(case_no: Key) -> Document:
        """Return a case as it stands."""
        return _case(await dossier_of(readings, case_no))

    @router.get("/cases/{case_no}/timeline", tags=["cases"])
    async def timeline(case_no: Key) -> Document:
        """Return the facts of a case in the order of business time."""
        dossier = await dossier_of(readings, case_no)
        bodies = await readings.timeline(case_no)
        items = sorted((_fact(body, dossier) for body in bodies), key=lambda item: item["order"])
        for item in items:
            del item["order"]
        return {"items": items, "next_cursor": None}

    @router.get("/cases/{case_no}/clocks", tags=["cases"])
    async def clocks(case_no: Key, language: Language = "zh-CN") -> Document:
        """Return the deadlines of a case, each with its reasons."""
        dossier = await dossier_of(readings, case_no)
        today, words = business_date(clock.now()), spoken(language)
        items = [explain(one, today, language=words) for one in clocks_of(dossier, rules)]
        return {"items": items, "next_cursor": None}


def _kpi_routes(router: APIRouter, readings: Readings, clock: Clock) -> None:
    @router.get("/kpis", tags=["kpis"])
    async def kpis() -> Document:
        """List the indicators with today's parts."""
        today = business_date(clock.now())
        sums = await readings.day([kpi.kpi_id.partition(".")[0] for kpi in KPIS], today)
        sums = {**sums, **await readings.day([catalogued(kpi) for kpi in KPIS], today)}
        return {"items": [_kpi(kpi, sums) for kpi in KPIS], "next_cursor": None}

    @router.get("/kpis/{kpi_id}", tags=["kpis"])
    async def kpi(
        kpi_id: str,
        since: date | None = None,
        until: date | None = None,
        item: str | None = None,
        window: str | None = None,
        channel: str | None = None,
    ) -> Document:
        """Return an indicator's parts by business day, narrowed to an item, window or channel."""
        if kpi_id not in BY_ID:
            raise Problem(NOT_FOUND, "kpi_unknown", field="kpi_id")
        last = until or business_date(clock.now())
        first = max(since or last - timedelta(days=30), last - timedelta(days=SERIES_DAYS_MAX))
        known = BY_ID[kpi_id]
        rows = await readings.series(catalogued(known), first, last, (item, window, channel))
        series = [_jsonable(row) for row in rows if counts(known, row["part"])]
        return {**_described(known), "since": first, "until": last, "series": series}


def _alert_routes(router: APIRouter, readings: Readings) -> None:
    @router.get("/alerts", tags=["alerts"])
    async def alerts(
        cursor: Cursor = "",
        state: str | None = None,
        level: AlertLevel | None = None,
        limit: Rows = ROWS_USUAL,
    ) -> Document:
        """List alerts."""
        rows = await readings.alerts(opened(cursor), state, level and level.value, limit)
        return page([_alert(row) for row in rows], [row["alert_id"] for row in rows], limit)

    @router.get("/alerts/{alert_id}", tags=["alerts"])
    async def alert(alert_id: Key) -> Document:
        """Return an alert with everything that made it."""
        row = await readings.alert(alert_id)
        if row is None:
            raise Problem(NOT_FOUND, "alert_unknown", field="alert_id")
        return {**json.loads(row["explanation"]), **_alert(row)}


async def dossier_of(readings: Readings, key: str) -> Dossier:
    """Return a dossier; raise what the caller is told where there is none."""
    state = await readings.dossier(key)
    if state is None:
        raise Problem(NOT_FOUND, "case_unknown", field="case_no")
    return STATE.decode(state)


def page(items: list[Document], keys: list[str], limit: int) -> Document:
    """Return a page with an opaque cursor to the next one, if there may be one."""
    following = base64.urlsafe_b64encode(keys[-1].encode()).decode() if keys else None
    return {"items": items, "next_cursor": following if len(items) == limit else None}


def opened(cursor: str) -> str:
    """Return the key behind which a page begins."""
    try:
        return base64.urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        raise Problem(BAD_REQUEST, "cursor_invalid", field="cursor") from None


def spoken(accepted: str) -> str:
    return "en" if accepted.strip().lower().startswith("en") else "zh-CN"


def catalogued(kpi: Kpi) -> str:
    """Return the catalogue's id, under which the parts are stored."""
    head, dot, tail = kpi.kpi_id.rpartition(".")
    return head if dot and tail.isalpha() else kpi.kpi_id


def counts(kpi: Kpi, part: str) -> bool:
    """Say whether *part* belongs to *kpi*."""
    return any(
        part.startswith(name[:-1]) if name.endswith("*") else part == name
        for name in (*kpi.numerator, *kpi.denominator)
    )


def _kpi(kpi: Kpi, sums: Mapping[tuple[str, str], int]) -> Document:
    parts = {
        part: value
        for (kpi_id, part), value in sums.items()
        if kpi_id == catalogued(kpi) and counts(kpi, part)
    }
    return {**_described(kpi), "today": parts}


def _described(kpi: Kpi) -> Document:
    return {
        "kpi_id": kpi.kpi_id,
        "name": {"zh-CN": kpi.zh, "en": kpi.en},
        "unit": kpi.unit,
        "formula": kpi.formula,
        "gauge": kpi.gauge,
    }


def _case(dossier: Dossier) -> Document:
    return {
        "case_no": dossier.key,
        "state": dossier.phase.value,
        "source": dossier.source,
        "item_code": dossier.item_code,
        "item_name": dossier.item_name,
        "window": dossier.window,
        "channel": dossier.channel,
        "received_on": dossier.received_on,
        "accepted_on": dossier.terms.effective_on if dossier.terms else None,
        "decided_on": dossier.ending.ended_on if dossier.ending else None,
        "decision": dossier.decision or None,
        "closed_on": dossier.closed_on,
        "delivered_on": dossier.delivered_on,
        "facts": dossier.facts,
        "anomalies": dossier.anomalies,
        "holds": [_fields(hold) for hold in dossier.holds],
        "matters": [_fields(matter) for matter in dossier.matters],
        "cards": [_fields(card) for card in dossier.cards],
    }


def _fields(part: Any) -> Document:  # noqa: ANN401 - any part of a dossier
    return {name: getattr(part, name) for name in part.__struct_fields__}


def _fact(body: str, dossier: Dossier) -> Document:
    document: Document = json.loads(body)
    try:
        order: tuple[Any, ...] = entry_of(body.encode()).order
    except Unreadable:
        order = (datetime.fromisoformat(document["time"]), 0, document["id"])
    anomalous = document["id"] in dossier.anomalous
    return {**document, "order": order, "anomaly": "contradicts" if anomalous else None}


def _alert(row: Row) -> Document:
    dossier = STATE.decode(row["dossier_state"])
    return {
        "alert_id": row["alert_id"],
        "case_no": row["dossier"],
        "item_name": dossier.item_name,
        "sla_id": row["sla"],
        "clock": row["clock"],
        "level": row["level"],
        "severity": row["severity"],
        "state": row["state"],
        "due": row["due"].isoformat(),
        "raised_at": row["raised_at"].astimezone(SHANGHAI).isoformat(),
        "recorded_at": row["recorded_at"].astimezone(SHANGHAI).isoformat(),
        "lateness_ms": row["lateness_ms"],
        "reason": row["reason"] or None,
    }


def _jsonable(row: Row) -> Document:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in dict(row).items()
    }
