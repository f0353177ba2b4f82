"""
Every command that intake takes over HTTP, whose it is, and where: one path a command.

`POST /v1/<collection>` begins a history, under the id that its body brings or
under a new one, and in the hall always under a new one; `POST
/v1/<collection>/{id}/<path>` is every other command.
"""

from types import MappingProxyType

from services.intake.domain import refusals
from services.intake.domain.appointment import commands as appointment
from services.intake.domain.appointment import refusals as appointment_refusals
from services.intake.domain.case import aids, holds
from services.intake.domain.case import commands as case
from services.intake.domain.case import refusals as case_refusals
from services.intake.domain.commitment import commands as commitment
from services.intake.domain.commitment import refusals as commitment_refusals
from services.intake.domain.committeerules import commands as committeerules
from services.intake.domain.committeerules import refusals as committeerules_refusals
from services.intake.domain.gradinglist import commands as gradinglist
from services.intake.domain.gradinglist import refusals as gradinglist_refusals
from services.intake.domain.inspection import commands as inspection
from services.intake.domain.inspection import refusals as inspection_refusals
from services.intake.domain.itemchange import commands as itemchange
from services.intake.domain.itemchange import refusals as itemchange_refusals
from services.intake.domain.itemlist import commands as itemlist
from services.intake.domain.itemlist import refusals as itemlist_refusals
from services.intake.domain.joint import commands as joint
from services.intake.domain.joint import refusals as joint_refusals
from services.intake.domain.meeting import commands as meeting
from services.intake.domain.meeting import refusals as meeting_refusals
from services.intake.domain.referral import commands as referral
from services.intake.domain.referral import refusals as referral_refusals
from services.intake.domain.scene import commands as scene
from services.intake.domain.scene import refusals as scene_refusals
from services.intake.domain.site import commands as site
from services.intake.domain.site import refusals as site_refusals
from services.intake.domain.stationing import commands as stationing
from services.intake.domain.stationing import refusals as stationing_refusals
from services.intake.domain.tooluse import commands as tooluse
from services.intake.domain.visit import commands as visit
from services.intake.domain.xregion import commands as xregion
from services.intake.domain.xregion import refusals as xregion_refusals
from shared.commands.access import granted
from shared.commands.counter import Collection, Path, refusals_in
from shared.policy.organisations import Scope
from shared.web.auth import Role

WINDOW = granted([Role.WINDOW_CLERK], Scope.BELOW)
"""The bureau's comprehensive windows (综合窗口) take in and hand out for every organisation."""
EXAMINERS = granted([Role.HANDLER, Role.CHECKER, Role.APPROVER], Scope.OWN)
EVERYBODY = {**WINDOW, **EXAMINERS}
DECIDERS = granted([Role.APPROVER, Role.DIRECTOR], Scope.OWN)
HEAD = granted([Role.DIRECTOR], Scope.OWN)
"""More time is the own head's to give (Licensing Law, art. 42)."""
GOVERNMENT = granted([Role.DIRECTOR], Scope.BELOW)
"""
More time for what several decide is for the head of the government to give (art. 42 (2)).

The register ends with the bureau: whoever signs for the government has an account there.
"""
HEAD_OR_SUPERIOR = granted([Role.DIRECTOR], Scope.BELOW)
"""What was granted the organisation above may revoke as well (art. 69)."""
INSPECTORS = granted([Role.INSPECTOR], Scope.OWN)
SECRETARIAT = granted([Role.SECRETARIAT], Scope.BELOW)
"""The committee is the bureau's, and resolves on every organisation's cases."""
CALLERS = granted([Role.REVIEW_DESK, Role.SUPERVISOR], Scope.BELOW)
"""Who asks how an inspection went: nobody who made it."""

LISTS = granted([Role.DIRECTOR, Role.LAW_DESK], Scope.BELOW)
"""Who keeps the lists of items (事项清单), the scenes that they make, and the sites with them."""

CALENDAR = frozenset({"calendar"})
SILENCE = frozenset({"calendar", "silence_days"})
ANSWER_BY = frozenset({"answer_by"})
BELIEVED = frozenset({"believed_from"})
GUIDE = frozenset({"off_guide"})
MEETING = frozenset({"meeting"})
HANDLING = frozenset({"handling_orgs"})
SUPERIOR = frozenset({"to_org"})
"""A case may go on to an authority that is none of the bureau's (转报), and so may its result."""

MORE_TIME = (
    refusals.ExtensionAlreadyGranted,
    refusals.ExtensionNotRequested,
    refusals.ExtensionTooLate,
)
"""What stands in the way of more time, for a case and for a joint case."""


