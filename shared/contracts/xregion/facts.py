"""What becomes of an application for another place (跨域通办, catalogue 4.9)."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from shared.contracts.envelope import Fact
from shared.contracts.handling.words import ResultType
from shared.contracts.intake.words import CrossRegionMode
from shared.contracts.moments import Day
from shared.contracts.types import CaseNo, Identifier, ItemCode, Name

DistrictCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
"""行政区划代码 (GB/T 2260)."""


class CrossRegionFact(Fact):
    """A fact of one such application; the case at home is only mentioned."""

    STREAM: ClassVar[str] = "xregion"
    ABOUT: ClassVar[str] = "xr_id"
    KEYED_BY_CASE: ClassVar[bool] = False

    xr_id: Identifier


class CrossRegionCollected(CrossRegionFact):
    """A window took it in for another place (代收)."""

    TYPE: ClassVar[str] = "casetrack.xregion.case.collected.v1"

    mode: CrossRegionMode
    home_district: DistrictCode
    item_code: ItemCode
    identity_checked: bool


class CrossRegionForwarded(CrossRegionFact):
    """It went on to the authority at home (转送)."""

    TYPE: ClassVar[str] = "casetrack.xregion.case.forwarded.v1"

    method: Literal["NETWORK", "EXPRESS"]
    tracking_no: Name | None = None


class CrossRegionHomeReceived(CrossRegionFact):
    """The authority at home has it (属地收件)."""

    TYPE: ClassVar[str] = "casetrack.xregion.case.homereceived.v1"

    case_no: CaseNo | None = None


class CrossRegionReturned(CrossRegionFact):
    """The result came back; told once more with the day when it was handed over (结果返还)."""

    TYPE: ClassVar[str] = "casetrack.xregion.result.returned.v1"

    result: ResultType
    handed_over_date: Day | None = None
