"""Every command over HTTP by every role of every organisation: the own subjects, and others'."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from pydantic_core import to_jsonable_python
from structlog.testing import capture_logs

from services.assist.api import paths as assist_paths
from services.assist.app import Assist
from services.intake.api import paths as intake_paths
from services.intake.app import Intake
from services.review.api import paths as review_paths
from services.review.app import Review
from shared.commands.access import Grants
from shared.commands.counter import Collection, Path
from shared.contracts.envelope import Event, Fact
from shared.contracts.intake.facts import ApplicationReceived
from shared.contracts.registry import Owner, encode
from shared.contracts.types import OrgRef
from shared.kafka.port import Record
from shared.policy.organisations import Scope
from shared.web.auth import Role
from tests.support.beginnings import BEGINNINGS, BEGUN_BY_ANYBODY, OF_THE_STREET
from tests.support.courses import command_of
from tests.support.examples import like_the_example
from tests.support.open_service import OpenService, open_service
from tests.support.organisations import BUREAU, FOOD, INVENTED, MARKET, STANDING, STREET, org

pytestmark = pytest.mark.asyncio(loop_scope="module")

COLLECTIONS: Mapping[str, tuple[Collection, ...]] = {
    "intake": intake_paths.COLLECTIONS,
    "assist": assist_paths.COLLECTIONS,
    "review": review_paths.COLLECTIONS,
}
INTAKE = "urn:casetrack:610102:intake"
REACHED: Mapping[Scope, set[str]] = {
    Scope.OWN: {"own"},
    Scope.BELOW: {"own", "above"},
    Scope.LINE: {"own", "above", "below"},
}
"""From where a subject is reached."""


@dataclass(frozen=True)
class Way:
    """One command, and where it is handed in."""

    service: str
    collection: Collection
    path: Path
    ending: str | None

    @property
    def address(self) -> str:
        base = f"/v1/{self.collection.name}"
        return base if self.ending is None else f"{base}/{{}}/{self.ending}"

    def reached(self, scope: Scope) -> set[str]:
        if self.ending is None and self.collection.name in BEGUN_BY_ANYBODY:
            return {"own", "above", "below", "another", "merged"}
        return REACHED[scope]

    def body(self) -> dict[str, Any]:
        """Return the example of the command, about the street's own."""
        command = command_of(self.path.command)
        ours = {*self.path.unasked, "at", self.collection.subject}
        words = {
            field.name: getattr(command, field.name)
            for field in fields(command)
            if field.name not in ours
        }
        body: dict[str, Any] = to_jsonable_python(
            {
                name: OF_THE_STREET if isinstance(word, OrgRef) else word
                for name, word in words.items()
            },
            by_alias=True,
        )
        if "joint_orgs" in body:
            body["joint_orgs"] = []
        return body


def ways() -> Iterator[Way]:
    for service, collections in COLLECTIONS.items():
        for collection in collections:
            if collection.first:
                yield Way(service, collection, collection.first, None)
            for ending, path in collection.paths.items():
                yield Way(service, collection, path, ending)


WAYS = tuple(ways())


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Mapping[str, OpenService[Any]]]:
    keys = tmp_path_factory.mktemp
    async with (
        open_service(partial(Intake, trial=True), keys("intake"), "intake") as intake,
        open_service(Assist, keys("assist"), "assist") as assist,
        open_service(Review, keys("review"), "review") as review,
    ):
        yield {"intake": intake, "assist": assist, "review": review}


async def begun(service: OpenService[Any], fact: Fact, *, by: str = STREET) -> None:
    """Put on record what begins a subject, said by a person of ours."""
    event = Event.of(
        fact,
        id=f"begun-{fact.subject}",
        source=service.service.source,
        time=service.start,
        sequence="1",
        actorid="somebody-else",
        actororg=by,
    )
    await service.store.append(event.stream, [event], expected_version=0)


async def standing(services: Mapping[str, OpenService[Any]], way: Way) -> OpenService[Any]:
    """Return the service of *way*, with one subject of the street's in it, and its case."""
    service = services[way.service]
    service.forget()
    for collection in (
        {way.collection.name, "cases"} if way.service == "intake" else {way.collection.name}
    ):
        if collection in BEGINNINGS and not (
            collection == way.collection.name and way.ending is None
        ):
            await begun(service, BEGINNINGS[collection])
    if way.collection.name == "invitations":
        await told_by_intake(service, str(way.body()["case_no"]))
    return service


