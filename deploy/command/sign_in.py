"""`casetrack sign-in`: a link that signs one browser in, once, for a day."""

from typing import Annotated

import typer

from deploy.command.database import StackAbsent
from deploy.command.link import WATCHER, link_for
from deploy.command.output import print_json, print_line
from deploy.command.stack import JsonOption
from deploy.stack import control
from deploy.stack.settings import LocalSettings
from deploy.texts import say
from shared.runtime.settings import load_settings
from shared.web.auth import Role
from shared.web.issuer import Bearer

AsRoleOption = Annotated[Role, typer.Option("--role", case_sensitive=False, help=say("token.role"))]
NameOption = Annotated[str, typer.Option("--name", help=say("sign_in.name"))]


def register(app: typer.Typer) -> None:
    app.command("sign-in", help=say("sign_in.help"))(sign_in)


def sign_in(
    *,
    role: AsRoleOption = WATCHER.role,
    name: NameOption = WATCHER.name,
    as_json: JsonOption = False,
) -> None:
    settings = load_settings(LocalSettings)
    if not control.is_running(settings.places):
        raise StackAbsent(home=settings.places.home)
    link = link_for(settings, Bearer(role, name=name))
    if as_json:
        print_json({"link": link, "role": role.value, "name": name})
    else:
        print_line(link)
