"""What one can apply for here: a dozen service items, their limits, and what each one needs."""

from dataclasses import dataclass

from shared.contracts.words import CaseType
from shared.policy.sla import bureau_policy

BUREAU = bureau_policy().bureau.org.model_dump()
SUPERVISING = {"org_code": "11610102MB1000010N", "org_name": "西安市新城区市场监督管理局"}
"""Who supervises what the bureau allows (审管联动)."""
STATUTORY_DAYS = 20
VERSION = 3
WINDOWS = tuple(f"W{number:02}" for number in range(1, 13))


@dataclass(frozen=True, slots=True)
class Item:
    """One service item (事项); *days* are the working days that the bureau promises."""

    number: int
    name: str
    days: int
    weight: int
    """How often people come for it, compared with the others."""
    inspected: bool = False
    referred: bool = False
    tested: bool = False

    @property
    def code(self) -> str:
        return f"11610102MB2X00178C40001310{self.number:02}000"

    @property
    def case_type(self) -> CaseType:
        return CaseType.COMMITTED if self.days else CaseType.IMMEDIATE


ITEMS = (
    Item(16, "食品经营许可", 5, 10, inspected=True),
    Item(17, "公共场所卫生许可", 5, 6, inspected=True, tested=True),
    Item(21, "个体工商户登记", 0, 14),
    Item(22, "企业设立登记", 0, 8),
    Item(28, "社会团体成立登记", 10, 2, referred=True),
    Item(31, "民办学校设立审批", 10, 2, inspected=True, referred=True),
    Item(33, "劳务派遣经营许可", 7, 4),
    Item(34, "人力资源服务许可", 5, 4),
    Item(41, "城市道路挖掘审批", 3, 3, inspected=True),
    Item(42, "户外广告设置审批", 5, 5, inspected=True),
    Item(47, "药品零售企业许可", 10, 3, inspected=True, tested=True),
    Item(52, "特种设备使用登记", 3, 4),
    Item(58, "出版物零售许可", 5, 3),
    Item(63, "建筑工程施工许可", 7, 3, referred=True),
)
WEIGHTS = tuple(item.weight for item in ITEMS)
