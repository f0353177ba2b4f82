"""The supervisor's process: `casetrack up` starts it; signals, or the end of its holder, end it."""

import asyncio
import signal
import sys

import structlog

from deploy.faults import Fault
from deploy.stack import leash
from deploy.stack.journal import Journal, last_record
from deploy.stack.places import StackFolders
from deploy.stack.plan import Plan, plan_stack
from deploy.stack.settings import LocalSettings
from deploy.stack.supervisor import Supervisor, end_leftovers, take_lock
from shared.runtime.logs import configure_logs
from shared.runtime.settings import load_settings

FAILED = 1
ALREADY = 0

log = structlog.get_logger()


def main() -> int:
    """Supervise the stack until a signal comes; return the exit status."""
    configure_logs("supervisor")
    settings = load_settings(LocalSettings)
    settings.places.make()
    lock = take_lock(settings.places)
    if lock is None:
        log.info("supervisor_already_runs")
        return ALREADY
    with lock:
        end_leftovers(last_record(settings.places.state))
        try:
            asyncio.run(_supervise(settings.places, plan_stack(settings)))
        except Fault as fault:
            log.error("stack_failed", code=fault.code, **fault.values)  # noqa: TRY400
            return FAILED
    return 0


async def _supervise(places: StackFolders, plan: Plan) -> None:
    journal = Journal(places.state, kafka=plan.kafka, postgres=plan.postgres)
    supervisor = Supervisor(places, journal, plan.stages, plan.env)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.request_stop)
    leash.obey(supervisor.request_stop)
    await supervisor.run()


if __name__ == "__main__":
    sys.exit(main())
