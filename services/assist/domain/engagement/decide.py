"""What assist decides about an engagement: whether its work came in time is ours to say."""

from services.assist.domain.engagement.commands import DeliverWork, RateWork
from services.assist.domain.engagement.refusals import OFF_COURSE
from shared.commands.by_course import Recollection, by_course
from shared.contracts.envelope import Fact
from shared.contracts.intermediary.course import ENGAGEMENT
from shared.contracts.intermediary.facts import EngagementOpened


def _deliver(engagement: Recollection, command: DeliverWork) -> Fact:
    in_time = None if command.last_day is None else command.on <= command.last_day
    return command.stated(**_as_opened(engagement), delivered_on_time=in_time)


def _rate(engagement: Recollection, command: RateWork) -> Fact:
    return command.stated(**_as_opened(engagement))


def _as_opened(engagement: Recollection) -> dict[str, object]:
    """Return what every later fact repeats of the first one."""
    opened = engagement.all(EngagementOpened)[0]
    return {
        "case_no": opened.case_no,
        "service_code": opened.service_code,
        "limit_days": opened.limit_days,
    }


DECIDER = by_course(ENGAGEMENT, OFF_COURSE, {DeliverWork: _deliver, RateWork: _rate})
