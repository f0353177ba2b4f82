"""What enterprises do beside their cases: engage agencies, and have what policies offer."""

from datetime import date

from deploy.bureau.errand import Errand
from deploy.bureau.plan import list_policies
from shared.web.auth import Role

SERVICES = ("ZJ-HPBG", "ZJ-JCJY", "ZJ-CHFW")
"""环评报告, 检测检验, 测绘服务."""
LIMIT_DAYS = 5
OPINIONS = ("VERY_SATISFIED", "SATISFIED", "BASICALLY_SATISFIED")
SUBSIDY_FEN = 5_000_000
REWARD_FEN = 1_000_000
REWARDED = 3


async def engage(errand: Errand) -> None:
    """Engage an agency for each service; all but the last deliver, and are rated."""
    orders = []
    for service in SERVICES:
        words = {"service_code": service, "limit_days": LIMIT_DAYS}
        orders.append(await errand.ask(Role.WINDOW_CLERK, "engagements", **words))
    for order in orders[:-1]:
        await errand.wait(30, 90)
        await errand.ask(Role.WINDOW_CLERK, f"engagements/{order}/delivery")
        level = errand.chance.choice(OPINIONS)
        await errand.ask(Role.WINDOW_CLERK, f"engagements/{order}/rating", level=level)


async def benefit(errand: Errand, today: date) -> None:
    """List policies, and grant what they offer: on a claim, or where nobody had to ask."""
    listed = await list_policies(errand, today)
    asked = {"policy_id": listed["ONLINE_APPLY"], "amount_fen": SUBSIDY_FEN}
    claim = await errand.ask(Role.WINDOW_CLERK, "benefits", **asked)
    for _ in range(REWARDED):
        given = {"policy_id": listed["NO_APPLY"], "amount_fen": REWARD_FEN}
        await errand.ask(Role.HANDLER, "unclaimed-benefits", **given)
    await errand.wait(60, 180)
    await errand.ask(Role.HANDLER, f"benefits/{claim}/grant", amount_fen=SUBSIDY_FEN)
