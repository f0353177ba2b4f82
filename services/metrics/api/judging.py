"""The word of somebody who has looked into what another system told of a case."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.metrics.api.answers import answer, answered
from services.metrics.api.cases import ONE
from services.metrics.api.parameters import WRITING, CaseNoInPath
from services.metrics.api.roles import ACTORS, SeenOrganisations
from services.metrics.handlers.judging import Judgement, Judging
from services.metrics.views.case import Judged
from shared.contracts.envelope import Token
from shared.contracts.types import Prose
from shared.web.description import told
from shared.web.policies import Caller, Of, permit
from shared.web.problems import BAD_REQUEST, Problem, ProblemKind

FACT_UNKNOWN = ProblemKind(404, "fact_unknown")


class JudgementForm(BaseModel):
    """Which fact, whether it is true, and why somebody says so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact_id: Token
    fact_source: Token
    believed: bool
    reason: Prose = Field(min_length=1, pattern=r"^[^\x00]*$")


def judging_routes(judging: Judging) -> APIRouter:
    """Return the route of judgements."""
    router = APIRouter(prefix="/v1/cases", tags=["cases"])

    @router.post(
        f"{ONE}/judgements",
        dependencies=[permit(*ACTORS, of=Of.REGISTER)],
        responses=answered(Judged),
        openapi_extra=told(BAD_REQUEST, FACT_UNKNOWN, *WRITING),
    )
    async def judge(
        case_no: CaseNoInPath, form: JudgementForm, caller: Caller, seen: SeenOrganisations
    ) -> Response:
        """
        Say of a fact that another system has told whether it is true; the last word counts.

        What is confirmed takes its effect, as if nobody had doubted it; what is not
        believed has none, whoever told it. Either is on record with its reason.
        """
        word = Judgement(form.fact_id, form.fact_source, form.believed, form.reason)
        role = next(role for role in ACTORS if caller.has(role))
        said = await judging.within(seen).handle(case_no, word, caller.subject, role)
        if said is None:
            raise Problem(*FACT_UNKNOWN, field="fact_id")
        return answer(said)

    return router
