"""`casetrack sessions end`: an account is signed out wherever it is signed in."""

from typing import Annotated
from urllib.parse import quote

import typer

from deploy.command.asking import OPERATIONS, Asking
from deploy.command.changing import UrlOption
from deploy.command.output import out, print_json
from deploy.command.stack import JsonOption
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from shared.runtime.settings import load_settings

AccountArgument = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help=say("sessions.account_help"))
]


def register(app: typer.Typer) -> None:
    sessions = typer.Typer(help=say("sessions.help"), no_args_is_help=True)
    sessions.command("end", help=say("sessions.end_help"))(end)
    app.add_typer(sessions, name="sessions")


def end(account: AccountArgument, *, url: UrlOption = "", as_json: JsonOption = False) -> None:
    asking = Asking.begin(load_settings(LocalSettings), url, OPERATIONS)
    asking.delete(f"/v1/sessions/{quote(account, safe='')}")
    if as_json:
        print_json({"account": account})
        return
    out.print(say("sessions.ended", account=account))
