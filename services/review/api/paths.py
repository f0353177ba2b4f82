"""
Every command that review takes over HTTP, whose it is, and where: one path a command.

`POST /v1/ratings` gives a rating; its id is ours, because it follows from the
case and the phase. Nobody opens a rectification: a bad rating does.
"""

from types import MappingProxyType

from services.review.domain.complaint import commands as complaint
from services.review.domain.complaint import refusals as complaint_refusals
from services.review.domain.invitation import commands as invitation
from services.review.domain.invitation import refusals as invitation_refusals
from services.review.domain.matter import commands as matter
from services.review.domain.matter import refusals as matter_refusals
from services.review.domain.rating import commands as rating
from services.review.domain.rating import refusals as rating_refusals
from services.review.domain.rectification import commands as rectification
from services.review.domain.rectification import refusals as rectification_refusals
from services.review.domain.ticket import commands as ticket
from services.review.domain.ticket import refusals as ticket_refusals
from shared.commands.access import granted
from shared.commands.counter import Collection, Path, refusals_in
from shared.policy.organisations import Scope
from shared.web.auth import Role

DESK = granted([Role.REVIEW_DESK], Scope.BELOW)
"""The bureau's review desk (好差评) hears and follows up for every organisation."""
COUNTERS = {**DESK, **granted([Role.WINDOW_CLERK], Scope.BELOW)}
HANDLERS = granted([Role.HANDLER], Scope.OWN)
RESPONSIBLE = {**DESK, **HANDLERS}
RATED = {**granted([Role.REVIEW_DESK], Scope.OWN), **HANDLERS}
"""The organisation that is rated disputes a rating, nobody for it."""
HEAD = granted([Role.DIRECTOR], Scope.OWN)
JUDGES = granted([Role.DIRECTOR, Role.SUPERVISOR], Scope.BELOW)

INVITATIONS = Collection(
    name="invitations",
    subject="invitation_id",
    refusals=refusals_in(invitation_refusals),
    first=Path(invitation.SendInvitation, COUNTERS),
)

RATINGS = Collection(
    name="ratings",
    subject="review_id",
    refusals=refusals_in(rating_refusals),
    first=Path(rating.PostRating, COUNTERS, ours=frozenset({"review_id", "rated_elsewhere"})),
    paths=MappingProxyType(
        {
            "supplements": Path(rating.SupplementRating, COUNTERS, ours=frozenset({"prior"})),
            "appeals": Path(
                rating.FileAppeal, RATED, sealed="filed_by_org", ours=frozenset({"latest"})
            ),
            "appeals/decision": Path(rating.DecideAppeal, JUDGES, signed="decided_by"),
            "forwardings": Path(rating.ForwardRating, DESK),
        }
    ),
)

RECTIFICATIONS = Collection(
    name="rectifications",
    subject="rect_id",
    refusals=refusals_in(rectification_refusals),
    paths=MappingProxyType(
        {
            "assignments": Path(
                rectification.AssignRectification,
                DESK,
                ours=frozenset({"due_contact", "due_rectify"}),
            ),
            "contacts": Path(rectification.RecordContact, RESPONSIBLE),
            "findings": Path(
                rectification.RecordFinding, RESPONSIBLE, ours=frozenset({"attempts_enough"})
            ),
            "extensions": Path(rectification.ExtendDeadline, HEAD, signed="approved_by"),
            "measures": Path(rectification.CompleteMeasure, RESPONSIBLE),
            "feedbacks": Path(rectification.SendFeedback, RESPONSIBLE),
            "followups": Path(rectification.FollowUp, DESK),
            "closure": Path(rectification.CloseRectification, DESK, ours=frozenset({"on_time"})),
            "reopening": Path(rectification.ReopenRectification, DESK),
        }
    ),
)

TICKETS = Collection(
    name="tickets",
    subject="ticket_no",
    refusals=refusals_in(ticket_refusals),
    first=Path(ticket.ReceiveTicket, DESK),
    paths=MappingProxyType(
        {
            "signature": Path(ticket.SignTicket, RESPONSIBLE),
            "return": Path(ticket.SendBackTicket, RESPONSIBLE),
            "extension": Path(ticket.ExtendTicket, HEAD, signed="approved_by"),
            "reply": Path(ticket.ReplyToTicket, RESPONSIBLE),
            "followup": Path(ticket.FollowUpTicket, DESK),
            "closure": Path(ticket.CloseTicket, DESK),
            "reopening": Path(ticket.ReopenTicket, DESK),
        }
    ),
)

MATTERS = Collection(
    name="matters",
    subject="matter_id",
    refusals=refusals_in(matter_refusals),
    first=Path(matter.RecordMatter, COUNTERS),
    paths=MappingProxyType(
        {
            "contacts": Path(matter.ContactAboutMatter, COUNTERS),
            "resolution": Path(matter.ResolveMatter, {**COUNTERS, **HANDLERS}),
            "followup": Path(matter.FollowUpMatter, DESK),
        }
    ),
)

COMPLAINTS = Collection(
    name="complaints",
    subject="complaint_id",
    refusals=refusals_in(complaint_refusals),
    first=Path(complaint.ReceiveComplaint, COUNTERS, ours=frozenset({"complaint_id"})),
    paths=MappingProxyType({"conclusion": Path(complaint.ConcludeComplaint, DESK)}),
)

COLLECTIONS = (INVITATIONS, RATINGS, RECTIFICATIONS, TICKETS, MATTERS, COMPLAINTS)
