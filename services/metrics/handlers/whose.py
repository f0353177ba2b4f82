"""Who answers for a dossier, and what an organisation is called."""

from services.metrics.domain.dossier import Dossier
from services.metrics.domain.figures.dimensions import dimensions_of
from services.metrics.views.view import Both
from shared.policy.organisations import organisations


def whose(dossier: Dossier) -> tuple[str | None, str | None]:
    """Return who answers for *dossier*, by code and by name; None where no fact has said so."""
    code = dimensions_of(dossier).organisation
    name = organisation_name(code)
    return code or None, name.zh if name else dossier.case.org_name or None


def organisation_name(code: str) -> Both | None:
    """Return what the organisation *code* is called; None where the register lacks it."""
    one = organisations().by_code.get(code)
    return Both(one.org_name, one.org_name) if one else None
