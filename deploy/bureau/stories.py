"""Whole stories of the bureau's life, from somebody who comes in to what is left in the archive."""

from deploy.bureau.calls import call, come_in_vain
from deploy.bureau.counters import TurnedDown
from deploy.bureau.errand import Errand
from deploy.bureau.examination import HANDLER, examine
from deploy.bureau.items import BUREAU, ITEMS, STATUTORY_DAYS, VERSION, WEIGHTS, Item
from shared.web.auth import Role

CORRECTED, REJECTED, WITHDRAWN, ASSISTED = 0.15, 0.04, 0.04, 0.2
RATED, RATED_BADLY = 0.7, 0.08
CALLED, IN_VAIN = 0.06, 0.08
LOOKS_MAX = 60
"""So often a rating's rectification is looked for, once a second."""

PROVINCE = "SN-HCP"
"""The system of the province to which ratings are forwarded (省好差评)."""

CHANNELS = ("WINDOW", "WINDOW", "WINDOW", "PC", "MOBILE", "SELF_SERVICE")
STEPS = [{"step": "HANDLE", "limit": 2}, {"step": "CHECK", "limit": 1}]
TERMINAL = {"WINDOW": "WINDOW", "PC": "PC", "MOBILE": "MOBILE", "SELF_SERVICE": "SELF_SERVICE"}
PRAISE = ("VERY_SATISFIED", "VERY_SATISFIED", "SATISFIED", "BASICALLY_SATISFIED")
COMPLAINT = ("DISSATISFIED", "VERY_DISSATISFIED")


async def apply(errand: Errand) -> None:
    """Play one application, from the counter to what the applicant says of it."""
    (item,) = errand.chance.choices(ITEMS, WEIGHTS)
    helped = errand.happens(ASSISTED)
    if helped:
        await _ask_for_help(errand, item)
    await _receive(errand, item, helped=helped)
    if not await _accept(errand, item):
        return
    await examine(errand, item)
    if helped:
        task = f"tasks/BB-{errand.name}"
        await errand.ask(
            Role.ASSIST_AGENT, f"{task}/completion", case_nos=[errand.name], on_time=True
        )
    if errand.happens(RATED):
        await rate(errand, item)
    if errand.happens(IN_VAIN):
        await come_in_vain(errand, item)
    if errand.happens(CALLED):
        await call(errand)


async def finish(errand: Errand, item: Item) -> None:
    """Decide a case that has lain for days, and take it to the archive."""
    await examine(errand, item)
    if errand.happens(RATED):
        await rate(errand, item)


async def _ask_for_help(errand: Errand, item: Item) -> None:
    task = f"BB-{errand.name}"
    await errand.ask(
        Role.ASSIST_AGENT,
        "tasks",
        task_id=task,
        kind="GENERAL",
        mode="HELP",
        party=_party(errand),
        system="XIAN_BANGBAN",
        item_codes=[item.code],
    )
    await errand.wait(2, 8)
    await errand.ask(Role.ASSIST_AGENT, f"tasks/{task}/acceptance")
    agent = {"agent_id": "st-0501", "tier": "STREET", "site_id": "xc-street-03"}
    await errand.ask(Role.ASSIST_AGENT, f"tasks/{task}/agents", **agent)
    await errand.wait(5, 15)
    await errand.ask(Role.ASSIST_AGENT, f"tasks/{task}/steps", stage="PRE_GUIDANCE")


async def _receive(errand: Errand, item: Item, *, helped: bool) -> None:
    channel = "ASSIST_AGENT" if helped else errand.chance.choice(CHANNELS)
    await errand.ask(
        Role.WINDOW_CLERK,
        "cases",
        case_no=errand.name,
        item_code=item.code,
        item_version=VERSION,
        item_name=item.name,
        case_type=item.case_type.value,
        party=_party(errand),
        channel=channel,
        terminal=TERMINAL.get(channel, "WINDOW"),
        agent_present=helped,
        handling_org=BUREAU,
        materials=[
            {"name": "申请书", "required": True, "provided": True, "form": "PAPER"},
            {"name": "身份证明", "required": True, "provided": True, "form": "SHARED"},
        ],
    )


