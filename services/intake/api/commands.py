"""The routes of every command: read strictly, hand over, tell what it led to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse

from services.intake.api.forms import Form
from services.intake.api.occasions import Now
from services.intake.api.paths import COLLECTIONS, Path
from services.intake.domain.case.commands import AcceptApplication, ApproveExtension
from services.intake.domain.committee import AdoptResolution
from services.intake.handlers.commands import Asked, Commands
from shared.eventstore.deciding import Answer, Occasion
from shared.runtime.auth import Principal
from shared.runtime.policies import Caller, permit

CREATED = 201

JUDGED_BY_CALENDAR = (AcceptApplication, ApproveExtension)


def command_routes(intake: Commands) -> APIRouter:
    """Return one route for each command."""
    router = APIRouter()
    for collection in COLLECTIONS:
        address, subject = f"/v1/{collection.name}", collection.subject
        form = Form(collection.first.command, subject, first=True)
        first = Counter(intake, collection.first, subject, form)
        _add(router, address, first, collection.name)
        for path, one in collection.paths.items():
            counter = Counter(intake, one, subject, Form(one.command, subject))
            _add(router, f"{address}/{{{subject}}}/{path}", counter, collection.name)
    return router


def _add(router: APIRouter, address: str, counter: "Counter", tag: str) -> None:
    router.add_api_route(
        address,
        counter.endpoint(),
        methods=["POST"],
        status_code=CREATED,
        name=counter.path.command.__name__,
        tags=[tag],
        dependencies=[permit(*counter.path.roles)],
        openapi_extra=counter.described(),
    )


@dataclass(frozen=True, slots=True)
class Counter:
    """Where one command is handed in."""

    intake: Commands
    path: Path
    subject: str
    form: Form

    def endpoint(self) -> Callable[..., Awaitable[JSONResponse]]:
        async def serve(request: Request, caller: Caller, now: Now) -> JSONResponse:
            words = self.form.read(await request.body())
            named = request.path_params.get(self.subject)
            if named is not None:
                words[self.subject] = self.form.subject(named)
            occasion = replace(now, actorrole=_acting(caller, self.path))
            return _told(await self._give(words, occasion))

        return serve

    def described(self) -> dict[str, Any]:
        """Return what the service's description cannot know from the endpoint's own signature."""
        described: dict[str, Any] = dict(self.form.described)
        if not self.form.first:
            subject = {"name": self.subject, "in": "path", "required": True}
            described["parameters"] = [{**subject, "schema": {"type": "string"}}]
        return described

    async def _give(self, words: Mapping[str, Any], occasion: Occasion) -> Answer:
        context = await self._context(words)

        def about(name: str) -> Asked:
            command = self.path.command(
                **{**words, **context, "at": occasion.at, self.subject: name}
            )
            return cast("Asked", command)  # the paths name no other commands

        if words[self.subject] is None:
            return await self.intake.begin(about, occasion)
        return await self.intake.apply(about(words[self.subject]), occasion)

    async def _context(self, words: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.path.command in JUDGED_BY_CALENDAR:
            return {"calendar": self.intake.calendar}
        if self.path.command is AdoptResolution:
            return {"meeting": await self.intake.meeting(words["meeting_id"])}
        return {}


def _acting(caller: Principal, path: Path) -> str:
    """Return in which role *caller* acts: the first one that the path is open to."""
    return next(role for role in path.roles if caller.has(role)).value


def _told(answer: Answer) -> JSONResponse:
    _, _, subject = answer.stream.partition("-")
    return JSONResponse(
        {
            "subject": subject,
            "stream": answer.stream,
            "version": answer.version,
            "event_ids": list(answer.event_ids),
        },
        CREATED,
        {"idempotent-replayed": "true"} if answer.repeated else None,
    )
