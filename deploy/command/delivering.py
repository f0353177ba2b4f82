"""`casetrack delivery`: who was told of cards, a test of a channel, and another try."""

import time
from typing import Annotated
from urllib.parse import quote

import typer

from deploy.command.asking import ANSWER_SECONDS_MAX, Asking
from deploy.command.output import out, print_json
from deploy.command.reading import ROWS_USUAL, LimitOption, UrlOption
from deploy.command.stack import JsonOption
from deploy.command.tables import show_table
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from services.metrics.views.delivery import DeliveryLine, DeliveryPage, DeliveryState
from shared.policy.calendar import ZONE
from shared.runtime.settings import load_settings
from shared.web.auth import Role
from shared.web.issuer import Bearer

OPERATIONS = Bearer(Role.OPS, name="casetrack")
RESULT_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.5
FAILED = 1

ChannelArgument = Annotated[
    str, typer.Argument(metavar="CHANNEL", help=say("delivery.channel_help"))
]
ChannelOption = Annotated[str, typer.Option("--channel", help=say("delivery.channel_help"))]
DeliveryIdArgument = Annotated[str, typer.Argument(metavar="ID", help=say("delivery.id_help"))]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=say("delivery.help"), no_args_is_help=True)
    group.command("list", help=say("delivery.list_help"))(list_deliveries)
    group.command("test", help=say("delivery.test_help"))(send_test)
    group.command("retry", help=say("delivery.retry_help"))(retry)
    app.add_typer(group, name="delivery")


def list_deliveries(
    *,
    channel: ChannelOption = "",
    limit: LimitOption = ROWS_USUAL,
    url: UrlOption = "",
    as_json: JsonOption = False,
) -> None:
    found = list(_asking(url).items(DeliveryPage, "/v1/deliveries", limit, channel=channel))
    if as_json:
        print_json({"deliveries": found})
        return
    if not found:
        out.print(say("delivery.none"))
        return
    columns = ("made_at", "channel", "state", "notifications", "tries", "answer", "id")
    show_table([say(f"delivery.{name}") for name in columns], map(_line, found))


def send_test(
    channel: ChannelArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    """Send a test, and wait until it was tried once."""
    asking = _asking(url)
    body = {"channel": channel}
    sent = asking.post(DeliveryLine, "/v1/deliveries/test", body, ANSWER_SECONDS_MAX)
    until = time.monotonic() + RESULT_SECONDS_MAX
    while not sent.answer and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
        sent = asking.get(DeliveryLine, _path(sent.delivery_id))
    if as_json:
        print_json(sent)
    elif sent.answer:
        state = say(f"delivery.state.{sent.state}")
        out.print(say("delivery.tested", channel=channel, state=state, answer=sent.answer))
    else:
        out.print(say("delivery.not_yet", channel=channel), style="yellow")
    if sent.state is not DeliveryState.SENT:
        raise typer.Exit(FAILED)


def retry(
    delivery_id: DeliveryIdArgument, *, url: UrlOption = "", as_json: JsonOption = False
) -> None:
    path = f"{_path(delivery_id)}/retry"
    again = _asking(url).post(DeliveryLine, path, None, ANSWER_SECONDS_MAX)
    if as_json:
        print_json(again)
    else:
        out.print(say("delivery.retried", channel=again.channel))


def _asking(url: str) -> Asking:
    return Asking.begin(load_settings(LocalSettings), url, OPERATIONS)


def _path(delivery_id: str) -> str:
    return f"/v1/deliveries/{quote(delivery_id, safe='')}"


def _line(one: DeliveryLine) -> list[str]:
    return [
        f"{one.made_at.astimezone(ZONE):%m-%d %H:%M}",
        one.channel,
        say(f"delivery.state.{one.state}"),
        str(one.notifications),
        str(one.tries),
        one.answer,
        one.delivery_id,
    ]
