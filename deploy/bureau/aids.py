"""What helps a case along in the made-up bureau: the applicant's credit, electronic instruments."""

from deploy.bureau.errand import Errand
from deploy.bureau.items import Item
from shared.web.auth import Role

TRUSTED, KNOWN = 0.3, 0.5
AT_ONCE = "INSTANT_APPROVAL"
LENIENT = ("PROOF_SUBSTITUTE", "TOLERANCE_BY_CREDIT", "APPROVAL_SUPERVISION_LINK")


async def use_credit(errand: Errand, item: Item, case: str) -> None:
    """Use the credit of whoever has some: to decide at once, or to ask for less."""
    if not errand.happens(TRUSTED):
        return
    mode = errand.chance.choice(LENIENT) if item.days else AT_ONCE
    spared = errand.chance.randint(1, 3) if mode == "PROOF_SUBSTITUTE" else 0
    timed = {"seconds_to_decide": errand.chance.randint(8, 55)} if mode == AT_ONCE else {}
    used = {"mode": mode, "grade": errand.chance.choice(("A", "AA")), "materials_saved": spared}
    await errand.ask(Role.HANDLER, f"{case}/credit-modes", **used, **timed)


async def reuse_licence(errand: Errand, case: str) -> None:
    """Look up a licence that the applicant has, instead of asking for a copy (免证办)."""
    if errand.happens(KNOWN):
        reused = {"instrument": "E_LICENCE", "action": "REUSED", "paper_avoided": True}
        licence = {"licence_type": "BUSINESS_LICENCE"}
        await errand.ask(Role.HANDLER, f"{case}/instrument-uses", **reused, **licence)


async def use(errand: Errand, case: str, instrument: str, action: str) -> None:
    """Use an instrument that spares the applicant no paper."""
    words = {"instrument": instrument, "action": action, "paper_avoided": False}
    await errand.ask(Role.HANDLER, f"{case}/instrument-uses", **words)