CASES = Collection(
    name="cases",
    subject="case_no",
    refusals=(
        *refusals_in(case_refusals),
        *refusals_in(commitment_refusals),
        refusals.DeliveredDateImpossible,
        *MORE_TIME,
    ),
    first=Path(case.ReceiveApplication, WINDOW, ours=BELIEVED),
    paths=MappingProxyType(
        {
            "prechecks": Path(case.PrecheckApplication, WINDOW),
            "corrections": Path(case.RequestCorrection, WINDOW, ours=ANSWER_BY),
            "corrections/deliveries": Path(case.ReceiveCorrection, WINDOW),
            "corrections/expiry": Path(case.ExpireCorrection, WINDOW),
            "promises": Path(commitment.SignPromise, WINDOW),
            "promises/withdrawal": Path(commitment.WithdrawPromise, WINDOW),
            "promises/verification": Path(commitment.VerifyPromise, EXAMINERS),
            "promises/breach": Path(commitment.HandleBreach, EXAMINERS),
            "acceptance": Path(case.AcceptApplication, WINDOW, ours=SILENCE),
            "rejection": Path(case.RejectApplication, WINDOW),
            "withdrawal": Path(case.WithdrawApplication, WINDOW),
            "steps": Path(case.StartStep, EXAMINERS),
            "steps/completions": Path(case.CompleteStep, EXAMINERS),
            "holds": Path(holds.OpenHold, DECIDERS, ours=GUIDE, signed="approved_by"),
            "holds/closings": Path(holds.CloseHold, EXAMINERS),
            "hearings/offers": Path(holds.OfferHearing, EXAMINERS, ours=BELIEVED),
            "hearings": Path(holds.AnnounceHearing, EXAMINERS, ours=BELIEVED),
            "extensions": Path(case.RequestExtension, EXAMINERS),
            "extensions/approval": Path(
                case.ApproveExtension, HEAD, ours=CALENDAR, signed="approver"
            ),
            "extensions/denial": Path(case.DenyExtension, HEAD, signed="approver"),
            "supplements": Path(commitment.ReceiveSupplement, WINDOW),
            "supplements/expiry": Path(commitment.ExpireSupplement, EVERYBODY),
            "decision": Path(case.MakeDecision, DECIDERS, ours=BELIEVED),
            "forwarding": Path(case.ForwardCase, EXAMINERS, outside=SUPERIOR),
            "termination": Path(case.TerminateCase, DECIDERS, signed="approved_by"),
            "closing": Path(case.CloseCase, EVERYBODY, ours=BELIEVED),
            "results": Path(case.IssueResult, EVERYBODY),
            "deliveries": Path(case.DeliverResult, EVERYBODY, ours=BELIEVED),
            "disclosures": Path(case.DiscloseDecision, EVERYBODY, ours=BELIEVED),
            "links": Path(case.PushLink, EVERYBODY, outside=SUPERIOR),
            "archiving": Path(case.ArchiveCase, EVERYBODY),
            "credit-modes": Path(aids.ApplyCreditMode, EVERYBODY),
            "instrument-uses": Path(aids.RecordInstrumentUse, EVERYBODY),
            "amendments": Path(case.AmendCase, DECIDERS, signed="approved_by"),
            "revocation": Path(case.RevokeDecision, HEAD_OR_SUPERIOR),
        }
    ),
)

INSPECTIONS = Collection(
    name="inspections",
    subject="inspection_id",
    refusals=refusals_in(inspection_refusals),
    first=Path(inspection.OrderInspection, EXAMINERS, ours=HANDLING),
    paths=MappingProxyType(
        {
            "schedules": Path(inspection.ScheduleVisit, INSPECTORS),
            "visits": Path(inspection.StartVisit, INSPECTORS),
            "conclusions": Path(inspection.ConcludeVisit, INSPECTORS),
            "defects": Path(inspection.OrderDefect, INSPECTORS, ours=ANSWER_BY),
            "defects/submissions": Path(inspection.SubmitDefect, {**INSPECTORS, **WINDOW}),
            "defects/expiry": Path(inspection.ExpireDefect, INSPECTORS),
            "followups": Path(inspection.FollowUpInspection, CALLERS),
        }
    ),
)

REFERRALS = Collection(
    name="referrals",
    subject="referral_id",
    refusals=(*refusals_in(referral_refusals), meeting_refusals.MeetingNotScheduled),
    first=Path(referral.MakeReferral, EXAMINERS, ours=HANDLING, signed="referred_by"),
    paths=MappingProxyType(
        {
            "screenings": Path(referral.ScreenReferral, SECRETARIAT),
            "deliberations": Path(referral.DeliberateReferral, SECRETARIAT, ours=MEETING),
            "resolutions": Path(referral.AdoptResolution, SECRETARIAT, ours=MEETING),
            "executions": Path(referral.ExecuteResolution, {**EXAMINERS, **SECRETARIAT}),
        }
    ),
)

MEETINGS = Collection(
    name="meetings",
    subject="meeting_id",
    refusals=refusals_in(meeting_refusals),
    first=Path(meeting.CallMeeting, SECRETARIAT),
    paths=MappingProxyType(
        {
            "dates": Path(meeting.MoveMeeting, SECRETARIAT),
            "sessions": Path(meeting.HoldMeeting, SECRETARIAT),
        }
    ),
)

