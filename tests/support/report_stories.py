"""Short stories of what people report of the plan, and of what they aim at."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from services.metrics.domain.entry import Entry
from services.metrics.domain.figures.reported import PARTS
from shared.contracts.envelope import Fact
from shared.contracts.plan.facts import ProgressReported, TargetSet
from tests.support.examples import like_the_example
from tests.support.figure_stories import told


def reported(indicator: str, part: str, quantity: float, **changes: object) -> Fact:
    return like_the_example(
        ProgressReported,
        **{
            "report_id": f"r-{indicator}-{part}",
            "indicator": indicator,
            "part": part,
            "quantity": quantity,
            **changes,
        },
    )


def aimed(**changes: object) -> Fact:
    return like_the_example(
        TargetSet, **{"target_id": "t1", "value": 2, "due": "2024-10-31", **changes}
    )


def nearer(quantity: float, on: str, **changes: object) -> Fact:
    words = {"report_id": f"r-{on}", "on": on, "target_id": "t1", **changes}
    return reported("K09.2", "MILESTONE", quantity, **words)


def beside(key: str, *facts: Fact) -> list[Entry]:
    """Return *facts*, one a day, in the dossier of *key*."""
    return [replace(one, partitionkey=key) for one in told(*facts)]


REPORTED: Mapping[str, Sequence[Entry]] = {
    **{
        f"{quantity:g} {part} reported for {indicator}": told(reported(indicator, part, quantity))
        for indicator, parts in PARTS.items()
        for part, quantity in zip(parts, (4, 3, 2.5, 2, 1), strict=False)
    },
    "a report that was corrected twice": told(
        reported("K22.1", "CONDUCT", 3),
        *(
            reported(
                "K22.1",
                "CONDUCT",
                quantity,
                report_id=f"r-{quantity}",
                corrects="r-K22.1-CONDUCT",
            )
            for quantity in (5, 2)
        ),
    ),
    "a report of what nobody counts": told(reported("K22.1", "SINGING", 3)),
    "a report of what no figure counts": told(reported("K99.9", "CONDUCT", 3)),
    "a target that is reached on its day": beside(
        "t1", aimed(), nearer(1, "2024-10-31"), nearer(1, "2024-09-10")
    ),
    "a target that is reached late": beside(
        "t1", aimed(), nearer(1, "2024-09-10"), nearer(1, "2024-11-01")
    ),
    "a target that is set anew for an earlier day": beside(
        "t1", aimed(), nearer(2, "2024-10-31"), aimed(due="2024-10-30")
    ),
    "a target that was not reached after all": beside(
        "t1",
        aimed(),
        nearer(2, "2024-09-10"),
        nearer(1, "2024-09-10", report_id="r2", corrects="r-2024-09-10"),
    ),
    "a target, and a report against another": beside(
        "t1", aimed(), nearer(2, "2024-09-10", target_id="t2")
    ),
    "a target of item 0 that nobody has come nearer to": beside("t1", aimed(plan_item=0)),
    "a target that is given up": beside("t1", aimed(), aimed(value=0)),
    "a target of a day that nobody means": beside(
        "t1", like_the_example(TargetSet).model_copy(update={"due": date(1970, 1, 1)})
    ),
    "a report on a day that nobody means": told(
        like_the_example(ProgressReported).model_copy(update={"on": date(1970, 1, 1)})
    ),
}