async def told_by_intake(service: OpenService[Review], case_no: str) -> None:
    """Let review hear of intake that the street has received a case."""
    fact = like_the_example(ApplicationReceived, handling_org=OF_THE_STREET)
    assert isinstance(fact, ApplicationReceived)
    case = fact.case.model_copy(update={"case_no": case_no})
    event = Event.of(
        fact.model_copy(update={"case": case}), id="r-1", source=INTAKE, time=service.start
    )
    await service.service.ratings.handle(Record(Owner.INTAKE.topic, None, encode(event)))


def refused(code: str) -> float:
    return REGISTRY.get_sample_value("casetrack_access_refused_total", {"code": code}) or 0.0


async def ask(
    service: OpenService[Any], way: Way, role: Role, caller: str
) -> tuple[int, str | None]:
    subject = BEGINNINGS[way.collection.name].subject if way.ending is not None else ""
    answer = await service.command(role, way.address.format(subject), way.body(), org=caller)
    return answer.status_code, answer.json().get("code")


def expected(way: Way, role: Role, relation: str) -> str | None:
    """Return the code with which somebody is refused, None for whoever is let in."""
    grants: Grants = way.path.grants
    if role not in grants:
        return "not_permitted"
    if relation == "invented":
        return "own_organisation_unknown"
    return None if relation in way.reached(grants[role]) else "organisation_is_another"


async def test_the_matrix_has_every_command(services: Mapping[str, OpenService[Any]]) -> None:
    told = {
        (name, address, method)
        for name, service in services.items()
        for address, item in service.service.web.openapi()["paths"].items()
        for method in item
        if address.startswith("/v1/") and not address.startswith("/v1/events")
    }
    walked = {
        (way.service, way.address.format(f"{{{way.collection.subject}}}"), "post") for way in WAYS
    }
    assert walked == told


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.collection.name}-{way.ending}")
async def test_who_reaches_a_subject_is_let_in_and_nobody_else(
    services: Mapping[str, OpenService[Any]], way: Way
) -> None:
    for role in Role:
        for relation, caller in STANDING.items() if role in way.path.grants else [("own", STREET)]:
            service = await standing(services, way)
            before = await service.store.pending(100)
            code = expected(way, role, relation)
            counted = refused(code) if code else 0.0

            with capture_logs() as logs:
                status, told = await ask(service, way, role, caller)

            place = f"{role} of {relation}: {status} {told}"
            if code is None:
                assert status != 403, place
                continue
            assert (status, told) == (403, code), place
            assert await service.store.pending(100) == before
            assert refused(code) == counted + 1
            (line,) = [line for line in logs if line["event"] == "access_refused"]
            assert line["code"] == code
            assert line.keys() == {"event", "log_level", "code", "reason", "principal"}


CASE = BEGINNINGS["cases"].subject
WAY_OF = {(way.collection.name, way.ending): way for way in WAYS}


def about(code: str, collection: str, ending: str | None = None) -> dict[str, Any]:
    """Return the body of a command, with the organisation *code* in it."""
    body = WAY_OF[collection, ending].body()
    return {
        name: to_jsonable_python(org(code)) if word == to_jsonable_python(OF_THE_STREET) else word
        for name, word in body.items()
    }


