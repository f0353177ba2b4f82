"""A supervisor over toy parts, as a process of its own: what can be killed without harm."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from deploy.faults import Fault
from deploy.stack.journal import Journal, last_record
from deploy.stack.part import PartGroup, StackPart, wrote
from deploy.stack.places import StackFolders
from deploy.stack.supervisor import Supervisor, end_leftovers, take_lock

LIVES = """
import pathlib, signal, sys, time
{before}
pathlib.Path(sys.argv[1]).write_text("ready")
while True:
    time.sleep(60)
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
BROKEN = "sys.exit('the toy is broken')"
TOYS = {"first": "", "second": "", "patient": "", "deaf": DEAF, "broken": BROKEN}
NICENESS = {"patient": 7}
BUSY = 3


def toy(name: str, places: StackFolders) -> StackPart:
    """Return a part that does nothing but live."""
    ready_file = places.ready / name

    async def forget() -> None:
        ready_file.unlink(missing_ok=True)

    return StackPart(
        name=name,
        argv=(sys.executable, "-c", LIVES.format(before=TOYS[name]), str(ready_file)),
        ready=wrote(ready_file),
        prepare=forget,
        niceness=NICENESS.get(name, 0),
    )


async def supervise(places: StackFolders, names: list[str]) -> None:
    journal = Journal(places.state, kafka="", postgres="")
    stages = [PartGroup((toy(name, places),)) for name in names]
    supervisor = Supervisor(places, journal, stages, os.environ)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.request_stop)
    await supervisor.run()


def main() -> int:
    places = StackFolders(Path(sys.argv[1]))
    places.make()
    lock = take_lock(places)
    if lock is None:
        return BUSY
    end_leftovers(last_record(places.state))
    try:
        asyncio.run(supervise(places, sys.argv[2:]))
    except Fault as fault:
        sys.stderr.write(f"{fault.code}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
