"""Plan item 8: the policies for enterprises, how soon they are listed and granted (惠企政策)."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from services.metrics.domain.figures.figure import (
    About,
    Aggregate,
    Figure,
    Line,
    LinesOf,
    Origin,
    Target,
    Threshold,
    by_keeping,
    kept_rate,
    many,
    of_class,
)
from services.metrics.domain.subjects.policy import Benefit, PolicyItem
from shared.contracts.policy.words import PolicyClass
from shared.contracts.supervision.words import AlertLevel

ITEM = 8

LISTING = ("SLA-32",)


class Part(StrEnum):
    """What is counted of policies and of what they grant."""

    LISTED = "K08.1/listed"
    """By how they are applied for, by the day of their issue."""
    IN_TIME = "K08.2/listed_in_time"
    """By whether they were listed with their guide in time."""
    GRANTED = "K08.3/granted"
    """What was granted, by how it is applied for."""
    WAITED = "K08.3/waited"
    """What was granted on a claim, by the working days since the claim."""


def _of_policy(policy: PolicyItem, about: About) -> Iterator[Line]:
    if policy.issued_on is not None:
        yield of_class(Part.LISTED, policy.policy_class), policy.issued_on, 1
    yield from by_keeping(Part.IN_TIME, about.kept(LISTING, policy.name))


def _of_benefit(benefit: Benefit, about: About) -> Iterator[Line]:
    if benefit.granted_on is None:
        return
    yield of_class(Part.GRANTED, benefit.policy_class), benefit.granted_on, 1
    if benefit.claimed_on is not None:
        waited = about.calendar.working_days_between(benefit.claimed_on, benefit.granted_on)
        yield of_class(Part.WAITED, f"{waited:03}"), benefit.granted_on, 1


LINES: Mapping[type, LinesOf] = {PolicyItem: _of_policy, Benefit: _of_benefit}

NAMES: Mapping[PolicyClass, tuple[str, str]] = {
    PolicyClass.ONLINE_APPLY: ("在线办理类政策数", "Policies to apply for online"),
    PolicyClass.NO_APPLY: ("免申即享类政策数", "Policies without an application"),
    PolicyClass.DISPLAY_ONLY: ("宣传展示类政策数", "Policies that are shown only"),
}

FIGURES = (
    Figure(
        id="K08.1",
        item=ITEM,
        zh="惠企政策上线数",
        en="Policies listed",
        unit="policy",
        formula="Σ listed, each in one of the three classes",
        numerator=(many(Part.LISTED),),
    ),
    *(
        Figure(
            id=f"K08.1.{kind.lower()}",
            item=ITEM,
            zh=zh,
            en=en,
            unit="policy",
            formula=f"Σ listed as {kind}",
            numerator=(of_class(Part.LISTED, kind),),
        )
        for kind, (zh, en) in NAMES.items()
    ),
    Figure(
        id="K08.2",
        item=ITEM,
        zh="惠企政策按时上线率",
        en="Policies listed in time",
        formula="listed with a guide within 7 working days of their issue / listed, or overdue",
        **kept_rate(Part.IN_TIME),
        target=Target(origin=Origin.PUBLISHED, at_least=1),
        alerts=(Threshold(level=AlertLevel.YELLOW, below=1),),
    ),
    Figure(
        id="K08.3",
        item=ITEM,
        zh="免申即享兑现占比",
        en="Benefits granted without an application",
        unit="ratio",
        formula=f"granted by policies of {PolicyClass.NO_APPLY} / granted",
        numerator=(of_class(Part.GRANTED, PolicyClass.NO_APPLY),),
        denominator=(many(Part.GRANTED),),
        measure=Aggregate.RATE,
        target=Target(origin=Origin.OURS, trend="rising"),
    ),
    Figure(
        id="K08.3.days",
        item=ITEM,
        zh="政策兑现用时",
        en="Days from claim to grant",
        unit="working day",
        formula="ninetieth percentile of the working days from claim to grant",
        numerator=(many(Part.WAITED),),
        measure=Aggregate.NINETIETH,
        target=Target(origin=Origin.PUBLISHED, at_most=60),
        alerts=(Threshold(level=AlertLevel.YELLOW, above=60),),
    ),
)