async def test_a_clerk_receives_for_the_own_organisation_and_a_general_window_for_all(
    services: Mapping[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    hall.forget()
    street = about(STREET, "cases")

    by_another = await hall.command(Role.WINDOW_CLERK, "/v1/cases", street, org=MARKET)
    own = await hall.command(Role.WINDOW_CLERK, "/v1/cases", street, org=STREET)
    general = await hall.command(Role.WINDOW_CLERK, "/v1/cases", street, org=BUREAU)

    assert (by_another.status_code, by_another.json()["code"]) == (403, "organisation_is_another")
    assert "单位" in by_another.json()["detail"]
    assert (own.status_code, general.status_code) == (201, 201)
    (fact,) = (await hall.store.load(general.json()["stream"])).events
    assert (fact.actororg, fact.actorrole) == (BUREAU, "WINDOW_CLERK")


async def test_one_organisations_case_is_accepted_and_examined_by_no_other(
    services: Mapping[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    hall.forget()
    await begun(hall, BEGINNINGS["cases"])
    acceptance = about(STREET, "cases", "acceptance")
    step = about(STREET, "cases", "steps")

    async def status(role: Role, ending: str, body: dict[str, Any], caller: str) -> int:
        answer = await hall.command(role, f"/v1/cases/{CASE}/{ending}", body, org=caller)
        return answer.status_code

    assert await status(Role.WINDOW_CLERK, "acceptance", acceptance, MARKET) == 403
    assert await status(Role.WINDOW_CLERK, "acceptance", acceptance, STREET) == 201
    assert await status(Role.HANDLER, "steps", step, MARKET) == 403
    assert await status(Role.HANDLER, "steps", step, BUREAU) == 403
    assert await status(Role.HANDLER, "steps", step, STREET) == 201


@pytest.mark.parametrize(
    ("collection", "field"), [("cases", "handling_org"), ("inspections", "org")]
)
async def test_an_organisation_that_the_register_lacks_is_named_by_nobody(
    services: Mapping[str, OpenService[Any]], collection: str, field: str
) -> None:
    hall = services["intake"]
    hall.forget()
    role = next(iter(WAY_OF[collection, None].path.grants))
    body = WAY_OF[collection, None].body()
    body[field] = {"org_code": INVENTED, "org_name": "不存在的单位"}

    answer = await hall.command(role, f"/v1/{collection}", body, org=BUREAU)

    assert (answer.status_code, answer.json()["code"]) == (422, "organisation_unknown")
    assert answer.json()["field"] == field


async def test_a_case_may_go_on_to_an_authority_that_is_none_of_the_bureaus(
    services: Mapping[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    hall.forget()
    body = WAY_OF["cases", "forwarding"].body()
    body["to_org"] = {"org_code": INVENTED, "org_name": "陕西省某厅"}

    answer = await hall.command(Role.HANDLER, f"/v1/cases/{CASE}/forwarding", body)

    assert answer.json()["code"] == "case_unknown"


@pytest.mark.parametrize("collection", ["inspections", "referrals"])
async def test_who_does_not_handle_a_case_neither_has_it_inspected_nor_refers_it(
    services: Mapping[str, OpenService[Any]], collection: str
) -> None:
    hall = services["intake"]
    hall.forget()
    await begun(hall, BEGINNINGS["cases"])
    named = {"case_nos": [CASE]} if collection == "inspections" else {"case_no": CASE}
    body = {**about(MARKET, collection), **named}

    by_another = await hall.command(Role.HANDLER, f"/v1/{collection}", body, org=MARKET)
    own = await hall.command(Role.HANDLER, f"/v1/{collection}", body, org=STREET)

    assert (by_another.status_code, by_another.json()["code"]) == (403, "organisation_is_another")
    assert own.status_code == 201, own.text


async def test_whose_organisation_was_merged_acts_for_the_one_that_took_it_over(
    services: Mapping[str, OpenService[Any]],
) -> None:
    hall = services["intake"]
    hall.forget()
    of_the_merged = about(FOOD, "cases")

    received = await hall.command(Role.WINDOW_CLERK, "/v1/cases", of_the_merged, org=MARKET)
    (fact,) = (await hall.store.load(received.json()["stream"])).events

    assert received.status_code == 201
    assert isinstance(fact.data, ApplicationReceived)
    assert fact.data.handling_org.org_code == FOOD
    path = f"/v1/cases/{fact.subject}/withdrawal"
    body = WAY_OF["cases", "withdrawal"].body()
    answer = await hall.command(Role.WINDOW_CLERK, path, body, org=FOOD)
    assert answer.status_code == 201
    assert (await hall.store.load(received.json()["stream"])).events[1].actororg == MARKET


async def test_a_task_of_another_system_is_the_bureaus_whatever_that_system_says(
    services: Mapping[str, OpenService[Any]],
) -> None:
    centre = services["assist"]
    centre.forget()
    fact = BEGINNINGS["tasks"]
    event = Event.of(
        fact, id="1", source="urn:foreign", time=centre.start, sequence="1", actororg=MARKET
    )
    await centre.store.append(event.stream, [event], expected_version=0)
    path = f"/v1/tasks/{fact.subject}/refusal"
    body = WAY_OF["tasks", "refusal"].body()

    by_another = await centre.command(Role.DIRECTOR, path, body, org=MARKET)
    by_the_bureau = await centre.command(Role.DIRECTOR, path, body, org=BUREAU)

    assert (by_another.status_code, by_the_bureau.status_code) == (403, 201)


async def test_an_invitation_for_a_case_of_which_nobody_has_told_is_sent_by_any_window(
    services: Mapping[str, OpenService[Any]],
) -> None:
    desk = services["review"]
    desk.forget()
    body = WAY_OF["invitations", None].body()

    answer = await desk.command(Role.WINDOW_CLERK, "/v1/invitations", body, org=MARKET)

    assert answer.status_code == 201
