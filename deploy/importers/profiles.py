"""What the activities of two families of logs mean in our language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from types import MappingProxyType
from zoneinfo import ZoneInfo

from deploy.importers.reading import AT, NAME, RESOURCE, LogAttributes
from shared.contracts.intake.words import Channel
from shared.contracts.moments import local_instant_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WABO_DAYS = 56
"""Eight weeks: the regular procedure of the Wabo (art. 3.9), where the log names no deadline."""


class Meaning(Enum):
    """The facts that an activity may stand for."""

    RECEIVED = auto()
    ACCEPTED = auto()
    CORRECTION_REQUESTED = auto()
    CORRECTION_RECEIVED = auto()
    REFERRED = auto()
    RESOLVED = auto()
    HELD = auto()
    EXTENDED = auto()
    DECIDED = auto()


class ProfileName(StrEnum):
    """The logs that can be imported."""

    WABO = "wabo"
    BPIC15 = "bpic15"


@dataclass(frozen=True, slots=True)
class Profile:
    """How one family of logs spells its attributes, and what its activities mean."""

    name: ProfileName
    started: str
    ended: str
    deadline: str | None
    zone: ZoneInfo
    item_code: str
    item_name: str
    meanings: Mapping[str, Meaning]
    only_where_true: frozenset[str] = frozenset()
    """Activities that are a question, and happened only where the answer is True."""
    kept: tuple[str, ...] = ()
    """Attributes of an event that stay beside an activity without a meaning."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The attributes of an event that count here; each may say one thing only."""
        return (NAME, AT, *self.optional)

    @property
    def optional(self) -> tuple[str, ...]:
        """Those that an event may go without."""
        return (RESOURCE, *self.kept)

    def meaning(self, event: LogAttributes) -> Meaning | None:
        """Return what *event* stands for; None where it is an activity and no more."""
        activity = event.get("concept:name", "")
        if activity in self.only_where_true and event.get("question") != "True":
            return None
        return self.meanings.get(activity)

    def instant(self, text: str | None) -> datetime | None:
        """Return the instant that the log spells; one without offset is local."""
        if not text:
            return None
        try:
            return local_instant_of(text, self.zone)
        except ValueError:
            return None


WABO = Profile(
    name=ProfileName.WABO,
    started="startdate",
    ended="enddate",
    deadline="deadline",
    zone=AMSTERDAM,
    item_code="IMPORT-WABO",
    item_name="Omgevingsvergunning（环境与建设许可，收件阶段）",
    meanings=MappingProxyType(
        {
            "Confirmation of receipt": Meaning.RECEIVED,
            "T05 Print and send confirmation of receipt": Meaning.ACCEPTED,
            "T08 Draft and send request for advice": Meaning.REFERRED,
            **{
                f"T09-{number} Process or receive external advice from party {number}": (
                    Meaning.RESOLVED
                )
                for number in range(1, 5)
            },
            "T15 Print document X request unlicensed": Meaning.DECIDED,
            "T20 Print report Y to stop indication": Meaning.HELD,
        }
    ),
)

BPIC15 = Profile(
    name=ProfileName.BPIC15,
    started="startDate",
    ended="endDate",
    deadline=None,
    zone=AMSTERDAM,
    item_code="IMPORT-BPIC15",
    item_name="Bouwvergunning（建设许可）",
    meanings=MappingProxyType(
        {
            "01_HOOFD_010": Meaning.RECEIVED,
            "01_HOOFD_195": Meaning.ACCEPTED,
            "01_HOOFD_205": Meaning.ACCEPTED,
            "08_AWB45_020_2": Meaning.CORRECTION_REQUESTED,
            "08_AWB45_040": Meaning.CORRECTION_RECEIVED,
            "01_HOOFD_250": Meaning.REFERRED,
            "01_HOOFD_250_1": Meaning.REFERRED,
            "01_HOOFD_375": Meaning.RESOLVED,
            "01_HOOFD_510_2": Meaning.DECIDED,
            "06_VD_010": Meaning.EXTENDED,
            "07_OPS_010": Meaning.HELD,
        }
    ),
    only_where_true=frozenset({"06_VD_010", "07_OPS_010"}),
    kept=("activityNameEN", "dateFinished", "dueDate", "planned", "question"),
)

PROFILES: Mapping[ProfileName, Profile] = MappingProxyType(
    {profile.name: profile for profile in (WABO, BPIC15)}
)

CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {"Internet": Channel.PC, "Desk": Channel.WINDOW, "Post": Channel.EXPRESS}
)
"""What is not listed is OTHER."""


def guessed(log: str) -> Profile | None:
    """Return the profile that the name of the log suggests."""
    name = log.casefold()
    found = (profile for profile in PROFILES.values() if profile.name.value in name)
    return next(found, WABO if "receipt" in name else None)
