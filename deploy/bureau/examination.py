"""What follows an acceptance: the steps and what they need, the decision, the file."""

from datetime import timedelta

from deploy.bureau import aids
from deploy.bureau.errand import Errand
from deploy.bureau.items import BUREAU, SUPERVISING, Item
from shared.contracts.handling.words import Step
from shared.web.auth import Role

HANDLER, CHECKER = "st-0107", "st-0112"
INSPECTORS = ["st-0201", "st-0204"]
RETURNED, DENIED = 0.08, 0.05
INSPECTION_FAILS = 0.06


async def examine(errand: Errand, item: Item) -> None:
    """Take an accepted case to its archive."""
    case = f"cases/{errand.name}"
    await aids.reuse_licence(errand, case)
    if item.days:
        await _steps(errand, item, case)
    denied = bool(item.days) and errand.happens(DENIED)
    await _decide(errand, case, denied=denied)
    if not denied:
        await aids.use_credit(errand, item, case)
    await errand.wait(2, 10)
    result = "CLOSED_OTHER" if denied else "CERTIFICATE_ISSUED"
    await errand.ask(Role.HANDLER, f"{case}/closing", result_type=result, onsite_visits=1)
    if not denied:
        await _serve(errand, item, case)
    await errand.wait(5, 20)
    await errand.ask(Role.HANDLER, f"{case}/disclosures", platform="CREDIT_CHINA")
    await errand.ask(Role.HANDLER, f"{case}/links", to_org=SUPERVISING, acknowledged=True)
    await errand.wait(10, 40)
    archive_no = f"DA-{errand.name}"
    await errand.ask(Role.HANDLER, f"{case}/archiving", electronic=True, archive_no=archive_no)
    await aids.use(errand, case, "E_ARCHIVE", "FILED")


async def _steps(errand: Errand, item: Item, case: str) -> None:
    handled = await _begin(errand, case, Role.HANDLER, HANDLER, number=1)
    if item.inspected:
        await inspect(errand)
    if item.tested:
        await _test(errand, case)
    await _pass(errand, handled, Role.HANDLER, number=1)
    checked = await _begin(errand, case, Role.CHECKER, CHECKER, number=2)
    if errand.happens(RETURNED):
        returned = {"action": "RETURN", "return_to": 1, "opinion": "材料与现场不一致，请承办人复核"}
        await errand.ask(Role.CHECKER, checked, step_no=2, **returned)
        handled = await _begin(errand, case, Role.HANDLER, HANDLER, number=1)
        await _pass(errand, handled, Role.HANDLER, number=1)
        checked = await _begin(errand, case, Role.CHECKER, CHECKER, number=2)
    if item.referred:
        await _refer(errand)
    await _pass(errand, checked, Role.CHECKER, number=2)


async def _begin(errand: Errand, case: str, role: Role, assignee: str, *, number: int) -> str:
    await errand.wait(4, 15)
    step = Step.CHECK if role is Role.CHECKER else Step.HANDLE
    words = {"step": step.value, "org": BUREAU, "assignee": assignee, "limit": number}
    await errand.ask(role, f"{case}/steps", **words)
    return f"{case}/steps/completions"


async def _pass(errand: Errand, path: str, role: Role, *, number: int) -> None:
    await errand.wait(5, 25)
    await errand.ask(role, path, step_no=number, action="PASS", opinion="符合条件")


async def inspect(errand: Errand) -> None:
    """Send two inspectors to the applicant's place (现场勘验)."""
    task = f"KY-{errand.name}"
    await errand.ask(
        Role.HANDLER,
        "inspections",
        inspection_id=task,
        case_nos=[errand.name],
        mode="ON_SITE",
        checklist_id="SPJY-2024",
        org=BUREAU,
        place_token=f"pl-{errand.chance.getrandbits(48):012x}",
    )
    await errand.wait(3, 10)
    visit = errand.pace.clock.now() + timedelta(hours=2)
    schedule = {"visit_start": f"{visit:%Y-%m-%dT%H:00:00Z}", "inspectors": INSPECTORS}
    await errand.ask(Role.INSPECTOR, f"inspections/{task}/schedules", **schedule)
    await errand.wait(10, 30)
    arrival = {"geo_ok": True, "evidence_started": True}
    await errand.ask(Role.INSPECTOR, f"inspections/{task}/visits", **arrival)
    await errand.wait(5, 20)
    passed = not errand.happens(INSPECTION_FAILS)
    await errand.ask(
        Role.INSPECTOR,
        f"inspections/{task}/conclusions",
        result="PASS" if passed else "FAIL",
        checks=[{"code": "SPJY-01", "ok": True}, {"code": "SPJY-07", "ok": passed}],
        evidence=[{"doc_type": "INSPECTION_PHOTO", "doc_no": f"{task}-1"}],
        applicant_signed=True,
    )


