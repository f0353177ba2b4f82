"""`casetrack alert ack`, `escalate`, `order`, `revoke`: what people do about a card, and orders."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import quote

import typer

from deploy.command.asking import ANSWER_SECONDS_MAX, PAGE_ROWS, Asking
from deploy.command.changing import UrlOption
from deploy.command.output import err, out, print_bytes, print_json
from deploy.command.stack import JsonOption
from deploy.command.tables import Cell, show_table
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.views.alert import Acknowledged, Escalated, Revoked
from services.metrics.views.order import OrderLine, OrderPage
from services.metrics.views.view import CommandTaken, View
from shared.contracts.naming import called
from shared.contracts.supervision.course import OrderState
from shared.policy.organisations import organisations
from shared.runtime.settings import load_settings
from shared.web.auth import Role
from shared.web.issuer import Bearer

NAME = "casetrack"
ORDERS_SHOWN_MAX = 200

V = TypeVar("V", bound=View)

AlertIdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("alert.id_help"))]
OrderIdArgument = Annotated[str, typer.Argument(metavar="ORDER", help=say("alert.order_id_help"))]
NoteOption = Annotated[str, typer.Option("--note", help=say("alert.note_help"))]
LevelOption = Annotated[
    int | None, typer.Option("--to-level", min=1, help=say("alert.to_level_help"))
]
ReasonOption = Annotated[str, typer.Option("--reason", help=say("alert.reason_help"))]
ApproverOption = Annotated[str, typer.Option("--approved-by", help=say("alert.approved_by_help"))]
OrgOption = Annotated[str, typer.Option("--org", help=say("alert.org_help"))]
NameOption = Annotated[str, typer.Option("--name", help=say("alert.name_help"))]
CsvOption = Annotated[
    Path | None,
    typer.Option(
        "--csv", dir_okay=False, allow_dash=True, metavar="FILE", help=say("alert.csv_help")
    ),
]
DASH = Path("-")


def extend(group: typer.Typer) -> None:
    """Add to the commands on cards what changes them."""
    group.command("ack", help=say("alert.ack_help"))(acknowledge)
    group.command("escalate", help=say("alert.escalate_help"))(escalate)
    group.command("revoke", help=say("alert.revoke_help"))(revoke)
    group.command("order", help=say("alert.order_help"))(order)
    group.command("orders", help=say("alert.orders_help"))(list_orders)
    group.command("answer", help=say("alert.answer_help"))(answer)


def acknowledge(
    alert_id: AlertIdArgument,
    *,
    note: NoteOption = "",
    name: NameOption = NAME,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    said = _post(Acknowledged, alert_id, "acknowledge", {"note": note or None}, _asking(url, name))
    _told(said, say("alert.acknowledged", id=alert_id), as_json=as_json)


def escalate(
    alert_id: AlertIdArgument,
    *,
    note: NoteOption = "",
    to_level: LevelOption = None,
    name: NameOption = NAME,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    body = {"note": note or None, "to_level": to_level}
    said = _post(Escalated, alert_id, "escalate", body, _asking(url, name))
    _told(said, say("alert.escalated_to", id=alert_id, level=said.escalated), as_json=as_json)


def revoke(
    alert_id: AlertIdArgument,
    *,
    reason: ReasonOption = "",
    approved_by: ApproverOption = "",
    name: NameOption = NAME,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    body = {"reason": reason or None, "approved_by": approved_by or None}
    said = _post(Revoked, alert_id, "revoke", body, _asking(url, name))
    text = "alert.proposed" if said.proposed else "alert.revoked"
    _told(said, say(text, id=alert_id), as_json=as_json)


def order(
    alert_id: AlertIdArgument,
    *,
    note: NoteOption,
    org: OrgOption = "",
    name: NameOption = NAME,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    body: dict[str, object] = {"alert_id": alert_id, "content": note}
    if org:
        if org not in organisations().by_code:
            raise typer.BadParameter(say("alert.org_unknown", org=org), param_hint="--org")
        body["to_org"] = organisations().named(org).model_dump()
    said = _asking(url, name).command(CommandTaken, "/v1/orders", body)
    _told(said, say("alert.ordered", id=said.subject), as_json=as_json)


def answer(
    order_id: OrderIdArgument,
    *,
    note: NoteOption,
    name: NameOption = NAME,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    path = f"/v1/orders/{quote(order_id, safe='')}"
    asked = _asking(url, name).get(OrderLine, path)
    responsible = Bearer(Role.HANDLER, asked.org_code, name)
    asking = Asking.begin(load_settings(LocalSettings), url, responsible)
    said = asking.command(CommandTaken, f"{path}/answer", {"reply": note})
    _told(said, say("alert.answered", id=order_id), as_json=as_json)


def list_orders(*, csv: CsvOption = None, url: UrlOption = "", as_json: JsonOption = False) -> None:
    if csv is not None:
        _keep(csv, _asking(url, NAME).sheet("/v1/orders", PAGE_ROWS))
        return
    found = list(_asking(url, NAME).items(OrderPage, "/v1/orders", ORDERS_SHOWN_MAX))
    if as_json:
        print_json({"orders": found})
    elif not found:
        out.print(say("alert.no_orders"))
    else:
        show_orders(found)


def _keep(file: Path, pieces: Iterable[bytes]) -> None:
    """Write *pieces* into *file*, or on where it is a dash."""
    if file == DASH:
        for piece in pieces:
            print_bytes(piece)
        return
    file.write_bytes(b"".join(pieces))
    err.print(say("alert.orders_kept", file=file))


def show_orders(orders: list[OrderLine]) -> None:
    """Print orders, a line each."""
    columns = ("order_id", "org", "state", "due", "content", "reply")
    show_table([say(f"alert.{name}") for name in columns], map(_line, orders))


def _line(one: OrderLine) -> list[Cell]:
    state = say("alert.overdue") if one.overdue else called(OrderState, one.state, LANGUAGE)
    due = one.due.isoformat() if one.due else "–"
    return [one.order_id, one.org_name, state, due, one.content, one.reply or ""]


def _post(view: type[V], alert_id: str, act: str, body: object, asking: Asking) -> V:
    path = f"/v1/alerts/{quote(alert_id, safe='')}/{act}"
    return asking.post(view, path, body, ANSWER_SECONDS_MAX)


def _told(said: View, line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(said)
    else:
        out.print(line)


def _asking(url: str, name: str) -> Asking:
    """Return a conversation of the supervisor whom the local issuer calls *name*."""
    return Asking.begin(load_settings(LocalSettings), url, Bearer(Role.SUPERVISOR, name=name))
