"""The API, put together over PostgreSQL."""

import asyncio
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Self

from fastapi import FastAPI

from services.metrics.adapters.chronicles import PostgresChronicles
from services.metrics.adapters.clock_rounds import PostgresClockRounds
from services.metrics.adapters.deadlines import PostgresDeadlines
from services.metrics.adapters.delivery_desk import PostgresDeliveryDesk
from services.metrics.adapters.glances import PostgresGlances
from services.metrics.adapters.judgements import PostgresJudgements
from services.metrics.adapters.readings import PostgresReadings
from services.metrics.adapters.sight import Sight, open_sight
from services.metrics.adapters.supervision import PostgresOrders, PostgresSupervision
from services.metrics.api.acting import acting_routes
from services.metrics.api.alerts import alert_routes
from services.metrics.api.calculator import calculator_routes
from services.metrics.api.cases import case_routes, organisation_routes
from services.metrics.api.certificates import certificate_routes
from services.metrics.api.deliveries import channel_routes, delivery_routes
from services.metrics.api.doubting import doubting_routes
from services.metrics.api.freshness import freshness_routes
from services.metrics.api.judging import judging_routes
from services.metrics.api.kpis import elapsed_routes, kpi_routes
from services.metrics.api.mine import sent_routes, work_routes
from services.metrics.api.orders import order_routes
from services.metrics.api.pages import page_routes
from services.metrics.api.plan import plan_routes
from services.metrics.api.rules import rules_routes
from services.metrics.api.session import session_routes, sign_in_routes
from services.metrics.api.stream import stream_routes
from services.metrics.app.fingerprint import our_fingerprint
from services.metrics.app.rules import SEARCH_PATH, first_rules
from services.metrics.handlers.acting import Acting
from services.metrics.handlers.alerts import Alerts
from services.metrics.handlers.calculating import Calculating
from services.metrics.handlers.cases import Cases
from services.metrics.handlers.certifying import Certifying
from services.metrics.handlers.doubting import Doubting
from services.metrics.handlers.freshness import Glimpses
from services.metrics.handlers.judging import Judging
from services.metrics.handlers.kpis import Kpis
from services.metrics.handlers.leaving import Leaving
from services.metrics.handlers.live import Board, Boards, Circle
from services.metrics.handlers.mine import Mine
from services.metrics.handlers.narrowing import glances_of
from services.metrics.handlers.order_records import OrderRecords
from services.metrics.handlers.orders import Ordering, OrderReadings
from services.metrics.handlers.plan import PlanReadings
from services.metrics.handlers.publishing import Publishing
from services.metrics.handlers.reporting import Reporting
from services.metrics.handlers.targets import Targeting
from services.metrics.handlers.today import Today
from services.metrics.ports.chronicles import Chronicles
from services.metrics.ports.clock_rounds import ClockRounds
from services.metrics.ports.deadlines import Deadlines
from services.metrics.ports.deliveries import DeliveryDesk
from services.metrics.ports.glances import Glances
from services.metrics.ports.judgements import Judgements
from services.metrics.ports.readings import Readings
from services.metrics.ports.supervision import Orders, Supervision
from services.metrics.settings import MetricsSettings
from services.metrics.views.schema import schemas
from shared.commands.deciding import Desk
from shared.commands.rules_in_force import RulesInForce
from shared.commands.service import STORE_FAULTS
from shared.eventstore.port import StoreUnavailable
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import Clock, SystemClock
from shared.runtime.ids import Ids, SystemIds
from shared.runtime.lifecycle import announce_ready
from shared.runtime.measures import Scraped
from shared.runtime.settings import load_settings
from shared.web.app import Readiness, Web, create_web
from shared.web.gate import AuthSettings, Gate, tickets_verifier
from shared.web.issuer import LocalIssuer
from shared.web.keys import SigningKey, file_keys
from shared.web.server import serve
from shared.web.session import SignIn
from shared.web.statements import load_signer

