"""Until when, for an applicant (办件时限证明): what is stated, and the signature under it."""

from datetime import date
from enum import StrEnum

from services.metrics.views.view import Both, ShownInstant, View
from shared.contracts.handling.course import Phase
from shared.contracts.words import ClockParty

FORM = 1
"""Which page shows the statement: another number whenever the page is another."""


class LimitState(StrEnum):
    """How a limit stands."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    ENDED = "ENDED"


class CertifiedLimit(View, frozen=True):
    """One limit: until when, whether it runs, why, and what makes it run again."""

    sla_id: str
    name: Both
    basis: Both
    """The law, or whose rule it is."""
    limit: int
    """Extensions included."""
    unit: str
    starts_on: date
    """The day from which it counts, which does not count itself."""
    state: LimitState
    due: date | None
    """Null while it is stopped."""
    due_at: ShownInstant | None
    """The first instant at which it is too late."""
    provisional: bool
    """Whether the count enters a year whose notice has not appeared: the day may still move."""
    remaining: int
    """Below 0 where it is late."""
    ended_on: date | None
    stopped_since: date | None
    stopped_by: Both | None
    legal_basis: Both | None
    """What lets it stand."""
    resumes: Both | None
    """What makes it run again."""
    sentence: Both
    """The whole count in one sentence."""


class Certificate(View, frozen=True):
    """
    What is known of the deadlines of a case at one instant, and what made it.

    No person is named in it, and nothing in it leads to one but the number of the case.
    """

    form: int
    case_no: str
    item_code: str
    item_name: str
    org_code: str
    org_name: str
    """Who has to answer for the case."""
    phase: Phase
    issued_at: ShownInstant
    """As of when everything in it holds."""
    received_on: date | None
    accepted_on: date | None
    ended_on: date | None
    answer: Both
    """Until when, in one sentence."""
    caution: Both | None
    """That a day in it may still move, and why; null where none may."""
    waits_for: ClockParty | None
    """Whose turn it is; null once the case has ended."""
    limits: tuple[CertifiedLimit, ...]
    policies: tuple[str, ...]
    """The versions of the policy by which the limits are judged."""
    calendar: str
    edition: int
    """Of the rules."""
    facts: int
    """So many facts it rests on."""
    last_fact_at: ShownInstant | None


class SignedCertificate(View, frozen=True):
    """A statement, and the signature by which anybody can check it without asking."""

    certificate: Certificate
    jws: str | None
    """The statement, signed (a compact JWS); null where no key is set up, and nothing proves it."""
    kid: str | None
    """The name of the key that has signed it."""
