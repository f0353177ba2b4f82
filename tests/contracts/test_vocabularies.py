"""The vocabularies are those of the catalogue, word for word and in its order."""

import re
from fnmatch import fnmatchcase
from importlib import import_module
from importlib.util import find_spec

import pytest

from shared.contracts import words
from shared.contracts.registry import FAMILIES
from shared.contracts.words import ClockName, Word

CATALOGUE = """
CaseType: IMMEDIATE COMMITTED OTHER
PartyType: NATURAL_PERSON ENTERPRISE INSTITUTION SOCIAL_ORG GOV_ORGAN OTHER_ORG
FiveUpClass: INDUSTRY CONSTRUCTION TRADE_CATERING REAL_ESTATE SERVICE
Channel: WINDOW PC MOBILE SELF_SERVICE EXPRESS ASSIST_AGENT CROSS_REGION HOTLINE OTHER
Terminal: WINDOW PC MOBILE SELF_SERVICE
AcceptanceMode: NORMAL DEEMED TOLERANCE COMMITMENT
RejectReason: NOT_REQUIRED NOT_OUR_POWER MATERIALS_REFUSED OTHER
Step: HANDLE CHECK APPROVE CUSTOM
StepAction: PASS RETURN OTHER
HoldReason: HEARING BIDDING AUCTION TESTING DETECTION QUARANTINE APPRAISAL EXPERT_REVIEW
  ONSITE_VERIFICATION APPLICANT_RECTIFY PUBLIC_NOTICE SUPPLEMENT TOLERANCE_GRACE SUPERIOR_REPLY
  OTHER
HoldBasis: LICENSING_LAW_45 OTHER_LAW LOCAL_RULE
ClockName: INTAKE CORRECTION COMMITTED STATUTORY STEP EXTENSION IMMEDIATE
  SPECIAL_PROCEDURE HEARING FIRST_REVIEW DELIVERY DISCLOSURE
  ARCHIVE INSPECT_* COMMITTEE_* RECTIFY_* APPEAL HOTLINE_* ASSIST_* SUPPLEMENT VERIFY
  UNFINISHED_* JOINT XREGION_* LINK_PUSH PROBLEM ADMISSION LISTING
  SYNC ACKNOWLEDGEMENT ORDER
Decision: APPROVED DENIED
ResultType: CERTIFICATE_ISSUED RETURNED VOIDED DELETED FORWARDED CORRECTION_ABANDONED
  CLOSED_OTHER
DeliveryMode: WINDOW EXPRESS E_LICENCE SELF_SERVICE
GradeLevel: L1 L2 L3 L4
InspectionMode: ON_SITE CLOUD JOINT
InspectionResult: PASS FAIL RECTIFY NOT_DONE
CommitteeReason: SAFETY ENVIRONMENT LARGE_IMPACT LEGAL_UNCLEAR DISPUTE INTENDED_REFUSAL
  ON_GRADING_LIST OTHER
CommitteeOutcome: APPROVE APPROVE_WITH_CONDITIONS DENY DEFER RETURN_TO_SECTION
Satisfaction: VERY_SATISFIED SATISFIED BASICALLY_SATISFIED DISSATISFIED VERY_DISSATISFIED
ReviewChannel: PC MOBILE QR HALL_TABLET HALL_TERMINAL SMS SYSTEM_DEFAULT PHONE PAPER HOTLINE
ReviewPhase: ACCEPTANCE COMPLETION INSPECTION ASSIST RECTIFICATION HOTLINE
BadReviewCause: ATTITUDE EFFICIENCY GUIDE_ACCURACY MATERIALS SYSTEM_USABILITY ENVIRONMENT POLICY
  OTHER
AppealGround: MISTAKEN MALICIOUS NOT_OUR_MATTER DUPLICATE
VerifyFinding: FIX_NOW LEDGER EXPLAIN_ONLY APPEAL
AssistKind: KEY_PROJECT FIVE_UP_ENTERPRISE SPECIAL_GROUP GENERAL
AssistMode: HELP PROXY HOME_VISIT
AssistStage: PRE_GUIDANCE COORDINATION TRACKING
AgentTier: DISTRICT STREET COMMUNITY BLOCK_POINT
CrossRegionMode: FULL_ONLINE PROXY_COLLECT MULTI_PLACE
Tool: SMART_DESK SERVICE_MAP KNOWLEDGE_BASE
CommitTechnique: MATERIAL_LATER MATERIAL_WAIVED REVIEW_DEFERRED REVIEW_WAIVED
HotlineKind: CONSULT HELP COMPLAINT REPORT SUGGESTION PRAISE EMERGENCY
UnfinishedCause: MATERIALS POLICY MULTI_DEPARTMENT SYSTEM STAFF NOT_ELIGIBLE OTHER
FiveZeroKind: DISTANCE COMPLAINT SHIRKING ERROR BACKLOG
WalkPart: FIELD_RESEARCH BUSINESS_CHECK APPROVAL_SERVICE SERVICE_FOLLOWUP FORUM CONSULTATION
PolicyClass: ONLINE_APPLY NO_APPLY DISPLAY_ONLY
DigitalInstrument: E_LICENCE E_SEAL E_SIGNATURE E_ARCHIVE
AlertLevel: PROMPT YELLOW RED
AlertBasis: COMMITTED STATUTORY INTAKE STEP DELIVERY RECTIFICATION INSPECTION COMMITTEE ASSIST
  HOTLINE UNFINISHED COMMITMENT DISCLOSURE ARCHIVE KPI RULE
"""

WORDS = {
    name: spelt.split()
    for name, spelt in re.findall(r"^(\w+):((?:.|\n  )+)", CATALOGUE, re.MULTILINE)
}


PACKAGES = {module.__package__ or "" for modules in FAMILIES.values() for module in modules}
HOMES = [f"{package}.words" for package in sorted(PACKAGES) if find_spec(f"{package}.words")]

DEFINED = {
    name: member
    for home in (words, *map(import_module, HOMES))
    for name, member in vars(home).items()
    if isinstance(member, type) and issubclass(member, Word) and member is not Word
}


@pytest.mark.parametrize("name", WORDS)
def test_a_vocabulary_has_the_words_of_the_catalogue(name: str) -> None:
    vocabulary = DEFINED[name]
    families = [word for word in WORDS[name] if "*" in word]

    singles = [word for word in vocabulary if not any(fnmatchcase(word, f) for f in families)]

    assert singles == [word for word in WORDS[name] if word not in families]


def test_a_family_of_clocks_has_members() -> None:
    families = [word for word in WORDS["ClockName"] if "*" in word]

    empty = [f for f in families if not any(fnmatchcase(clock, f) for clock in ClockName)]

    assert empty == []


def test_there_is_no_other_vocabulary() -> None:
    assert set(DEFINED) == {*WORDS, "LimitUnit", "DoubtReason", "ClockParty"}
