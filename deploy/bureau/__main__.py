"""
``python -m deploy.bureau KEYS``: a made-up bureau at work, over services that somebody else runs.

KEYS is the folder of the issuer that these services believe: whoever has it may be anybody.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import structlog

from deploy.bureau.backlog import PUBLISHER, PastWeeks
from deploy.bureau.counters import Counters
from deploy.bureau.day import BureauDay
from deploy.bureau.errand import Pace
from deploy.delivery import Delivery, client_of
from shared.policy.calendar import ZONE, business_date, official_calendar
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.runtime.logs import configure_logs
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

SERVICES = ("metrics", "intake", "assist", "review")
CONNECTIONS = 16
PATIENCE_SECONDS = 300.0
USUAL_SEED, USUAL_SPEED = 2024, 60.0
REFUSED = 1

log = structlog.get_logger()


async def play(addresses: dict[str, str], keys: Path, days: int, speed: float) -> list[str]:
    """Tell the weeks before, play *days* days to their end, and return what was refused."""
    clock, ids = SystemClock(), SystemIds()
    issuer = LocalIssuer.open(keys, clock, ids)
    now = clock.now()
    counters = Counters(
        client=client_of(CONNECTIONS),
        addresses=addresses,
        bearer=lambda role: issuer.issue(Bearer(role)),
        clock=clock,
    )
    gateway = Delivery(
        client=client_of(CONNECTIONS),
        url=addresses["intake"],
        bearer=lambda: issuer.issue(Bearer(Role.PUBLISHER, name=PUBLISHER)),
        clock=clock,
        ids=ids,
        patience_seconds=PATIENCE_SECONDS,
        troubled=lambda reason, _: log.warning("gateway_waited_for", reason=reason),
    )
    async with counters, gateway:
        past = PastWeeks(business_date(now), USUAL_SEED, official_calendar())
        day = BureauDay(
            counters, gateway, Pace(clock, speed), past, f"{now.astimezone(ZONE):%Y%m%d%H%M}"
        )
        await day.tell_the_past()
        log.info("weeks_before_told", events=day.told)
        await day.play(days)
        log.info("day_played", arrived=day.arrived, done=day.done, commands=counters.given)
    return counters.refusals


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m deploy.bureau", description=__doc__)
    asked.add_argument("keys", type=Path)
    for service in SERVICES:
        asked.add_argument(f"--{service}", required=True, metavar="URL", help="where it answers")
    asked.add_argument("--days", type=int, default=1)
    asked.add_argument("--speed", type=float, default=USUAL_SPEED, help="minutes in each of ours")
    words = asked.parse_args()
    configure_logs("bureau")
    addresses = {service: getattr(words, service) for service in SERVICES}
    refusals = asyncio.run(play(addresses, words.keys, words.days, words.speed))
    for refusal in refusals:
        log.error("command_refused", reason=refusal)
    return REFUSED if refusals else 0


if __name__ == "__main__":
    sys.exit(main())
