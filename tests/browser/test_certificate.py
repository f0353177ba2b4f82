"""The certificate in a real browser: under the rules of the site, and on one sheet of paper."""

import re

import pytest
from playwright.async_api import Browser, Request, Route

from services.metrics.api.certificate_page import STYLE, certificate_page
from services.metrics.domain.fold import fold_all
from services.metrics.domain.reasons.certificate import certify
from services.metrics.views.certificate import SignedCertificate
from shared.policy.parties import bureau_parties
from shared.policy.rules import shipped
from shared.web.problems import SECURITY_HEADERS
from tests.support.clock_facts import instant
from tests.support.figure_stories import STORIES
from tests.support.way_of_a_case import CASE

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADDRESS = "http://localhost/"
A_PAGE = re.compile(rb"/Type\s*/Page[^s]")
STOPPED = STORIES["a case from receipt to rating"][:5]


def page() -> str:
    stated = certify(
        fold_all(CASE, STOPPED), shipped(), bureau_parties(), instant("2024-09-04T10:00")
    )
    assert stated is not None
    return certificate_page(SignedCertificate(stated, "a.b.c", "key"))


async def test_it_is_laid_out_under_the_rules_of_the_site_and_prints_on_one_sheet(
    browser: Browser,
) -> None:
    complaints: list[str] = []

    async def answer(route: Route, asked: Request) -> None:
        kind, body = "text/html", page()
        if asked.url.endswith(".css"):
            kind, body = "text/css", STYLE.read_text("utf-8")
        headers = {**SECURITY_HEADERS, "content-type": f"{kind}; charset=utf-8"}
        await route.fulfill(headers=headers, body=body)

    window = await browser.new_page(viewport={"width": 390, "height": 800})
    window.on("console", lambda said: complaints.append(said.text))
    await window.route("**/*", answer)
    await window.goto(ADDRESS)
    narrow = await window.evaluate("document.documentElement.scrollWidth")
    framed = await window.evaluate(
        "getComputedStyle(document.querySelector('.answer')).borderLeftWidth"
    )
    paper = await window.pdf(prefer_css_page_size=True)
    seen = await window.inner_text("main")
    await window.close()

    assert (complaints, framed) == ([], "6px")
    assert narrow <= 390
    assert len(A_PAGE.findall(paper)) == 1
    assert seen.index("办件时限证明") < seen.index("Deadline certificate")