async def _test(errand: Errand, case: str) -> None:
    """Pause the limits for a laboratory (检验检测), with its written notice."""
    hold = f"TB-{errand.name}"
    await errand.ask(
        Role.APPROVER,
        f"{case}/holds",
        hold_id=hold,
        reason="TESTING",
        basis="LICENSING_LAW_45",
        pauses=["COMMITTED", "STATUTORY"],
        expected_days=5,
        written_notice={"doc_type": "SPECIAL_PROCEDURE_NOTICE", "doc_no": hold},
        requested_by=HANDLER,
    )
    await errand.wait(20, 60)
    found = {"hold_id": hold, "result": "检测合格"}
    await errand.ask(Role.HANDLER, f"{case}/holds/closings", **found)


async def _refer(errand: Errand) -> None:
    """Bring the case before the committee (集体审议) and do as it resolves."""
    referral, meeting = f"SY-{errand.name}", f"HY-{errand.name}"
    await errand.ask(
        Role.HANDLER,
        "referrals",
        referral_id=referral,
        case_no=errand.name,
        reason="ON_GRADING_LIST",
        grade="L3",
        on_list=True,
        remaining_committed_days=3,
    )
    await errand.wait(5, 20)
    screened = {"result": "ADMITTED", "reason": "属分级审批清单事项"}
    await errand.ask(Role.SECRETARIAT, f"referrals/{referral}/screenings", **screened)
    called = errand.pace.clock.now() + timedelta(hours=4)
    await errand.ask(
        Role.SECRETARIAT,
        "meetings",
        meeting_id=meeting,
        referral_ids=[referral],
        meeting_at=f"{called:%Y-%m-%dT%H:00:00Z}",
    )
    await errand.wait(20, 50)
    session = {"present": ["st-0001", "st-0002", "st-0003"], "quorum_ok": True}
    await errand.ask(
        Role.SECRETARIAT, f"meetings/{meeting}/sessions", **session, legal_review_done=True
    )
    await errand.ask(Role.SECRETARIAT, f"referrals/{referral}/deliberations", meeting_id=meeting)
    await errand.ask(
        Role.SECRETARIAT,
        f"referrals/{referral}/resolutions",
        meeting_id=meeting,
        outcome="APPROVE",
        votes={"for": 3, "against": 0, "abstain": 0},
        minutes={"doc_type": "MINUTES", "doc_no": meeting},
    )
    await errand.ask(Role.SECRETARIAT, f"referrals/{referral}/executions")


async def _decide(errand: Errand, case: str, *, denied: bool) -> None:
    await errand.wait(3, 15)
    reasons = {"reasons": "经营场所不符合卫生规范要求"} if denied else {}
    await errand.ask(
        Role.APPROVER,
        f"{case}/decision",
        decision="DENIED" if denied else "APPROVED",
        document={"doc_type": "DECISION", "doc_no": f"JD-{errand.name}"},
        remedies_told=True,
        **reasons,
    )


async def _serve(errand: Errand, item: Item, case: str) -> None:
    await errand.wait(3, 15)
    await errand.ask(
        Role.HANDLER,
        f"{case}/results",
        instrument="E_LICENCE",
        licence_name=item.name,
        licence_no_token=f"lc-{errand.chance.getrandbits(48):012x}",
    )
    await aids.use(errand, case, "E_SEAL", "SEALED")
    await aids.use(errand, case, "E_LICENCE", "ISSUED")
    await errand.wait(3, 30)
    mode = errand.chance.choice(("WINDOW", "EXPRESS", "E_LICENCE"))
    await errand.ask(Role.WINDOW_CLERK, f"{case}/deliveries", mode=mode)
