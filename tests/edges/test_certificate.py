"""A certificate as it leaves the house, and as somebody checks it who has nothing but the keys."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest
from typer.testing import CliRunner

from deploy.command.__main__ import app
from services.metrics.api.answers import prefers
from services.metrics.api.certificate_page import certificate_page
from services.metrics.api.certificates import PAGE_TYPE
from services.metrics.handlers.certifying import TYPE
from services.metrics.views.certificate import Certificate, SignedCertificate
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.issuer import Bearer, LocalIssuer
from shared.web.keys import SigningKey
from shared.web.statements import load_signer, public_half, publish_half, signed
from tests.support.memory_api import reader_over
from tests.support.metrics_store import Store, opened, received
from tests.support.organisations import BUREAU, MARKET, STREET

CASE = "XC20240902000017"
HOSTILE = '<script>alert(1)</script>&"\u202e'


@dataclass
class House:
    """The API in memory with a key of its own, and the folder that the key lies in."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    store: Store
    key: Path

    async def get(
        self, accept: str = "application/json", role: Role = Role.WINDOW_CLERK, org: str = BUREAU
    ) -> httpx2.Response:
        token = self.issuer.issue(Bearer(role, org))
        headers = {"authorization": f"Bearer {token}", "accept": accept}
        return await self.client.get(f"/v1/cases/{CASE}/certificate", headers=headers)