async def _accept(errand: Errand, item: Item) -> bool:
    """Bring the application to its acceptance, or to its early end; say whether it goes on."""
    case = f"cases/{errand.name}"
    await errand.wait(2, 10)
    await errand.ask(Role.WINDOW_CLERK, f"{case}/prechecks", result="PASS")
    if errand.happens(CORRECTED):
        await _correct(errand, case)
    await errand.wait(1, 6)
    if errand.happens(REJECTED):
        await errand.ask(
            Role.WINDOW_CLERK,
            f"{case}/rejection",
            reason="NOT_REQUIRED",
            explanation="该经营活动依法不需要取得行政许可",
            document={"doc_type": "REJECTION_NOTICE", "doc_no": f"BY-{errand.name}"},
        )
        return False
    if errand.happens(WITHDRAWN):
        letter = {"doc_type": "WITHDRAWAL", "doc_no": f"CH-{errand.name}"}
        await errand.ask(Role.WINDOW_CLERK, f"{case}/withdrawal", by="APPLICANT", document=letter)
        return False
    await errand.ask(
        Role.WINDOW_CLERK,
        f"{case}/acceptance",
        mode="NORMAL",
        accept_doc={"doc_type": "ACCEPTANCE_NOTICE", "doc_no": f"SL-{errand.name}"},
        statutory_limit=STATUTORY_DAYS,
        statutory_unit="WD",
        committed_limit=item.days,
        committed_unit="WD",
        grade="L2",
        steps=STEPS if item.days else [],
    )
    return True


async def _correct(errand: Errand, case: str) -> None:
    await errand.ask(
        Role.WINDOW_CLERK,
        f"{case}/corrections",
        items=[{"material": "场所平面图", "problem": "未标明操作间与洗手池位置"}],
        notice={"doc_type": "CORRECTION_NOTICE", "doc_no": f"BZ-{errand.name}"},
    )
    await errand.wait(15, 60)
    await errand.ask(Role.WINDOW_CLERK, f"{case}/corrections/deliveries", complete=True)


async def rate(errand: Errand, item: Item) -> None:
    """Say how it was; whoever was not content hears from us."""
    await errand.wait(2, 30)
    bad = errand.happens(RATED_BADLY)
    review_id = await errand.ask(
        Role.REVIEW_DESK,
        "ratings",
        case_no=errand.name,
        item_code=item.code,
        phase="COMPLETION",
        scope="MATTER",
        channel=errand.chance.choice(("QR", "SMS", "HALL_TABLET", "MOBILE")),
        level=errand.chance.choice(COMPLAINT if bad else PRAISE),
        has_text=bad,
        real_name=bad,
        rated_org=BUREAU,
    )
    forwarded = {"system": PROVINCE, "accepted": True}
    await errand.ask(Role.REVIEW_DESK, f"ratings/{review_id}/forwardings", **forwarded)
    if bad:
        await _rectify(errand)


async def _rectify(errand: Errand) -> None:
    """Answer a bad rating (差评整改); the order opened by itself, we only look it up."""
    order = f"rectifications/{await _opened(errand)}"
    await errand.ask(Role.REVIEW_DESK, f"{order}/assignments", assignee=HANDLER)
    await errand.wait(5, 20)
    await errand.ask(Role.HANDLER, f"{order}/contacts", reached=True, method="PHONE")
    await errand.wait(5, 20)
    await errand.ask(Role.HANDLER, f"{order}/findings", finding="FIX_NOW", cause="EFFICIENCY")
    await errand.wait(10, 60)
    measure = {"measures": "增设取件窗口，办结短信当日发送", "systemic_fix": True}
    await errand.ask(Role.HANDLER, f"{order}/measures", **measure)
    await errand.ask(Role.HANDLER, f"{order}/feedbacks", public_reply=False)
    await errand.wait(10, 30)
    content = {"reached": True, "result": "SATISFIED"}
    await errand.ask(Role.REVIEW_DESK, f"{order}/followups", **content)
    await errand.ask(Role.REVIEW_DESK, f"{order}/closure")


async def _opened(errand: Errand) -> str:
    for _ in range(LOOKS_MAX):
        known = await errand.counters.case(errand.name) or {}
        for subject in known.get("subjects", ()):
            if subject["kind"] == "rectification":
                return str(subject["name"])
        await errand.pace.clock.sleep(1.0)
    raise TurnedDown(f"no rectification of {errand.name}")


def _party(errand: Errand) -> dict[str, str]:
    token = f"pt-{errand.chance.getrandbits(64):016x}"
    return {"party_token": token, "party_type": "ENTERPRISE"}
