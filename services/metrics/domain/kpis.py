"""The register of KPIs: what each is called, what it counts, and which parts it is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kpi:
    """One indicator; the formula is read by people, the parts by whoever computes it."""

    kpi_id: str
    zh: str
    en: str
    unit: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    formula: str = ""
    gauge: bool = False


KPIS: tuple[Kpi, ...] = (
    Kpi("L01", "在办件数", "Cases open now", "case", ("open",), formula="Σ open", gauge=True),
    Kpi(
        "L03.received",
        "收件数",
        "Applications received",
        "case",
        ("received",),
        formula="Σ received",
    ),
    Kpi(
        "L03.accepted",
        "受理数",
        "Applications accepted",
        "case",
        ("accepted",),
        formula="Σ accepted",
    ),
    Kpi("L03.decided", "决定数", "Decisions made", "case", ("decided",)),
    Kpi("L03.closed", "办结数", "Cases closed", "case", ("closed",)),
    Kpi(
        "L03",
        "办结率",
        "Closing rate",
        "ratio",
        ("closed",),
        ("accepted",),
        formula="closed / accepted",
    ),
    Kpi(
        "L04",
        "办理时长",
        "Duration from acceptance to decision",
        "working day",
        ("days_sum",),
        ("days:*",),
        formula="Σ working days / decided cases; quantiles from the histogram of days",
    ),
    Kpi(
        "K23.2",
        "按时办结率",
        "On-time decision rate",
        "ratio",
        ("on_time",),
        ("on_time", "late"),
        formula="on_time / (on_time + late)",
    ),
    Kpi("K23.5", "环节退回数", "Returns inside the examination", "return", ("returned",)),
    Kpi("K10.1", "提交审议数", "Referrals to the committee", "referral", ("referred",)),
    Kpi("K12.1.opened", "差评整改立案数", "Rectifications opened", "order", ("opened",)),
    Kpi("K12.1.closed", "差评整改办结数", "Rectifications closed", "order", ("closed",)),
    Kpi("K12.3", "评价数", "Ratings posted", "rating", ("posted",)),
    Kpi("K12.4", "监察牌数", "Supervision cards", "card", ("YELLOW:*", "RED:*")),
    Kpi("K24.5", "勘验完成数", "Inspections concluded", "inspection", ("concluded",)),
    Kpi("K05.2.requested", "帮办申请数", "Assist requests", "task", ("requested",)),
    Kpi("K05.2.completed", "帮办办结数", "Assist tasks completed", "task", ("completed",)),
    Kpi("L08", "异常事实数", "Facts that contradict their case", "fact", ("anomalies",)),
)

BY_ID = {kpi.kpi_id: kpi for kpi in KPIS}
"""By id; a suffix behind the catalogue's id tells apart what shares one table of parts."""
