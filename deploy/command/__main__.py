"""The `casetrack` command; every group of sub-commands registers itself here, in one line."""

import typer

from deploy.command import (
    calendar,
    contracts,
    dead_letters,
    demo,
    doctor,
    figures,
    importing,
    publish,
    reading,
    sign_in,
    stack,
    token,
    top,
    verify,
)
from deploy.command.texts import say

app = typer.Typer(
    name="casetrack",
    help=say("casetrack.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
stack.register(app)
doctor.register(app)
token.register(app)
sign_in.register(app)
calendar.register(app)
importing.register(app)
publish.register(app)
figures.register(app)
reading.register(app)
top.register(app)
verify.register(app)
contracts.register(app)
dead_letters.register(app)
demo.register(app)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
