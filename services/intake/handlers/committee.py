"""What intake fills in of a command on what the committee works by: there is one of each."""

from typing import Any

from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.contracts.committee.facts import COMMITTEE_RULES, GRADING_LIST


async def named_grading_list(_: Desk, __: type[Any], ___: Fields) -> Fields:
    """Return the name of the bureau's grading list."""
    return {"gradinglist": GRADING_LIST}


async def named_rules(_: Desk, __: type[Any], ___: Fields) -> Fields:
    """Return the name of the committee's rules of procedure."""
    return {"committeerules": COMMITTEE_RULES}
