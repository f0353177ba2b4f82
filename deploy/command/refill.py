"""`casetrack refill`: the owners' topics made anew while nothing of the stack runs but servers."""

import asyncio
import os

import typer

from deploy.command import logbook
from deploy.command.output import out, print_json, waiting
from deploy.command.stack import JsonOption
from deploy.faults import ReadersAtWork
from deploy.refill import Refilled, refill
from deploy.stack.journal import Journal, last_record
from deploy.stack.part import PartGroup
from deploy.stack.plan import Plan, plan_stack
from deploy.stack.settings import LocalSettings
from deploy.stack.supervisor import Supervisor, end_leftovers, take_lock
from deploy.texts import say
from shared.kafka.access import Broker
from shared.runtime.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command("refill", help=say("refill.help"))(refill_local)


def refill_local(*, as_json: JsonOption = False) -> None:
    settings = load_settings(LocalSettings)
    settings.places.make()
    lock = take_lock(settings.places)
    if lock is None:
        raise ReadersAtWork(who=str(settings.places.home))
    with lock, waiting(say("refill.making")):
        logbook.path()
        end_leftovers(last_record(settings.places.state))
        plan = plan_stack(settings)
        broker = plan.kafka if settings.kafka is None else settings.access(plan.kafka)
        done = asyncio.run(_refilled(settings, plan, broker))
    if as_json:
        print_json(done.document())
    else:
        out.print(say("refill.done", **done.document()))


async def _refilled(settings: LocalSettings, plan: Plan, broker: Broker) -> Refilled:
    """Run the servers for as long as it takes."""
    done: list[Refilled] = []
    journal = Journal(settings.places.state, kafka=plan.kafka, postgres=plan.postgres)

    async def settle() -> None:
        done.append(await refill(plan.postgres, broker, settings.partitions))
        supervisor.request_stop()

    servers = PartGroup(plan.stages[0].parts, settle)
    supervisor = Supervisor(settings.places, journal, [servers], os.environ)
    await supervisor.run()
    return done[0]
