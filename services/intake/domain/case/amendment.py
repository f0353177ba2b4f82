"""What a data correction (数据更正) changes in a case, where the rules read it."""

from dataclasses import replace

from services.intake.domain.case.states import Course, Filing
from shared.contracts.handling.facts import CaseAmended
from shared.contracts.moments import meant_day_of
from shared.contracts.types import count_of


def readable(field: str, new: str) -> bool:
    """Whether *new* is what stands in *field*; what no rule reads may say anything."""
    try:
        match field:
            case "statutory_limit" | "committed_limit":
                count_of(new)
            case "received_date" | "effective_date" | "decision_date":
                meant_day_of(new)
            case _:
                pass
    except ValueError:
        return False
    return True


def refiled(filing: Filing, fact: CaseAmended) -> Filing | None:
    """Return *filing* as corrected; None where nothing in it was."""
    if fact.field != "received_date" or not readable(fact.field, fact.new):
        return None
    return replace(filing, received_date=meant_day_of(fact.new))


def amended(course: Course, fact: CaseAmended) -> Course | None:
    """Return *course* as corrected; None where nothing in it was."""
    if not readable(fact.field, fact.new):
        return None
    match fact.field:
        case "statutory_limit":
            return replace(course, statutory_limit=count_of(fact.new))
        case "effective_date":
            return replace(course, effective_date=meant_day_of(fact.new))
        case _:
            return None
