"""
Every command that review takes over HTTP, whose it is, and where: one path a command.

`POST /v1/ratings` gives a rating; its id is ours, because it follows from the
case and the phase. Nobody opens a rectification: a bad rating does.
"""

from types import MappingProxyType

from services.review.domain import refusals
from services.review.domain.rating import PostRating, SupplementRating
from services.review.domain.rectification import commands
from shared.commands.counter import Collection, Path, refusals_in
from shared.web.auth import Role

COUNTERS = (Role.REVIEW_DESK, Role.WINDOW_CLERK)
DESK = (Role.REVIEW_DESK,)
RESPONSIBLE = (Role.REVIEW_DESK, Role.HANDLER)
HEAD = (Role.DIRECTOR,)

RATINGS = Collection(
    name="ratings",
    subject="review_id",
    refusals=refusals_in(refusals),
    first=Path(PostRating, COUNTERS, ours=frozenset({"review_id", "rated_elsewhere"})),
    paths=MappingProxyType(
        {"supplements": Path(SupplementRating, COUNTERS, ours=frozenset({"prior"}))}
    ),
)

RECTIFICATIONS = Collection(
    name="rectifications",
    subject="rect_id",
    refusals=refusals_in(refusals),
    paths=MappingProxyType(
        {
            "assignments": Path(
                commands.AssignRectification,
                DESK,
                ours=frozenset({"due_contact", "due_rectify"}),
            ),
            "contacts": Path(commands.RecordContact, RESPONSIBLE),
            "findings": Path(commands.RecordFinding, RESPONSIBLE),
            "extensions": Path(commands.ExtendDeadline, HEAD),
            "measures": Path(commands.CompleteMeasure, RESPONSIBLE),
            "feedbacks": Path(commands.SendFeedback, RESPONSIBLE),
            "followups": Path(commands.FollowUp, DESK),
            "closure": Path(commands.CloseRectification, DESK, ours=frozenset({"on_time"})),
            "reopening": Path(commands.ReopenRectification, DESK),
        }
    ),
)
