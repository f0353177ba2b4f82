"""Until when an item would be done if it were filed, on a terminal."""

from collections.abc import Iterable
from datetime import date

from deploy.command.asking import Asking
from deploy.command.output import Styled, out, print_json
from deploy.command.words import word
from deploy.stack.settings import LocalSettings
from deploy.texts import LANGUAGE, say
from services.metrics.domain.clocks.instants import midnight
from services.metrics.views.explanation import Explanation
from services.metrics.views.filing import FiledItem
from shared.policy.calendar import spelled
from shared.runtime.settings import load_settings


def show_filed(item: str, start: date | None, url: str, *, as_json: bool) -> None:
    """Ask until when *item* would be done that is filed on the day *start*, else now."""
    at = spelled(midnight(start)) if start else None
    asking = Asking.begin(load_settings(LocalSettings), url)
    found = asking.get(FiledItem, "/v1/due/filed", item=item, at=at)
    if as_json:
        print_json(found)
        return
    out.print(Styled.assemble((found.item_code, "bold"), f"  {found.item_name}"))
    out.print(say("filing.promised", on=found.promised.accepted_on), style="muted")
    for name, explained in (
        ("acceptance", (found.acceptance,)),
        ("at_once", found.accepted_at_once),
        ("at_the_latest", found.accepted_at_the_latest),
    ):
        out.print()
        out.print(say(f"filing.{name}"), style="bold")
        _show(explained)


def _show(explained: Iterable[Explanation]) -> None:
    for one in explained:
        name = one.name.said(LANGUAGE) if one.name else one.sla_id
        limit = word(f"unit.{one.unit}", n=one.limit)
        out.print(Styled.assemble((f"{one.due}", "bold"), f"  {name}  {limit}"))
        out.print(Styled(f"  {one.sentence.said(LANGUAGE)}", style="muted"))
