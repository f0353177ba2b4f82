"""
Refusals that review may give.

Rejection
└── ReviewRejection
    ├── those of an invitation: services.review.domain.invitation.refusals
    ├── those of a rating: services.review.domain.rating.refusals
    └── those of a rectification: services.review.domain.rectification.refusals
"""

from shared.contracts.rejection import Rejection


class ReviewRejection(Rejection):
    """A command that review understood and declined."""
