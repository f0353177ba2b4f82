"""Names that follow from what they name, so that it can exist only once."""

from hashlib import sha256

from shared.contracts.rectification.course import RECTIFICATION
from shared.contracts.review.course import RATING
from shared.contracts.review.words import ReviewPhase

DIGITS = 24


def rating_of(case_no: str, phase: ReviewPhase) -> str:
    """Return the id of the one rating of a case in a phase (评价)."""
    return f"{RATING.prefix}{_digest(case_no, phase)}"


def supplement_to(review_id: str) -> str:
    """Return the id of the one later rating that adds to another (追评)."""
    return f"{RATING.prefix}{_digest(review_id)}"


def appeal_against(review_id: str) -> str:
    """Return the id of the one appeal against a rating (申诉)."""
    return f"SS{_digest(review_id)}"


def rectification_of(review_id: str) -> str:
    """Return the id of the one order that a bad rating becomes (整改)."""
    return f"{RECTIFICATION.prefix}{_digest(review_id)}"


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:DIGITS].upper()
