"""What the earlier events of a logged case say about a later one."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from deploy.importers.profiles import WABO_DAYS, Profile


@dataclass(slots=True)
class CaseSoFar:
    """One case while its events are read in the order of the file."""

    case_no: str
    profile: Profile
    started_at: datetime | None
    deadline_at: datetime | None
    channel: str
    referral_id: str = ""
    rounds: dict[str, int] = field(default_factory=dict)
    decided: bool = False

    def local(self, instant: datetime) -> date:
        """Return the calendar day of *instant* where the log was written."""
        return instant.astimezone(self.profile.zone).date()

    def started_on(self, at: datetime) -> date:
        """Return the day on which the case began; that of the event *at* where none is logged."""
        return self.local(self.started_at or at)

    def limit(self, at: datetime) -> int:
        """Return how many natural days the case may take."""
        if self.deadline_at is None:
            return WABO_DAYS
        return max(0, (self.local(self.deadline_at) - self.started_on(at)).days)

    def due(self, at: datetime) -> date:
        return self.started_on(at) + timedelta(days=self.limit(at))

    def next_round(self, of: str) -> int:
        self.rounds[of] = self.rounds.get(of, 0) + 1
        return self.rounds[of]
