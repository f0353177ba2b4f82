"""Six cases of six organisations, and who sees which of them."""

from tests.support.organisations import BUREAU, COMMUNITY, FOOD, INVENTED, MARKET, STREET

OF = {
    "XC20240902000001": STREET,
    "XC20240902000002": COMMUNITY,
    "XC20240902000003": MARKET,
    "XC20240902000004": FOOD,
    "XC20240902000005": BUREAU,
    "XC20240902000006": INVENTED,
}
"""
Six cases that nobody has accepted, and whose they are.

The last is of an organisation that another system names and the register lacks.
"""
SEEN = {
    BUREAU: set(OF),
    STREET: {"XC20240902000001", "XC20240902000002"},
    COMMUNITY: {"XC20240902000002"},
    MARKET: {"XC20240902000003", "XC20240902000004"},
    FOOD: {"XC20240902000003", "XC20240902000004"},
}
"""What people of each organisation see."""
