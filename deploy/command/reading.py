"""`casetrack case`, `kpi`, `alert`: what the metrics API knows, on a terminal."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote

import typer

from deploy.command import alerting
from deploy.command.alerting import AlertIdArgument, show_orders
from deploy.command.asking import ANSWER_SECONDS_MAX, Asking
from deploy.command.days import WRITTEN, typed_day
from deploy.command.elapsed import ByOption, elapsed, show_matter, used_in_words
from deploy.command.output import Styled, out, print_json
from deploy.command.stack import JsonOption
from deploy.command.strip import strip
from deploy.command.tables import Cell, marked, show_table
from deploy.command.words import measured, word
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.views.alert import Alert, AlertLine, AlertMoment, AlertPage
from services.metrics.views.case import (
    Case,
    CasePage,
    ClockPage,
    Judged,
    TimelineFact,
    TimelinePage,
)
from services.metrics.views.explanation import Explanation
from services.metrics.views.kpi import KpiCourse, KpiPage, KpiValue
from shared.contracts.handling.course import Phase
from shared.contracts.moments import recorded_instant
from shared.contracts.naming import called, fact_called
from shared.contracts.supervision.course import AlertState
from shared.contracts.supervision.words import AlertLevel
from shared.contracts.words import ClockName
from shared.policy.calendar import business_date, spelled
from shared.runtime.clock import SystemClock
from shared.runtime.settings import load_settings

ROWS_USUAL = 50
ROWS_MAX = 10_000
MINUTE_MS = 60_000
MINUTES_SHOWN = len("2026-11-23 09:00")

CaseNoArgument = Annotated[str, typer.Argument(metavar="NO", help=say("case.no_help"))]
FactArgument = Annotated[str, typer.Argument(metavar="FACT", help=say("case.fact_help"))]
ReasonOption = Annotated[str, typer.Option("--reason", help=say("case.reason_help"))]
SourceOption = Annotated[str, typer.Option("--source", help=say("case.source_help"))]
KpiIdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("kpi.id_help"))]
SinceOption = Annotated[
    date | None, typer.Option(parser=typed_day, metavar=WRITTEN, help=say("kpi.since_help"))
]
UntilOption = Annotated[
    date | None, typer.Option(parser=typed_day, metavar=WRITTEN, help=say("kpi.until_help"))
]
LevelOption = Annotated[
    AlertLevel | None, typer.Option("--level", case_sensitive=False, help=say("alert.level_help"))
]
StatesOption = Annotated[
    list[AlertState] | None,
    typer.Option("--state", case_sensitive=False, help=say("alert.state_help")),
]
LimitOption = Annotated[
    int, typer.Option("--limit", min=1, max=ROWS_MAX, help=say("reading.limit_help"))
]
UrlOption = Annotated[str, typer.Option("--url", help=say("reading.url_help"))]


def register(app: typer.Typer) -> None:
    case = typer.Typer(help=say("case.help"), no_args_is_help=True)
    case.command("list", help=say("case.list_help"))(list_cases)
    case.command("show", help=say("case.show_help"))(show_case)
    case.command("elapsed", help=say("case.elapsed_help"))(show_elapsed)
    case.command("confirm", help=say("case.confirm_help"))(confirm)
    case.command("reject", help=say("case.reject_help"))(reject)
    kpi = typer.Typer(help=say("kpi.help"), no_args_is_help=True)
    kpi.command("list", help=say("kpi.list_help"))(list_kpis)
    kpi.command("show", help=say("kpi.show_help"))(show_kpi)
    alert = typer.Typer(help=say("alert.help"), no_args_is_help=True)
    alert.command("list", help=say("alert.list_help"))(list_alerts)
    alert.command("show", help=say("alert.show_help"))(show_alert)
    alerting.extend(alert)
    for name, group in (("case", case), ("kpi", kpi), ("alert", alert)):
        app.add_typer(group, name=name)


def list_cases(
    *, limit: LimitOption = ROWS_USUAL, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    cases = list(_asking(url).items(CasePage, "/v1/cases", limit))
    if as_json:
        print_json({"cases": cases})
        return
    if not cases:
        out.print(say("case.none"))
        return
    headers = [say(f"case.{name}") for name in ("level", "no", "phase", "received", "item")]
    show_table(
        headers,
        [
            [
                marked(one.level),
                one.case_no,
                called(Phase, one.phase, LANGUAGE),
                _instant(one.received_at),
                one.item_name or "",
            ]
            for one in cases
        ],
    )


def show_case(no: CaseNoArgument, *, url: UrlOption = "", as_json: JsonOption = False) -> None:
    asking = _asking(url)
    path = f"/v1/cases/{_named(no)}"
    case = asking.get(Case, path)
    told = asking.get(ClockPage, f"{path}/clocks")
    clocks, matter = told.items, told.matter
    timeline = asking.get(TimelinePage, f"{path}/timeline").items
    if as_json:
        print_json({"case": case, "clocks": clocks, "matter": matter, "timeline": timeline})
        return
    out.print(Styled.assemble((case.case_no, "bold"), f"  {case.item_name or ''}"))
    out.print(Styled(" · ".join(_facts_of(case)), style="muted"))
    if matter is not None:
        show_matter(matter, plain=out.options.ascii_only)
    for clock in clocks:
        out.print()
        _show_clock(clock)
    out.print(f"\n{word('explanation.timeline')}", style="muted")
    show_table([say("case.time"), say("case.fact"), say("case.note")], map(_fact_line, timeline))


def show_elapsed(
    *,
    by: ByOption = "item",
    since: SinceOption = None,
    until: UntilOption = None,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    elapsed(_asking(url), by, _days(since, until), as_json=as_json)


def confirm(
    no: CaseNoArgument,
    fact: FactArgument,
    *,
    reason: ReasonOption,
    source: SourceOption = "",
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    _judge(no, fact, source, reason, url, believed=True, as_json=as_json)


def reject(
    no: CaseNoArgument,
    fact: FactArgument,
    *,
    reason: ReasonOption,
    source: SourceOption = "",
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    _judge(no, fact, source, reason, url, believed=False, as_json=as_json)


def _judge(  # noqa: PLR0913 - what a person says of a fact
    no: str, fact: str, source: str, reason: str, url: str, *, believed: bool, as_json: bool
) -> None:
    asking, path = _asking(url), f"/v1/cases/{_named(no)}"
    if not source:
        told = asking.get(TimelinePage, f"{path}/timeline").items
        sources = sorted({one.source for one in told if one.id == fact})
        if len(sources) > 1:
            said = say("case.source_needed", sources=", ".join(sources))
            raise typer.BadParameter(said, param_hint="--source")
        source = next(iter(sources), "-")
    word = {"fact_id": fact, "fact_source": source, "believed": believed, "reason": reason}
    judged = asking.post(Judged, f"{path}/judgements", word, ANSWER_SECONDS_MAX)
    if as_json:
        print_json(judged)
        return
    out.print(say("case.confirmed" if believed else "case.rejected", fact=fact, no=no))


def list_kpis(
    *,
    since: SinceOption = None,
    until: UntilOption = None,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    kpis = _asking(url).get(KpiPage, "/v1/kpis", **_days(since, until)).items
    if as_json:
        print_json({"kpis": kpis})
        return
    headers = [say(f"kpi.{name}") for name in ("id", "value", "of", "days", "name")]
    show_table(
        headers,
        [
            [
                one.kpi_id,
                measured(one.value, one.unit),
                _share(one),
                f"{one.until}" if one.gauge else f"{one.since} – {one.until}",
                one.name.said(LANGUAGE),
            ]
            for one in kpis
        ],
    )


def show_kpi(
    kpi_id: KpiIdArgument,
    *,
    since: SinceOption = None,
    until: UntilOption = None,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    kpi = _asking(url).get(KpiCourse, f"/v1/kpis/{_named(kpi_id)}", **_days(since, until))
    if as_json:
        print_json(kpi)
        return
    out.print(
        Styled.assemble(
            (kpi.name.said(LANGUAGE), "bold"), f"  {measured(kpi.value, kpi.unit)}  {_share(kpi)}"
        )
    )
    out.print(Styled(kpi.formula or "", style="dim"))
    rows: list[list[Cell]] = [
        [one.day.isoformat(), measured(one.value, kpi.unit), _share(one)] for one in kpi.series
    ]
    rows += [
        [f"{word_of(name)} {one.key or '–'}", measured(one.value, kpi.unit), _share(one)]
        for name, lines in kpi.by.items()
        for one in lines
    ]
    rows += [
        [
            one.name,
            say("kpi.never") if one.heard_at is None else measured(one.value, kpi.unit),
            _instant(one.heard_at),
            marked(one.level),
        ]
        for one in kpi.sources
    ]
    names = ("source", "value", "heard_at", "level") if kpi.sources else ("where", "value", "of")
    show_table([say(f"kpi.{name}") for name in names], rows)


def word_of(dimension: str) -> str:
    return say(f"kpi.by.{dimension}")


def list_alerts(
    *,
    level: LevelOption = None,
    state: StatesOption = None,
    limit: LimitOption = ROWS_USUAL,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    query = {"level": level.value if level else None, "state": state}
    alerts = list(_asking(url).items(AlertPage, "/v1/alerts", limit, **query))
    if as_json:
        print_json({"alerts": alerts})
        return
    if not alerts:
        out.print(say("alert.none"))
        return
    names = ("level", "case_no", "basis", "due", "state", "id", "item")
    show_table([say(f"alert.{name}") for name in names], map(_alert_line, alerts))


def show_alert(
    alert_id: AlertIdArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    alert = _asking(url).get(Alert, f"/v1/alerts/{_named(alert_id)}")
    if as_json:
        print_json(alert)
        return
    out.print(
        Styled.assemble(
            marked(alert.level),
            f"  {alert.case_no}  {alert.item_name or ''}  ",
            (called(AlertState, alert.state, LANGUAGE), "muted"),
        )
    )
    _show_clock(alert)
    rows = [
        ("raised_at", _instant(alert.raised_at)),
        ("lateness", _lateness(alert.lateness_ms or 0)),
        ("policy_version", alert.policy_version),
        ("calendar_version", alert.calendar_version),
        ("causes", " ".join(alert.causes)),
    ]
    for name, value in rows:
        out.print(f"  {word(f'explanation.{name}')}  {value}", style="muted")
    if alert.reason:
        out.print(alert.reason)
    for moment in alert.history:
        out.print(f"  {_moment(moment)}", style="muted")
    if alert.proposal:
        out.print(say("alert.waits_for_another", by=alert.proposal.by), style="yellow")
    if alert.orders:
        show_orders([*alert.orders])


def _moment(moment: AlertMoment) -> str:
    level = "" if moment.to_level is None else f" {moment.to_level}"
    words = f"  {moment.words}" if moment.words else ""
    act = say(f"alert.act.{moment.act}")
    return f"{_instant(moment.at)}  {act}{level}  {moment.by}{words}"


def _show_clock(clock: Explanation) -> None:
    due = clock.due or word("explanation.undetermined")
    name = called(ClockName, clock.clock, LANGUAGE)
    head = f"{name}  {word('explanation.due')} {due}"
    limit = word(f"unit.{clock.unit}", n=clock.limit) if clock.limit else word("unit.same_day")
    used = f"{word('explanation.consumed')} {clock.consumed} / {limit}"
    out.print(Styled.assemble((head, "bold"), (f"  {used}", "muted")))
    today = business_date(SystemClock().now())
    out.print(strip(clock, today, plain=out.options.ascii_only))
    out.print(Styled(clock.sentence.said(LANGUAGE)))
    if clock.used:
        out.print(Styled(f"{say('elapsed.whose')}  {used_in_words(clock.used)}", style="muted"))


def _facts_of(case: Case) -> Iterator[str]:
    yield called(Phase, case.phase, LANGUAGE)
    days = {
        "received_on": case.received_on,
        "accepted_on": case.accepted_on,
        "ended_on": case.ended_on,
        "closed_on": case.closed_on,
    }
    yield from (f"{say(f'case.{name}')} {day}" for name, day in days.items() if day)
    if case.anomalies:
        yield say("case.anomalies", count=case.anomalies)


def _fact_line(fact: TimelineFact) -> list[Cell]:
    activity = fact.activity or (fact.data or {}).get("activity") or ""
    late = say("case.told_late", count=fact.late_days) if fact.late_days else ""
    note = " · ".join(text for text in (activity, late, fact.anomaly or "") if text)
    named = f"{note}  ({fact.id})" if fact.doubt else note
    return [_instant(recorded_instant(fact.time)), fact_called(fact.type, LANGUAGE), named]


def _alert_line(alert: AlertLine) -> list[Cell]:
    return [
        marked(alert.level),
        alert.case_no,
        called(ClockName, alert.clock, LANGUAGE),
        alert.due.isoformat(),
        called(AlertState, alert.state, LANGUAGE),
        alert.alert_id,
        alert.item_name or "",
    ]


def _instant(instant: datetime | None) -> str:
    if instant is None:
        return "–"
    return spelled(instant, "minutes").replace("T", " ")[:MINUTES_SHOWN]


def _lateness(ms: int) -> str:
    if ms < MINUTE_MS:
        return word("explanation.lateness_value", ms=ms)
    hours, minutes = divmod(ms // MINUTE_MS, 60)
    return word("late_next.hours", hours=hours, minutes=minutes)


def _share(one: KpiValue) -> str:
    return "" if one.denominator is None else f"{one.numerator} / {one.denominator}"


def _days(since: date | None, until: date | None) -> dict[str, str | None]:
    return {
        "from": since.isoformat() if since else None,
        "to": until.isoformat() if until else None,
    }


def _named(name: str) -> str:
    """Return *name* as one part of a path, whatever somebody typed."""
    return quote(name, safe="")


def _asking(url: str) -> Asking:
    return Asking.begin(load_settings(LocalSettings), url)
