"""Until when, if it were filed: the same explanations as those of a real case."""

from datetime import date

from services.metrics.views.explanation import Explanation
from services.metrics.views.view import ShownInstant, View


class PromisedTerms(View, frozen=True):
    """What was promised for an item when a case of it was accepted last."""

    committed_limit: int
    committed_unit: str
    statutory_limit: int
    statutory_unit: str
    accepted_on: date
    """Of that case: whoever has changed the item's guide since has promised otherwise."""


class FiledItem(View, frozen=True):
    """Until when an item would be done that is handed in complete at one instant."""

    item_code: str
    item_name: str
    filed_at: ShownInstant
    received_on: date
    promised: PromisedTerms
    acceptance: Explanation
    """Until when the bureau says whether it accepts."""
    accepted_at_once: tuple[Explanation, ...]
    """What is promised and what the law allows, where it accepts on the day of the receipt."""
    accepted_at_the_latest: tuple[Explanation, ...]
    """The same where it accepts on the last day that it has."""
