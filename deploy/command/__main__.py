"""The `casetrack` command; a sub-command's module is imported once somebody gives the command."""

import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup

from deploy.command import interruption, logbook
from deploy.command.ending import ended
from deploy.command.output import accept_all_characters
from deploy.texts import say

MODULES: Mapping[str, str] = {
    "up": "up",
    "down": "stack",
    "status": "stack",
    "logs": "stack",
    "doctor": "doctor",
    "token": "token",
    "sign-in": "sign_in",
    "import": "importing",
    "publish": "publish",
    "figures": "figures",
    "top": "top",
    "verify": "verify",
    "checkpoint": "checkpoint",
    "whatif": "whatif",
    "rebuild": "rebuild",
    "refill": "refill",
    "rules": "rules",
    "publishers": "rules",
    "sessions": "sessions",
    "demo": "demo",
    "calendar": "calendar",
    "case": "reading",
    "kpi": "reading",
    "plan": "planning",
    "alert": "reading",
    "certificate": "certificate",
    "delivery": "delivering",
    "contracts": "contracts",
    "dlq": "dead_letters",
}
"""Which module registers a sub-command, in the order of the help."""


class Deferred(TyperCommand):
    """A sub-command as the help lists it; whoever gives it gets the real one."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, help=say(f"{name.replace('-', '_')}.help"))
        self._given = name

    @cached_property
    def real(self) -> TyperCommand | TyperGroup:
        """The command itself, with all that its module imports."""
        app = typer.Typer(add_completion=False)
        import_module(f"deploy.command.{MODULES[self._given]}").register(app)
        return cast("TyperCommand | TyperGroup", typer.main.get_group(app).commands[self._given])

    def make_context(self, *about: Any, **more: Any) -> Any:  # noqa: ANN401 - handed on
        return self.real.make_context(*about, **more)


class Front(TyperGroup):
    """All sub-commands, deferred."""

    def __init__(self, **about: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(**about)
        self.commands = {name: Deferred(name) for name in MODULES}
        self._as_json = False

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *_: Any,  # noqa: ANN401 - a command of ours always stands alone
        **__: Any,  # noqa: ANN401 - as above
    ) -> NoReturn:
        """Run what *args* ask for, and end with the promised status."""
        words = list(sys.argv[1:] if args is None else args)
        self._as_json = "--json" in words
        with ended(as_json=self._as_json):
            status = super().main(words, prog_name, standalone_mode=False)
        sys.exit(status or 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - handed on
        with ended(as_json=self._as_json):
            return super().invoke(ctx)


app = typer.Typer(
    cls=Front,
    name="casetrack",
    help=say("casetrack.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _casetrack() -> None:
    # typer makes no group of an app that has neither commands nor a callback.
    pass


def main() -> None:
    interruption.listen()
    logbook.keep()
    accept_all_characters()
    app()


if __name__ == "__main__":
    main()
