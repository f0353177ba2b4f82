"""How long a browser stays signed in, and who ends that, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import jwt
import pytest

from shared.runtime.clock import VirtualClock
from shared.runtime.ids import SeededIds
from shared.web.auth import Role
from shared.web.gate import AuthSettings
from shared.web.issuer import DAY_OF_WORK, Bearer, LocalIssuer
from shared.web.session import HOST_COOKIE
from tests.support.memory_api import reader_over
from tests.support.metrics_store import opened
from tests.support.organisations import STREET

ORIGIN = "https://desk.example.gov.cn"
IDLE = timedelta(minutes=30)
ADDRESS = "/v1/cases"
WANG, LI = Bearer(Role.SUPERVISOR, name="王督察"), Bearer(Role.SUPERVISOR, name="李督察")


class WallClock(VirtualClock):
    """A clock that somebody may set."""

    def now(self) -> datetime:
        return super().now() + self.set_by

    set_by = timedelta(0)


@dataclass
class Desk:
    """The API, and browsers that sign in to it by link."""

    client: httpx2.AsyncClient
    issuer: LocalIssuer
    clock: WallClock

    async def sign_in(self, bearer: Bearer = WANG, cookie: str = "") -> "Browser":
        """Sign in with a browser that is new, or one that has *cookie*."""
        self.client.cookies.clear()
        headers = {"cookie": f"{HOST_COOKIE}={cookie}"} if cookie else {}
        ticket = self.issuer.ticket(bearer)
        answer = await self.client.get("/sign-in", params={"ticket": ticket}, headers=headers)
        assert answer.status_code == 303
        return Browser(self.client, answer.cookies[HOST_COOKIE], answer.headers["set-cookie"])

    async def ask(self, method: str, address: str, bearer: Bearer) -> tuple[int, str | None]:
        token = {"authorization": f"Bearer {self.issuer.issue(bearer)}"}
        return told(await self.client.request(method, address, headers=token))


@dataclass
class Browser:
    """One browser with the cookie of a session."""

    client: httpx2.AsyncClient
    cookie: str
    head: str = ""

    async def ask(self, method: str, address: str) -> tuple[int, str | None]:
        headers = {"cookie": f"{HOST_COOKIE}={self.cookie}", "origin": ORIGIN}
        answer = await self.client.request(method, address, headers=headers)
        if method == "POST":
            self.cookie = answer.cookies.get(HOST_COOKIE) or self.cookie
        return told(answer)

    async def reads(self) -> tuple[int, str | None]:
        return await self.ask("GET", ADDRESS)

    async def stays(self) -> tuple[int, str | None]:
        return await self.ask("POST", "/v1/session")

    @property
    def ends(self) -> int:
        return int(jwt.decode(self.cookie, options={"verify_signature": False})["exp"])


DONE, SEEN, OVER = (204, None), (200, None), (401, "token_expired")


def told(answer: httpx2.Response) -> tuple[int, str | None]:
    refused = answer.status_code >= 400
    return answer.status_code, answer.json()["code"] if refused else None


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened("memory") as store:
        clock = WallClock(store.clock.now())
        issuer = LocalIssuer.open(tmp_path, clock, SeededIds(1))
        web = reader_over(store, tmp_path, clock, names="desk.example.gov.cn").web
        transport = httpx2.ASGITransport(web)
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield Desk(client, issuer, clock)


async def test_a_session_that_nobody_touches_is_over(desk: Desk) -> None:
    browser = await desk.sign_in()
    desk.clock.advance(IDLE)
    almost = await browser.reads()
    desk.clock.advance(timedelta(minutes=1))

    assert (almost, await browser.reads()) == (SEEN, OVER)
    assert await browser.stays() == OVER


async def test_reading_alone_is_no_sign_that_somebody_is_there(desk: Desk) -> None:
    browser = await desk.sign_in()
    for _ in range(31):
        assert await browser.reads() == SEEN
        desk.clock.advance(timedelta(minutes=1))

    assert await browser.reads() == OVER


async def test_who_is_there_stays_for_a_day_of_work_and_no_longer(desk: Desk) -> None:
    browser = await desk.sign_in()
    begun, day = desk.clock.now(), DAY_OF_WORK.total_seconds()
    while (answer := await browser.stays()) == DONE:
        desk.clock.advance(timedelta(minutes=20))

    assert answer == OVER
    assert browser.ends == begun.timestamp() + day
    assert await browser.reads() == OVER


async def test_at_the_end_of_the_day_nothing_is_left_to_prolong(desk: Desk) -> None:
    browser = await desk.sign_in()
    begun = desk.clock.now()
    while desk.clock.now() - begun < DAY_OF_WORK - timedelta(minutes=5):
        assert await browser.stays() == DONE
        desk.clock.advance(timedelta(minutes=5))
    before = browser.cookie
    desk.clock.advance(timedelta(minutes=5, seconds=30))
    # A little is forgiven to clocks that differ, but no new hour begins in it.
    headers = {"cookie": f"{HOST_COOKIE}={before}", "origin": ORIGIN}
    answer = await desk.client.post("/v1/session", headers=headers)

    assert told(answer) == DONE
    assert "set-cookie" not in answer.headers


async def test_a_token_is_no_session_that_could_be_prolonged(desk: Desk) -> None:
    assert await desk.ask("POST", "/v1/session", WANG) == DONE


async def test_who_signs_out_is_out_also_with_a_cookie_of_before_or_after(desk: Desk) -> None:
    browser = await desk.sign_in()
    copied = Browser(desk.client, browser.cookie)
    desk.clock.advance(timedelta(minutes=1))
    await browser.stays()

    assert browser.cookie != copied.cookie
    assert await copied.ask("DELETE", "/v1/session") == DONE
    assert [await one.reads() for one in (browser, copied)] == [OVER, OVER]


@pytest.mark.parametrize("bearer", [WANG, LI])
async def test_who_signs_in_anew_leaves_the_session_of_before(desk: Desk, bearer: Bearer) -> None:
    browser, elsewhere = await desk.sign_in(), await desk.sign_in()

    again = await desk.sign_in(bearer, browser.cookie)

    assert [await one.reads() for one in (browser, again, elsewhere)] == [OVER, SEEN, SEEN]


async def test_a_link_that_is_refused_ends_no_session(desk: Desk) -> None:
    browser = await desk.sign_in()

    refused = await browser.ask("GET", "/sign-in?ticket=a.b.c")

    assert (refused[0], await browser.reads()) == (401, SEEN)


async def test_a_link_that_was_used_ends_no_session(desk: Desk) -> None:
    link = f"/sign-in?ticket={desk.issuer.ticket(WANG)}"
    await desk.client.get(link)
    browser = await desk.sign_in(LI)

    assert await browser.ask("GET", link) == (401, "ticket_used")
    assert await browser.reads() == SEEN


async def test_a_session_that_is_over_keeps_nobody_from_signing_in(desk: Desk) -> None:
    browser = await desk.sign_in()
    await browser.ask("DELETE", "/v1/session")

    assert await (await desk.sign_in(WANG, browser.cookie)).reads() == SEEN


async def test_who_signs_out_everywhere_is_out_everywhere_and_nobody_else_is(desk: Desk) -> None:
    here, there, other = await desk.sign_in(), await desk.sign_in(), await desk.sign_in(LI)

    assert await here.ask("DELETE", "/v1/session?everywhere=true") == DONE
    later = await desk.sign_in()

    assert [await one.reads() for one in (here, there)] == [OVER, OVER]
    assert [await one.reads() for one in (other, later)] == [SEEN, SEEN]


async def test_operations_end_all_sessions_of_an_account_as_often_as_needed(desk: Desk) -> None:
    ops, path = Bearer(Role.OPS), f"/v1/sessions/{WANG.subject}"
    for _ in range(3):
        mine, other = await desk.sign_in(), await desk.sign_in(LI)
        assert [await one.reads() for one in (mine, other)] == [SEEN, SEEN]
        assert await desk.ask("DELETE", path, ops) == DONE
        assert [await one.reads() for one in (mine, other)] == [OVER, SEEN]
        assert await mine.stays() == OVER


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPS])
async def test_nobody_but_operations_ends_the_sessions_of_others(desk: Desk, role: Role) -> None:
    browser = await desk.sign_in()
    refused = await desk.ask("DELETE", f"/v1/sessions/{WANG.subject}", Bearer(role, name="赵"))

    assert refused == (403, "not_permitted")
    assert await browser.reads() == SEEN


async def test_operations_of_another_organisation_end_nobodys(desk: Desk) -> None:
    ops = Bearer(Role.OPS, STREET)
    refused = await desk.ask("DELETE", f"/v1/sessions/{WANG.subject}", ops)

    assert refused == (403, "organisation_is_another")


async def test_an_account_may_be_called_by_an_address(desk: Desk) -> None:
    path = "/v1/sessions/https%3A%2F%2Fid.example.gov.cn%2F17%20a"

    assert await desk.ask("DELETE", path, Bearer(Role.OPS)) == DONE


@pytest.mark.parametrize("jump", [timedelta(hours=3), -timedelta(hours=3), -timedelta(days=30)])
async def test_where_our_clock_was_wrong_a_session_ends_rather_than_lasts(
    desk: Desk, jump: timedelta
) -> None:
    browser = await desk.sign_in()
    assert await browser.reads() == SEEN
    desk.clock.set_by = jump

    status, code = await browser.reads()

    assert (status, code) in {(401, "token_expired"), (401, "token_invalid")}
    assert await (await desk.sign_in()).reads() == SEEN


async def test_an_account_is_signed_out_although_our_clock_went_back_meanwhile(desk: Desk) -> None:
    before = await desk.sign_in()
    desk.clock.set_by = -timedelta(seconds=50)
    await desk.ask("DELETE", f"/v1/sessions/{WANG.subject}", Bearer(Role.OPS))
    after = await desk.sign_in()

    assert (await before.reads(), await after.reads()) == (OVER, SEEN)


async def test_a_cookie_is_told_how_long_it_lasts_and_no_day_that_a_wrong_clock_could_pass(
    desk: Desk,
) -> None:
    browser = await desk.sign_in()

    assert "max-age=28800" in browser.head.lower()
    assert "expires" not in browser.head.lower()


@pytest.mark.parametrize("minutes", [0, 4, 481])
def test_an_idle_time_that_nobody_could_keep_is_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="session_idle_minutes"):
        AuthSettings(jwks="jwks.json", session_idle_minutes=minutes)
