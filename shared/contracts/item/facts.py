"""What changes in an item, where that is published, which items a list has (catalogue 4.11)."""

from typing import ClassVar, Literal, get_args

from shared.contracts.envelope import Contract, Fact
from shared.contracts.intake.words import Terminal
from shared.contracts.moments import Day
from shared.contracts.types import Code, Count, ItemCode, LongProse, Prose, Several

Place = Literal["ONLINE", "OFFLINE", "PLATFORM"]
"""Where an item is published: 线上, 线下, 平台."""
PLACES: tuple[str, ...] = get_args(Place)


def change_named(item_code: str, item_version: int) -> str:
    """Return the name of the change that made *item_version* of an item."""
    return f"{item_code}@{item_version}"


class ItemChangeFact(Fact):
    """A fact of one change of an item, which its version tells from the others."""

    STREAM: ClassVar[str] = "itemchange"
    ABOUT: ClassVar[str] = "change"

    item_code: ItemCode
    item_version: Count

    @property
    def change(self) -> str:
        return change_named(self.item_code, self.item_version)


class ItemFieldChange(Contract):
    """One field of an item, before and after (变更内容)."""

    field: Code
    old: LongProse
    new: LongProse


OnlineDepth = Literal["NONE", "PARTIAL", "FULL"]
"""How far an item can be done online (网办深度): 不可网办, 部分网办, 全程网办."""


class ItemDefinitionRevised(ItemChangeFact):
    """The guide or the limits of an item changed (事项变更)."""

    TYPE: ClassVar[str] = "casetrack.item.definition.revised.v1"

    changes: Several[ItemFieldChange]
    effective_date: Day
    spec_covered: bool
    online_depth: OnlineDepth | None = None
    """None where it is as it was before; so it is with the terminals."""
    terminals: Several[Terminal] | None = None


class ItemChangeSynced(ItemChangeFact):
    """The change is published in one place (同步更新)."""

    TYPE: ClassVar[str] = "casetrack.item.change.synced.v1"

    place: Place
    synced_date: Day


ItemListKind = Literal[
    "LICENCE",
    "FILING",
    "COMMITMENT",
    "TOLERANCE",
    "WEEKEND",
    "CROSS_REGION",
    "HOME_VISIT",
    "INTERMEDIARY",
    "STATIONING",
]
"""许可, 备案, 告知承诺, 容缺受理, 周末, 跨域通办, 上门帮办, 中介服务, 进驻."""


class ItemListPublished(Fact):
    """A list of items has a new version, which takes the place of the one before (清单发布)."""

    TYPE: ClassVar[str] = "casetrack.item.list.published.v1"
    STREAM: ClassVar[str] = "itemlist"
    ABOUT: ClassVar[str] = "itemlist"

    list: ItemListKind
    version: Code
    item_codes: Several[ItemCode]
    published_date: Day
    places: Several[Place]

    @property
    def itemlist(self) -> str:
        return self.list


StationingStatus = Literal["STATIONED", "EXEMPT", "OUTSIDE"]
"""进驻, 特殊情形不进驻, 应进未进."""


class StationingChanged(Fact):
    """An item was put into the hall, exempted from it, or is outside (事项进驻)."""

    TYPE: ClassVar[str] = "casetrack.item.stationing.changed.v1"
    STREAM: ClassVar[str] = "stationing"
    ABOUT: ClassVar[str] = "item_code"

    item_code: ItemCode
    status: StationingStatus
    authorised: bool
    """Whether those at the window may decide (授权到位)."""
    window_kind: Code | None = None
    reason: Prose | None = None