MESSAGES = files("services.metrics.api") / "messages"
DISTRICT = MetricsSettings.model_fields["district"].default


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The API over its ports."""

    readings: Readings
    glances: Glances
    deadlines: Deadlines
    clock_rounds: ClockRounds
    orders: Orders
    rules: RulesInForce
    supervision: Supervision
    judgements: Judgements
    chronicles: Chronicles
    deliveries: DeliveryDesk
    auth: AuthSettings
    clock: Clock
    ids: Ids
    source: str
    district: str = DISTRICT
    demo: bool = False
    second_person: bool = False
    certificate_key: SigningKey | None = None

    @classmethod
    def over(
        cls,
        sight: Sight,
        *,
        auth: AuthSettings,
        clock: Clock,
        ids: Ids,
        source: str,
        demo: bool = False,
    ) -> Self:
        """Return the API over *sight*, in which everything of metrics lies."""
        pool, fingerprint = sight.bureau, our_fingerprint()
        supervision = PostgresSupervision(sight)
        return cls(
            readings=PostgresReadings(sight),
            glances=PostgresGlances(pool, fingerprint),
            deadlines=PostgresDeadlines(pool, fingerprint),
            clock_rounds=PostgresClockRounds(pool, fingerprint),
            orders=PostgresOrders(sight),
            rules=RulesInForce(supervision, first_rules()),
            supervision=supervision,
            judgements=PostgresJudgements(pool),
            chronicles=PostgresChronicles(pool),
            deliveries=PostgresDeliveryDesk(pool),
            auth=auth,
            clock=clock,
            ids=ids,
            source=source,
            demo=demo,
        )

    @cached_property
    def boards(self) -> Boards:
        return Boards(self._board)

    def _board(self, circle: Circle) -> Board:
        glances = glances_of(self.glances, self.readings, circle)
        today = Today(glances, self.rules.editions, self.clock, demo=self.demo)
        return Board(today, glances, self.clock, numbered=circle is None)

    @property
    def desk(self) -> Desk:
        return Desk(self.supervision.within(None), self.clock, self.ids, self.source)

    @property
    def publishing(self) -> Publishing:
        return Publishing(self.desk, self.rules, self.judgements, second_person=self.second_person)

    @cached_property
    def web(self) -> FastAPI:
        web = self._web()
        # Who gives a command is told what it came to by these (`shared.commands.counter`).
        web.state.clock, web.state.district = self.clock, self.district
        return web

    def _web(self) -> FastAPI:
        catalogue = Catalogue.read(OWN, MESSAGES)
        rules, desk = self.rules.editions, self.desk
        orders = OrderReadings(self.orders, self.clock)
        alerts = Alerts(self.readings, rules, self.clock, self.supervision, orders)
        records = OrderRecords(orders, self.readings, rules)
        acting = Acting(self.supervision, self.readings, rules, desk)
        ordering = Ordering(self.supervision, self.readings, desk)
        cases = Cases(self.readings, self.rules.editions, self.clock)
        certifying = Certifying(self.readings, rules, self.clock, self.certificate_key)
        calculating = Calculating(self.readings, rules, self.clock)
        kpis = Kpis(self.readings, rules, self.clock)
        mine = Mine(self.readings, self.rules.editions, self.clock)
        judging = Judging(self.desk, self.readings)
        leaving = Leaving(desk)
        glimpses = Glimpses(self.glances, self.clock, demo=self.demo)
        gate = Gate.of(self.auth, self.clock, self.supervision).knowing(
            lambda: self.rules.newest.publishers
        )
        return create_web(
            Web(
                title="casetrack metrics",
                process=Scraped.METRICS,
                gate=gate,
                clock=self.clock,
                ids=self.ids,
                routers=[
                    stream_routes(self.boards, gate),
                    certificate_routes(certifying),
                    case_routes(cases, catalogue),
                    organisation_routes(cases),
                    judging_routes(judging),
                    kpi_routes(kpis),
                    elapsed_routes(kpis),
                    plan_routes(
                        PlanReadings(kpis, rules, self.clock),
                        Reporting(self.supervision, desk),
                        Targeting(self.supervision, desk),
                    ),
                    calculator_routes(calculating),
                    alert_routes(alerts),
                    acting_routes(acting),
                    order_routes(orders, records, ordering),
                    work_routes(mine),
                    sent_routes(mine, catalogue),
                    channel_routes(self.deliveries),
                    delivery_routes(self.deliveries, self.clock, self.ids),
                    freshness_routes(self.glances, self.deadlines, self.clock_rounds, self.clock),
                    rules_routes(self.publishing, self.clock),
                    doubting_routes(Doubting(self.desk, self.chronicles)),
                    sign_in_routes(self._sign_in, leaving, catalogue),
                    session_routes(self._sign_in, leaving, glimpses),
                    page_routes(catalogue),
                ],
                ready=self._ready,
                faults=STORE_FAULTS,
                messages=[MESSAGES],
                schemas=schemas(),
            )
        )

    @cached_property
    def _sign_in(self) -> SignIn | None:
        """The sign-in by one-use link; there is one only beside the local issuer's key."""
        folder = Path(self.auth.session_jwks or self.auth.jwks).parent
        if not (folder / "issuer.pem").is_file():
            return None
        issuer = LocalIssuer.open(folder, self.clock, self.ids)
        keys = file_keys(folder / "jwks.json", self.clock)
        tickets = tickets_verifier(keys, self.clock)
        return SignIn(tickets, self.supervision, issuer, self.auth.session_idle)

    async def _ready(self) -> Readiness:
        try:
            await self.glances.changes()
        except StoreUnavailable as away:
            return Readiness(serves=False, fault=away)
        return Readiness(serves=True)


async def run_api(settings: MetricsSettings, stopping: asyncio.Event) -> None:
    """Answer readers until *stopping*."""
    dsn, serving = settings.postgres_dsn.get_secret_value(), asyncio.Event()
    async with open_sight(dsn, SEARCH_PATH) as sight:
        reader = Reader.over(
            sight,
            auth=load_settings(AuthSettings),
            clock=SystemClock(),
            ids=SystemIds(),
            source=settings.source,
            demo=settings.demo,
        )
        key = settings.certificate_key
        reader = replace(
            reader,
            second_person=settings.rules_second_person,
            district=settings.district,
            certificate_key=None if key is None else load_signer(key),
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(reader.rules.follow(reader.clock, stopping), name="rules")
            tasks.create_task(reader.boards.run(stopping), name="boards")
            tasks.create_task(
                serve(
                    reader.web,
                    host=settings.host,
                    port=settings.port,
                    stopping=stopping,
                    serving=serving,
                ),
                name="http",
            )
            await serving.wait()
            announce_ready()
