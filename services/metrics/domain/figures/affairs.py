"""What a dossier is about in supervision's statistics: a case, a complaint, a question."""

from collections.abc import Mapping
from enum import StrEnum

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.subjects.case import Case
from services.metrics.domain.subjects.hotline import Ticket
from shared.contracts.hotline.words import HotlineKind


class Affair(StrEnum):
    """Of what rule E-07 asks each column: 办件, 投诉, 咨询."""

    CASE = "CASE"
    COMPLAINT = "COMPLAINT"
    CONSULTATION = "CONSULTATION"
    OTHER = "OTHER"
    """Everything else that a card may lie on: a project, a meeting, another kind of ticket."""


OF_TICKETS: Mapping[str, Affair] = {
    HotlineKind.COMPLAINT: Affair.COMPLAINT,
    HotlineKind.CONSULT: Affair.CONSULTATION,
}


def affair_of(dossier: Dossier) -> Affair:
    """Return what *dossier* is about; what lies beside a case is the case's."""
    found = Affair.OTHER
    for subject in dossier.subjects:
        if type(subject) is Case:
            return Affair.CASE
        if type(subject) is Ticket:
            found = OF_TICKETS.get(subject.kind, found)
    return found