@pytest.fixture(params=["signed", "unsigned"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    key = tmp_path / "certificates.pem"
    known = load_signer(key) if request.param == "signed" else None
    async with opened("memory", str) as store:
        await store.fold(received(CASE, org_code=STREET))
        issuer = LocalIssuer.open(tmp_path / "keys", store.clock, SeededIds(1))
        reader = replace(reader_over(store, tmp_path / "keys"), certificate_key=known)
        transport = httpx2.ASGITransport(reader.web, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
            yield House(client, issuer, store, key)


only_signed = pytest.mark.parametrize("house", ["signed"], indirect=True)
only_unsigned = pytest.mark.parametrize("house", ["unsigned"], indirect=True)


async def verified(file: Path, keys: Path) -> tuple[int, dict[str, Any]]:
    """Return how `casetrack certificate verify` ends, and what it says."""
    words = ["certificate", "verify", str(file), "--keys", str(keys), "--json"]
    # The command has an event loop of its own.
    said = await asyncio.to_thread(CliRunner().invoke, app, words)
    # What is logged goes elsewhere once the command has a process of its own.
    return said.exit_code, json.loads(said.stdout[said.stdout.index("{") :])


def kept(folder: Path, content: bytes, name: str = "certificate") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


async def test_whoever_may_read_the_case_gets_its_certificate_and_nobody_else(house: House) -> None:
    for role, org, status in (
        (Role.WINDOW_CLERK, STREET, 200),
        (Role.SUPERVISOR, BUREAU, 200),
        (Role.WINDOW_CLERK, MARKET, 404),
        (Role.LAW_DESK, BUREAU, 403),
        (Role.PUBLISHER, BUREAU, 403),
    ):
        assert (await house.get(role=role, org=org)).status_code == status, (role, org)
    assert (await house.client.get(f"/v1/cases/{CASE}/certificate")).status_code == 401


@only_signed
@pytest.mark.parametrize(
    "accept", ["application/json", "text/html,application/xhtml+xml,*/*;q=0.8"]
)
async def test_page_and_document_are_believed_offline_as_they_came(
    house: House, tmp_path: Path, accept: str
) -> None:
    answer = await house.get(accept)
    status, said = await verified(kept(tmp_path, answer.content), public_half(house.key))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (status, said["verdict"]) == (0, "fine")
    assert said["certificate"]["case_no"] == CASE


@only_signed
async def test_a_page_that_was_changed_is_found_out_and_says_what_was_signed(
    house: House, tmp_path: Path
) -> None:
    page, document = (await house.get("text/html")).text, (await house.get()).json()
    due = document["certificate"]["limits"][0]["due"]
    later = page.replace("收件日期", "收讫日期")
    document["certificate"]["limits"][0]["due"] = "2030-01-01"
    keys = public_half(house.key)
    changed_page = await verified(kept(tmp_path, later.encode(), "page"), keys)
    changed = await verified(kept(tmp_path, json.dumps(document).encode(), "document"), keys)

    assert later != page
    assert [(one[0], one[1]["verdict"]) for one in (changed_page, changed)] == [(1, "altered")] * 2
    assert changed[1]["certificate"]["limits"][0]["due"] == due


@only_signed
async def test_what_another_key_or_another_purpose_has_signed_is_not_believed(
    house: House, tmp_path: Path
) -> None:
    document = (await house.get()).json()
    stranger, ours = SigningKey.load(tmp_path / "stranger.pem"), SigningKey.load(house.key)
    payload = json.dumps(document["certificate"]).encode()
    tries = [
        signed(payload, stranger, TYPE),
        signed(payload, replace(stranger, kid=ours.kid), TYPE),
        signed(payload, ours, "casetrack-checkpoint+jws"),
        signed(b"{}", ours, TYPE),
        document["jws"][:-4] + "AAAA",
        "no.jws.at-all",
        "\u7684",
    ]
    for jws in tries:
        file = kept(tmp_path, json.dumps(document | {"jws": jws}).encode())
        assert (await verified(file, public_half(house.key)))[1]["verdict"] == "forged", jws


@only_signed
async def test_what_an_older_key_has_signed_stays_believed(house: House, tmp_path: Path) -> None:
    file = kept(tmp_path, (await house.get()).content)
    publish_half(SigningKey.load(tmp_path / "newer.pem"), public_half(house.key))

    assert (await verified(file, public_half(house.key)))[1]["verdict"] == "fine"
    nobody = tmp_path / "none.json"
    nobody.write_text("{}", encoding="utf-8")
    assert await verified(file, nobody) == (
        1,
        {"verdict": "no_keys", "kid": None, "certificate": None},
    )


@only_signed
async def test_a_page_of_another_release_is_told_by_what_was_signed(
    house: House, tmp_path: Path
) -> None:
    stated = (await house.get()).json()["certificate"] | {"form": 99}
    jws = signed(json.dumps(stated).encode(), SigningKey.load(house.key), TYPE)
    file = kept(tmp_path, f'<data id="jws" value="{jws}"></data>'.encode())

    assert (await verified(file, public_half(house.key)))[1]["verdict"] == "other_form"


@only_unsigned
async def test_without_a_key_it_says_that_nothing_proves_it(house: House, tmp_path: Path) -> None:
    page, document = await house.get("text/html"), await house.get()
    keys = kept(tmp_path, b'{"keys": []}', "keys.json")

    assert "本证明未签名" in page.text
    assert (document.json()["jws"], document.json()["kid"]) == (None, None)
    for answer in (page, document):
        status, said = await verified(kept(tmp_path, answer.content), keys)
        assert (status, said["verdict"]) == (1, "unsigned")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff\xfe", b"<html></html>", b"[" * 9999])
async def test_what_is_no_certificate_is_called_so(tmp_path: Path, content: bytes) -> None:
    keys = kept(tmp_path, b'{"keys": []}', "keys.json")

    assert (await verified(kept(tmp_path, content), keys))[1]["verdict"] == "unreadable"


@pytest.mark.parametrize("words", [["verify"], ["verify", "nowhere.html"], ["show"]])
def test_wrong_usage_is_said(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["certificate", *words]).exit_code == 2


class Tags(HTMLParser):
    """Notes what a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


async def test_the_page_obeys_nobody_and_keeps_to_the_rules_of_the_site(house: House) -> None:
    answer = await house.get("text/html")
    document = (await house.get()).json()
    told = replaced(document, item_name=HOSTILE, org_name=HOSTILE, case_no=HOSTILE)
    page, tags = certificate_page(told), Tags()
    tags.feed(page)

    assert "style-src 'self'" in answer.headers["content-security-policy"]
    assert not {"script", "style", "iframe", "img"} & {*tags.tags}
    assert tags.attributes == {
        "lang",
        "charset",
        "name",
        "content",
        "rel",
        "href",
        "class",
        "id",
        "value",
    }
    assert HOSTILE not in page
    style = await house.client.get("/certificate.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


def replaced(document: dict[str, Any], **changes: object) -> SignedCertificate:
    stated = msgspec.convert(document["certificate"] | changes, Certificate)
    return SignedCertificate(stated, None, None)


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("text/html", True),
        ("application/json, text/html", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html, application/json;q=0.9", True),
        ("text/html;level=1;q=many", False),
    ],
)
def test_browsers_get_the_page_and_programs_the_document(accept: str, page: bool) -> None:  # noqa: FBT001 - a table
    assert prefers(accept, PAGE_TYPE) is page
