"""What the bureau sets anew each year: its lists of items, what these are, who decides on them."""

from deploy.bureau.errand import Errand
from deploy.bureau.items import ITEMS, Item
from shared.web.auth import Role

LISTS = {
    "LICENCE": ITEMS,
    "FILING": ITEMS[2:4],
    "COMMITMENT": ITEMS[:9],
    "WEEKEND": ITEMS[2:8],
    "CROSS_REGION": ITEMS[2:5],
    "HOME_VISIT": ITEMS[2:3],
    "INTERMEDIARY": ITEMS[-1:],
}
DESCRIBED = ITEMS[:5]
"""Of which it is told what they are; of the rest the plan shows that nobody has."""
PLACES = ("ONLINE", "OFFLINE", "PLATFORM")
TERMINALS = ("WINDOW", "PC", "MOBILE", "SELF_SERVICE")


async def publish_lists(errand: Errand, year: int) -> None:
    """Publish each list in its version of *year*."""
    for kind, items in LISTS.items():
        version = {"list": kind, "version": f"{year}", "item_codes": [item.code for item in items]}
        await errand.ask(Role.LAW_DESK, "item-lists", **version, places=list(PLACES))


async def describe_items(errand: Errand, year: int) -> None:
    """Say of some items what they are since this *year*, and publish that everywhere."""
    for item in DESCRIBED:
        change = await errand.ask(Role.LAW_DESK, "item-changes", **_described(item, year))
        for place in PLACES:
            await errand.wait(1, 30)
            await errand.ask(Role.LAW_DESK, f"item-changes/{change}/places", place=place)


async def revise_grades(errand: Errand, year: int) -> None:
    """Leave to a deputy director what went to the committee, and give that new rules."""
    changes = [
        {"item_code": item.code, "from": "L4", "to": "L3"} for item in ITEMS if item.referred
    ]
    grades = {"doc_type": "GRADING_LIST", "doc_no": f"新审批发〔{year}〕18号"}
    rules = {"doc_type": "RULES_OF_PROCEDURE", "doc_no": f"新审批发〔{year}〕19号"}
    words = {"list_version": f"{year}", "changes": changes, "document": grades}
    await errand.ask(Role.SECRETARIAT, "grading-lists", **words)
    await errand.ask(Role.SECRETARIAT, "committee-rules", rules_version=f"{year}", document=rules)


def _described(item: Item, year: int) -> dict[str, object]:
    """Return what a version says of *item*: who wants to see a place cannot do all online."""
    is_full = not item.inspected
    return {
        "item_code": item.code,
        "item_version": year,
        "changes": [{"field": "promise_day", "old": f"{item.days + 1}", "new": f"{item.days}"}],
        "effective_date": f"{year}-01-01",
        "spec_covered": True,
        "online_depth": "FULL" if is_full else "PARTIAL",
        "terminals": list(TERMINALS if is_full else TERMINALS[:3]),
    }