GRADING_LISTS = Collection(
    name="grading-lists",
    subject="gradinglist",
    refusals=refusals_in(gradinglist_refusals),
    first=Path(gradinglist.ReviseGradingList, SECRETARIAT, ours=frozenset({"gradinglist"})),
)

COMMITTEE_RULES = Collection(
    name="committee-rules",
    subject="committeerules",
    refusals=refusals_in(committeerules_refusals),
    first=Path(
        committeerules.ReviseCommitteeRules, SECRETARIAT, ours=frozenset({"committeerules"})
    ),
)

CROSS_REGION = Collection(
    name="cross-region-cases",
    subject="xr_id",
    refusals=refusals_in(xregion_refusals),
    first=Path(xregion.CollectForAnotherPlace, WINDOW),
    paths=MappingProxyType(
        {
            "forwarding": Path(xregion.ForwardHome, WINDOW),
            "home-receipt": Path(xregion.ConfirmAtHome, WINDOW),
            "results": Path(xregion.ReturnResult, WINDOW),
        }
    ),
)

JOINT_CASES = Collection(
    name="joint-cases",
    subject="joint_case_id",
    refusals=(*refusals_in(joint_refusals), *MORE_TIME),
    first=Path(joint.OpenJointCase, WINDOW),
    paths=MappingProxyType(
        {
            "subcases": Path(joint.LinkSubcase, WINDOW),
            "extensions": Path(joint.RequestJointExtension, EXAMINERS),
            "extensions/approval": Path(
                joint.ApproveJointExtension,
                GOVERNMENT,
                ours=frozenset({"last_day"}),
                signed="approver",
            ),
            "extensions/denial": Path(joint.DenyJointExtension, GOVERNMENT, signed="approver"),
            "closing": Path(joint.CloseJointCase, EVERYBODY, ours=frozenset({"ends"})),
        }
    ),
)

ITEM_CHANGES = Collection(
    name="item-changes",
    subject="change",
    refusals=refusals_in(itemchange_refusals),
    first=Path(itemchange.ReviseItem, LISTS, ours=frozenset({"change"})),
    paths=MappingProxyType({"places": Path(itemchange.SyncItemChange, LISTS)}),
)

ITEM_LISTS = Collection(
    name="item-lists",
    subject="itemlist",
    refusals=(*refusals_in(itemlist_refusals), refusals.ItemNamedTwice),
    first=Path(itemlist.PublishItemList, LISTS, ours=frozenset({"itemlist"})),
)

STATIONINGS = Collection(
    name="stationings",
    subject="stationing",
    refusals=refusals_in(stationing_refusals),
    first=Path(stationing.ChangeStationing, LISTS, ours=frozenset({"stationing"})),
)

APPOINTMENTS = Collection(
    name="appointments",
    subject="appointment_id",
    refusals=refusals_in(appointment_refusals),
    first=Path(appointment.BookAppointment, WINDOW, ours=CALENDAR | {"appointment_id"}),
    paths=MappingProxyType(
        {
            "cancellation": Path(appointment.CancelAppointment, WINDOW),
            "service": Path(appointment.ServeAppointment, WINDOW),
            "miss": Path(appointment.MissAppointment, WINDOW),
        }
    ),
)

VISITS = Collection(
    name="visits",
    subject="visit_id",
    refusals=(),
    first=Path(visit.RecordVisit, WINDOW, ours=frozenset({"visit_id"})),
)

TOOL_USES = Collection(
    name="tool-uses",
    subject="session_id",
    refusals=(),
    first=Path(tooluse.RecordToolUse, WINDOW, ours=frozenset({"session_id"})),
)

SCENES = Collection(
    name="scenes",
    subject="scene",
    refusals=(*refusals_in(scene_refusals), refusals.ItemNamedTwice),
    first=Path(scene.LaunchScene, LISTS, ours=frozenset({"scene"})),
)

SITES = Collection(
    name="sites",
    subject="site",
    refusals=refusals_in(site_refusals),
    first=Path(site.OpenStation, LISTS, ours=frozenset({"site"})),
    paths=MappingProxyType(
        {
            "upgrades": Path(site.UpgradeStation, LISTS),
            "onboarding": Path(site.OnboardSite, LISTS),
            "items": Path(site.DevolveItem, LISTS),
        }
    ),
)

COLLECTIONS = (
    CASES,
    INSPECTIONS,
    REFERRALS,
    MEETINGS,
    GRADING_LISTS,
    COMMITTEE_RULES,
    CROSS_REGION,
    JOINT_CASES,
    ITEM_CHANGES,
    ITEM_LISTS,
    STATIONINGS,
    APPOINTMENTS,
    VISITS,
    TOOL_USES,
    SCENES,
    SITES,
)
