"""Four organisations of the register that stand to one of them as organisations can."""

from shared.contracts.types import OrgRef
from shared.policy.organisations import organisations

STREET, COMMUNITY = "11610102MB1000050T", "12610102MB1000070R"
MARKET, FOOD = "11610102MB1000010N", "11610102MB1000040R"
"""The second was merged into the first."""
BUREAU = organisations().bureau
INVENTED = "11610102MB9999990H"

STANDING = {
    "own": STREET,
    "above": BUREAU,
    "below": COMMUNITY,
    "another": MARKET,
    "merged": FOOD,
    "invented": INVENTED,
}
"""Whose people ask, by how their organisation stands to that of the subject, a street's."""


def org(code: str) -> OrgRef:
    """Return how a fact names the organisation *code*."""
    return organisations().named(code)
