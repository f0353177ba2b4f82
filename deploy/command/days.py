"""A day as people type it on the command line."""

from datetime import date

import typer

from deploy.texts import say
from shared.contracts.moments import FIRST_DAY, LAST_DAY, meant_day_of

WRITTEN = "YYYY-MM-DD"


def typed_day(text: str) -> date:
    """Return the day that *text* spells; typer tells whoever typed another one."""
    try:
        return meant_day_of(text)
    except ValueError:
        said = say("day.wrong", day=text, first=FIRST_DAY, last=LAST_DAY)
        raise typer.BadParameter(said) from None
