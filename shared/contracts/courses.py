"""Every course that we publish, in the order of a case's life."""

from shared.contracts.activity.course import PROBLEM, WALKTHROUGH
from shared.contracts.assist.course import AGENT, PROJECT, SERVICE_LIST, TASK
from shared.contracts.commitment.course import COMMITMENT
from shared.contracts.committee.course import COMMITTEE_RULES, GRADING_LIST, MEETING, REFERRAL
from shared.contracts.hall.course import COMPLAINT
from shared.contracts.handling.course import CASE
from shared.contracts.hotline.course import TICKET
from shared.contracts.inspection.course import INSPECTION
from shared.contracts.intake.course import APPOINTMENT, TOOL_USE, VISIT
from shared.contracts.intermediary.course import AGENCY, ENGAGEMENT
from shared.contracts.item.course import ITEM_CHANGE, ITEM_LIST, STATIONING
from shared.contracts.joint.course import JOINT, SCENE
from shared.contracts.outreach.course import NEED, OUTREACH
from shared.contracts.plan.course import REPORT, TARGET
from shared.contracts.policy.course import BENEFIT, POLICY_ITEM
from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.review.course import INVITATION, RATING
from shared.contracts.site.course import SITE
from shared.contracts.supervision.course import ALERT, ORDER
from shared.contracts.unfinished.course import MATTER
from shared.contracts.xregion.course import XREGION

COURSES = (
    CASE,
    COMMITMENT,
    INSPECTION,
    REFERRAL,
    MEETING,
    SCENE,
    GRADING_LIST,
    COMMITTEE_RULES,
    JOINT,
    XREGION,
    ITEM_CHANGE,
    ITEM_LIST,
    STATIONING,
    APPOINTMENT,
    VISIT,
    TOOL_USE,
    SITE,
    INVITATION,
    RATING,
    RECTIFICATION,
    TICKET,
    MATTER,
    COMPLAINT,
    TASK,
    PROJECT,
    AGENT,
    SERVICE_LIST,
    WALKTHROUGH,
    PROBLEM,
    OUTREACH,
    NEED,
    AGENCY,
    ENGAGEMENT,
    POLICY_ITEM,
    BENEFIT,
    ALERT,
    ORDER,
    TARGET,
    REPORT,
)
