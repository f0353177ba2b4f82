"""
Every command that intake takes over HTTP, whose it is, and where: one path a command.

`POST /v1/<collection>` begins a history, under the id that its body brings or
under a new one; `POST /v1/<collection>/{id}/<path>` is every other command.
"""

from types import MappingProxyType

from services.intake.domain import refusals
from services.intake.domain.case import commands as case
from services.intake.domain.case import refusals as case_refusals
from services.intake.domain.commitment import commands as commitment
from services.intake.domain.commitment import refusals as commitment_refusals
from services.intake.domain.inspection import commands as inspection
from services.intake.domain.inspection import refusals as inspection_refusals
from services.intake.domain.meeting import commands as meeting
from services.intake.domain.meeting import refusals as meeting_refusals
from services.intake.domain.referral import commands as referral
from services.intake.domain.referral import refusals as referral_refusals
from shared.commands.counter import Collection, Path, refusals_in
from shared.web.auth import Role

WINDOW = (Role.WINDOW_CLERK,)
EXAMINERS = (Role.HANDLER, Role.CHECKER, Role.APPROVER)
EVERYBODY = (*WINDOW, *EXAMINERS)
DECIDERS = (Role.APPROVER, Role.DIRECTOR)
HEAD = (Role.DIRECTOR,)
INSPECTORS = (Role.INSPECTOR,)
SECRETARIAT = (Role.SECRETARIAT,)
CALLERS = (Role.REVIEW_DESK, Role.SUPERVISOR)
"""Who asks how an inspection went: nobody who made it."""

CALENDAR = frozenset({"calendar"})
SILENCE = frozenset({"calendar", "silence_days"})
ANSWER_BY = frozenset({"answer_by"})
MEETING = frozenset({"meeting"})


CASES = Collection(
    name="cases",
    subject="case_no",
    refusals=(
        *refusals_in(case_refusals),
        *refusals_in(commitment_refusals),
        refusals.DeliveredDateImpossible,
    ),
    first=Path(case.ReceiveApplication, WINDOW),
    paths=MappingProxyType(
        {
            "prechecks": Path(case.PrecheckApplication, WINDOW),
            "corrections": Path(case.RequestCorrection, WINDOW, ours=ANSWER_BY),
            "corrections/deliveries": Path(case.ReceiveCorrection, WINDOW),
            "corrections/expiry": Path(case.ExpireCorrection, WINDOW),
            "promises": Path(commitment.SignPromise, WINDOW),
            "acceptance": Path(case.AcceptApplication, WINDOW, ours=SILENCE),
            "rejection": Path(case.RejectApplication, WINDOW),
            "withdrawal": Path(case.WithdrawApplication, WINDOW),
            "steps": Path(case.StartStep, EXAMINERS),
            "steps/completions": Path(case.CompleteStep, EXAMINERS),
            "holds": Path(case.OpenHold, EXAMINERS),
            "holds/closings": Path(case.CloseHold, EXAMINERS),
            "extensions": Path(case.RequestExtension, EXAMINERS),
            "extensions/approval": Path(case.ApproveExtension, HEAD, ours=CALENDAR),
            "extensions/denial": Path(case.DenyExtension, HEAD),
            "supplements": Path(commitment.ReceiveSupplement, WINDOW),
            "supplements/expiry": Path(commitment.ExpireSupplement, EVERYBODY),
            "decision": Path(case.MakeDecision, DECIDERS),
            "forwarding": Path(case.ForwardCase, EXAMINERS),
            "termination": Path(case.TerminateCase, DECIDERS),
            "closing": Path(case.CloseCase, EVERYBODY),
            "results": Path(case.IssueResult, EVERYBODY),
            "deliveries": Path(case.DeliverResult, EVERYBODY),
            "disclosures": Path(case.DiscloseDecision, EVERYBODY),
            "archiving": Path(case.ArchiveCase, EVERYBODY),
            "amendments": Path(case.AmendCase, DECIDERS),
            "revocation": Path(case.RevokeDecision, HEAD),
        }
    ),
)

INSPECTIONS = Collection(
    name="inspections",
    subject="inspection_id",
    refusals=refusals_in(inspection_refusals),
    first=Path(inspection.OrderInspection, EXAMINERS),
    paths=MappingProxyType(
        {
            "schedules": Path(inspection.ScheduleVisit, INSPECTORS),
            "visits": Path(inspection.StartVisit, INSPECTORS),
            "conclusions": Path(inspection.ConcludeVisit, INSPECTORS),
            "defects": Path(inspection.OrderDefect, INSPECTORS),
            "defects/submissions": Path(inspection.SubmitDefect, (*INSPECTORS, *WINDOW)),
            "defects/expiry": Path(inspection.ExpireDefect, INSPECTORS),
            "followups": Path(inspection.FollowUpInspection, CALLERS),
        }
    ),
)

REFERRALS = Collection(
    name="referrals",
    subject="referral_id",
    refusals=(*refusals_in(referral_refusals), meeting_refusals.MeetingNotScheduled),
    first=Path(referral.MakeReferral, EXAMINERS),
    paths=MappingProxyType(
        {
            "screenings": Path(referral.ScreenReferral, SECRETARIAT),
            "resolutions": Path(referral.AdoptResolution, SECRETARIAT, ours=MEETING),
            "executions": Path(referral.ExecuteResolution, (*EXAMINERS, *SECRETARIAT)),
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

COLLECTIONS = (CASES, INSPECTIONS, REFERRALS, MEETINGS)
