"""
Refusals that review may give.

Rejection
└── ReviewRejection
    ├── those of an invitation: services.review.domain.invitation.refusals
    ├── those of a rating: services.review.domain.rating.refusals
    ├── those of a rectification: services.review.domain.rectification.refusals
    ├── those of a hotline ticket: services.review.domain.ticket.refusals
    ├── those of an unfinished matter: services.review.domain.matter.refusals
    └── those of a complaint in the hall: services.review.domain.complaint.refusals
"""

from shared.contracts.rejection import Rejection


class ReviewRejection(Rejection):
    """A command that review understood and declined."""
