"""The certificate of a case: a page for paper, or the same as a document."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from services.metrics.api.answers import answer, answered, prefers
from services.metrics.api.cases import CASE_UNKNOWN, ONE
from services.metrics.api.certificate_page import STYLE, certificate_page
from services.metrics.api.parameters import READING, CaseNoInPath
from services.metrics.api.roles import READERS, WORKERS, SeenOrganisations
from services.metrics.handlers.certifying import Certifying
from services.metrics.views.certificate import SignedCertificate
from shared.web.description import told
from shared.web.policies import Of, permit, public
from shared.web.problems import Problem

PAGE_TYPE = "text/html"
NEVER_KEPT = {"cache-control": "no-store", "vary": "accept"}
"""What it says holds as of its instant; the next one who asks gets another."""
FOR_A_DAY = "public, max-age=86400"


def certificate_routes(certifying: Certifying) -> APIRouter:
    """Return the routes of certificates, which stand before those whose addresses match theirs."""
    router = APIRouter(tags=["cases"])
    responses = answered(SignedCertificate)
    responses[200]["content"][PAGE_TYPE] = {"schema": {"type": "string"}}

    @router.get(
        f"/v1/cases{ONE}/certificate",
        dependencies=[permit(*READERS, *WORKERS, of=Of.REGISTER)],
        responses=responses,
        openapi_extra=told(CASE_UNKNOWN, *READING),
    )
    async def certificate(
        request: Request, case_no: CaseNoInPath, seen: SeenOrganisations
    ) -> Response:
        """
        Return what can be put into the applicant's hand: until when, running or stopped, and why.

        A browser gets a page that prints, everybody else the document; both are signed alike.
        """
        found = await certifying.within(seen).one(case_no)
        if found is None:
            raise Problem(*CASE_UNKNOWN, field="case_no")
        if prefers(request.headers.get("accept", ""), PAGE_TYPE):
            return HTMLResponse(certificate_page(found), headers=NEVER_KEPT)
        response = answer(found)
        response.headers.update(NEVER_KEPT)
        return response

    @router.get("/certificate.css", include_in_schema=False, dependencies=[public()])
    async def style() -> Response:
        return FileResponse(str(STYLE), headers={"cache-control": FOR_A_DAY})

    return router
