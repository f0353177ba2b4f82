"""
``python -m deploy.bureau KEYS``: a made-up bureau at work, over services that somebody else runs.

KEYS is the folder of the issuer that these services believe: whoever has it may be anybody.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from deploy.bureau.backlog import PUBLISHER, PastWeeks
from deploy.bureau.counters import Counters
from deploy.bureau.day import BureauDay
from deploy.bureau.errand import Pace
from deploy.delivery import Delivery, client_of
from shared.policy.calendar import ZONE, business_date, official_calendar
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer

SERVICES = ("metrics", "intake", "assist", "review")
CONNECTIONS = 16
PATIENCE_SECONDS = 300.0
USUAL_SEED, USUAL_SPEED = 2024, 60.0
REFUSED = 1


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
        troubled=lambda reason, _: _say(f"waiting for the gateway: {reason}"),
    )
    async with counters, gateway:
        past = PastWeeks(business_date(now), USUAL_SEED, official_calendar())
        day = BureauDay(
            counters, gateway, Pace(clock, speed), past, f"{now.astimezone(ZONE):%Y%m%d%H%M}"
        )
        await day.tell_the_past()
        _say(f"{day.told} events of the weeks before; now the day, at {speed:g} times its pace")
        await day.play(days)
        _say(f"{day.done} of {day.arrived} errands done, {counters.given} commands given")
    return counters.refusals


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m deploy.bureau", description=__doc__)
    asked.add_argument("keys", type=Path)
    for service in SERVICES:
        asked.add_argument(f"--{service}", required=True, metavar="URL", help="where it answers")
    asked.add_argument("--days", type=int, default=1)
    asked.add_argument("--speed", type=float, default=USUAL_SPEED, help="minutes in each of ours")
    words = asked.parse_args()
    addresses = {service: getattr(words, service) for service in SERVICES}
    refusals = asyncio.run(play(addresses, words.keys, words.days, words.speed))
    for refusal in refusals:
        _say(f"refused: {refusal}")
    return REFUSED if refusals else 0


if __name__ == "__main__":
    sys.exit(main())
