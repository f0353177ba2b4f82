"""Lines of the lists that the pages show, as the metrics service would send them."""

from datetime import date, datetime

from services.metrics.views.case import CaseLine, OrganisationLine
from services.metrics.views.mine import OwnCase, WorkLine
from services.metrics.views.view import Both
from shared.contracts.supervision.words import AlertLevel
from tests.support.pictures import CASE, ITEMS, SAVEABLE_CASE, STREET, Document, document

LEVELS = (None, AlertLevel.YELLOW, AlertLevel.RED)
LINE = {name: getattr(CASE, name) for name in CaseLine.__struct_fields__}


def case_line(place: int, **changes: object) -> Document:
    """Return the *place*-th case of a list, the later ones with smaller numbers."""
    return document(CaseLine(**LINE)) | _varied(place) | changes


def own_case(place: int) -> Document:
    """Return the *place*-th case of the reader's own, about each second of which they acted."""
    acted = place % 2 == 0
    line = OwnCase(
        **LINE,
        acted_at=datetime.fromisoformat("2024-09-02T11:00:00+08:00") if acted else None,
        acted="casetrack.intake.application.accepted.v1" if acted else None,
    )
    return document(line) | _varied(place)


def _varied(place: int) -> Document:
    """Return in what the *place*-th case of a list differs from the first."""
    case_no = SAVEABLE_CASE if place == 0 else f"XC202409{place % 9 + 1:02d}{place:06d}"
    return {"case_no": case_no, "item_name": ITEMS[place % len(ITEMS)], "level": LEVELS[place % 3]}


def work_line(place: int) -> Document:
    """Return the *place*-th thing that waits: by turns at the window, and of no case."""
    alone = place % 2 == 1
    line = WorkLine(
        case_no=None if alone else _varied(place)["case_no"],
        number=f"task-{place}" if alone else _varied(place)["case_no"],
        item_name=None if alone else ITEMS[place % len(ITEMS)],
        subject="assist" if alone else "case",
        name=f"task-{place}" if alone else "case",
        state="ASSIGNED" if alone else "SUBMITTED",
        sla_id="SLA-21" if alone else "SLA-01",
        limit_name=Both("帮办响应", "response to a request")
        if alone
        else Both("接收材料审核", "intake decision"),
        clock="ASSIST" if alone else "INTAKE",
        due=date(2024, 9, 13) if alone else date(2024, 9, 9),
        due_at=datetime.fromisoformat(
            "2024-09-14T00:00:00+08:00" if alone else "2024-09-10T00:00:00+08:00"
        ),
        days_left=1 if alone else 0,
        remaining=1 if alone else -3,
        unit="WD",
        level=None if alone else AlertLevel.RED,
        provisional=False,
        org_code=None,
        org_name="西安市新城区中山门社区" if alone else STREET,
    )
    return document(line)


def organisation_lines() -> list[Document]:
    """Return where cases are open."""
    lines = (
        OrganisationLine("11610102MB1000050T", Both(STREET, STREET), 12),
        OrganisationLine("", None, 1),
    )
    return [document(line) for line in lines]
