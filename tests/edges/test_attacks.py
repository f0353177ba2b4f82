"""Attacks on the edge that every service has, one test for a whole class of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from services.metrics.api.pages import page_routes
from shared.runtime.catalogue import OWN, Catalogue
from shared.runtime.clock import SystemClock
from shared.runtime.ids import SystemIds
from shared.web.app import Web, create_web
from shared.web.gate import AuthSettings, Gate
from shared.web.problems import SECURITY_HEADERS

MARKER = "looked-for"
STRANGER = {
    "origin": "https://evil.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
}
"""How the browser asks whether somebody else's page may have an answer of ours."""
ASKED = [
    ("GET", "/healthz", 200),
    ("GET", "/metrics", 401),
    ("GET", "/nowhere", 404),
    ("POST", "/healthz", 405),
    ("OPTIONS", "/metrics", 405),
    ("TRACE", "/healthz", 405),
]
"""Every way in which an answer is made: by a route, by a policy, by nobody."""


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    clock = SystemClock()
    gate = Gate.of(AuthSettings(jwks=str(tmp_path / "jwks.json")), clock)
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    built = tmp_path / "built"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text(MARKER)
    (built / "assets" / "page.js").write_text("ours")
    (built / "assets" / "link.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "secret.js").write_text(MARKER)
    routers = [page_routes(Catalogue.read(OWN), built)]
    app = create_web(Web(title="page", gate=gate, clock=clock, ids=SystemIds(), routers=routers))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://bureau") as client:
        yield client


@pytest.mark.parametrize(("method", "path", "status"), ASKED)
async def test_every_answer_binds_the_browser_and_lets_nobody_elses_page_read_it(
    client: httpx2.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, headers=STRANGER)

    assert answer.status_code == status
    assert SECURITY_HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["cache-control"] == "no-store"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_no_answer_repeats_what_a_request_carried(client: httpx2.AsyncClient) -> None:
    carried = {"cookie": MARKER, "authorization": f"Bearer {MARKER}", "x-forwarded-for": MARKER}
    answers = [
        await client.request(method, path, headers=carried, params={"q": MARKER})
        for method, path, _ in ASKED
    ]

    assert not [answer for answer in answers if MARKER in answer.text + str(answer.headers)]


@pytest.mark.parametrize(
    "name",
    [
        "../index.html",
        "..%2findex.html",
        "%2e%2e/%2e%2e/secret.js",
        "..%5c..%5csecret.js",
        "%2fetc%2fpasswd",
        "link.js",
        "page.js%00.html",
        "",
        ".",
    ],
)
async def test_no_name_leads_out_of_the_pages_folder(client: httpx2.AsyncClient, name: str) -> None:
    inside = await client.get("/assets/page.js")
    outside = await client.get(f"/assets/{name}")

    assert inside.text == "ours"
    assert outside.status_code == 404
    assert MARKER not in outside.text
