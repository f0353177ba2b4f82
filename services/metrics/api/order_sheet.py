"""The data set of orders (督办数据集) as a table, in the columns and words of the standard."""

from collections.abc import Iterable
from datetime import datetime

from services.metrics.api.sheet import sheet
from services.metrics.handlers.order_records import OrderRecord

COLUMNS = (
    "办件编号",
    "督办内容",
    "机构名称",
    "事项类型",
    "督办发出时间",
    "监察编号",
    "监察规则编号",
    "预警类型代码",
    "状态产生时间",
    "监察结果描述",
    "责任部门",
)
"""Table 11 of GB/T 39046-2020, in its order."""
INSTANT = "%Y%m%dT%H%M%S"
"""As the standard writes an instant; in the bureau's zone."""


def order_sheet(records: Iterable[OrderRecord]) -> bytes:
    """Return *records* as a table."""
    return sheet(COLUMNS, (tuple(map(_cell, one)) for one in records))


def _cell(value: datetime | str | None) -> str | None:
    return value.strftime(INSTANT) if isinstance(value, datetime) else value
