"""The life of a card over HTTP: acknowledged, sent up, withdrawn by two, and ordered about."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.metrics.handlers.comparison import reckon
from shared.web.auth import Role
from shared.web.issuer import Bearer
from tests.support.late_cases import ANNA, BERT, CARL, OF_MARKET, Bureau, bureau_over
from tests.support.organisations import BUREAU, MARKET, STREET


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    async with bureau_over(tmp_path) as made:
        yield made


async def test_who_has_seen_a_card_leaves_a_note_and_the_first_word_counts(bureau: Bureau) -> None:
    first = await bureau.act("acknowledge", {"note": "已联系承办人"})
    again = await bureau.act("acknowledge", {"note": "又一次"}, name=BERT)
    shown = await bureau.shown()

    assert first == again
    assert (first[0], first[1]["state"]) == (200, "ACKNOWLEDGED")
    seen = [one for one in shown["history"] if one["act"] == "acknowledged"]
    assert [one["words"] for one in seen] == ["已联系承办人"]
    assert (shown["history"][0]["act"], shown["org_code"]) == ("raised", MARKET)


async def test_those_responsible_acknowledge_their_own_cards_alone(bureau: Bureau) -> None:
    foreign = await bureau.act("acknowledge", role=Role.HANDLER, org=STREET)
    up = await bureau.act("escalate", role=Role.HANDLER, org=MARKET)
    own = await bureau.act("acknowledge", role=Role.HANDLER, org=MARKET)

    assert (foreign, up) == ((404, "alert_unknown"), (403, "not_permitted"))
    assert own[0] == 200


@pytest.mark.parametrize(
    "said",
    [{"note": "本人身份证 11010519491231002X"}, {"note": "回电 13812345678"}],
)
async def test_no_personal_data_is_said_to_a_card(bureau: Bureau, said: object) -> None:
    assert await bureau.act("acknowledge", said) == (422, "personal_data")
    assert (await bureau.shown())["state"] == "RAISED"


async def test_a_note_is_bounded(bureau: Bureau) -> None:
    assert await bureau.act("acknowledge", {"note": "长" * 501}) == (422, "invalid_request")


async def test_a_card_that_nobody_answers_is_sent_up_level_by_level(bureau: Bureau) -> None:
    first = await bureau.act("escalate", {"note": "三日未办"})
    named = await bureau.act("escalate", {"to_level": 1})
    second = await bureau.act("escalate")
    top = await bureau.act("escalate", {"to_level": 3})
    over = await bureau.act("escalate")
    await bureau.act("acknowledge")
    late = await bureau.act("escalate")

    assert [one[1]["escalated"] for one in (first, named, second, top)] == [1, 1, 2, 3]
    assert over == (409, "ladder_ends")
    assert late == (409, "alert_acknowledged_already")
    shown = await bureau.shown()
    assert (shown["state"], shown["escalated"]) == ("ACKNOWLEDGED", 3)
    assert [one["to_level"] for one in shown["history"]] == [None, 1, 2, 3, None]


async def test_a_card_is_withdrawn_by_two_and_does_not_come_back(bureau: Bureau) -> None:
    proposed = await bureau.act("revoke", {"reason": "系统补录"})
    again = await bureau.act("revoke", {"reason": "系统补录"})
    waiting = await bureau.shown()
    alone = await bureau.act("revoke")
    agreed = await bureau.act("revoke", name=BERT)
    gone = await bureau.act("revoke", name=BERT)
    for days in (0, 30):
        bureau.store.clock.advance(timedelta(days=days))
        await bureau.store.tick()

    assert proposed == again
    assert (proposed[1]["state"], proposed[1]["proposed"]) == ("RAISED", True)
    assert waiting["proposal"]["reason"] == "系统补录"
    assert alone == (403, "same_person")
    assert (agreed[1]["state"], agreed[1]["proposed"]) == ("REVOKED", False)
    assert gone == (409, "alert_not_standing")
    shown = await bureau.shown()
    assert (shown["by_hand"], shown["reason"], shown["proposal"]) == (True, "系统补录", None)
    _, standing = await bureau.ask("GET", f"/v1/alerts?level=RED&case_no={OF_MARKET}")
    assert bureau.card not in {one["alert_id"] for one in standing["items"]}
    assert {one["sla_id"] for one in standing["items"]}.isdisjoint({shown["sla_id"]})


async def test_one_person_is_one_in_whichever_role(bureau: Bureau) -> None:
    await bureau.act("revoke", {"reason": "误报"}, name=ANNA)

    again = await bureau.act("revoke", {"reason": "误报"}, name=ANNA, role=Role.DIRECTOR)

    assert again[1]["proposed"]
    assert await bureau.act("revoke", name=ANNA, role=Role.DIRECTOR) == (403, "same_person")
    assert (await bureau.shown())["state"] == "RAISED"


async def test_who_is_named_is_asked_and_nobody_else_agrees(bureau: Bureau) -> None:
    self_named = await bureau.act("revoke", {"reason": "误报", "approved_by": own(ANNA)})
    bert = own(BERT)
    await bureau.act("revoke", {"reason": "误报", "approved_by": bert})

    assert self_named == (403, "same_person")
    assert await bureau.act("revoke", name=CARL) == (403, "approver_is_another")
    assert await bureau.act("revoke", {"reason": "别的"}, name=CARL) == (
        409,
        "revocation_proposed_already",
    )
    assert (await bureau.act("revoke", {"reason": "误报"}, name=BERT))[1]["state"] == "REVOKED"


def own(name: str) -> str:
    """Return the account of *name*."""
    return Bearer(Role.SUPERVISOR, BUREAU, name).subject


async def test_the_first_person_owes_a_reason(bureau: Bureau) -> None:
    assert await bureau.act("revoke") == (409, "revocation_not_proposed")
    assert await bureau.act("revoke", {"reason": ""}) == (422, "invalid_request")
    assert await bureau.act("revoke", {"reason": "x"}, role=Role.AUDITOR) == (
        403,
        "not_permitted",
    )


async def test_an_order_goes_to_who_answers_for_the_card_and_comes_back(bureau: Bureau) -> None:
    body = {"alert_id": bureau.card, "content": "请今日内说明原因并办结。"}
    first = await bureau.order(body)
    again = await bureau.order(body)
    other = await bureau.order({**body, "content": "别的"})
    order_id = first[1]["subject"]
    path = f"/v1/orders/{order_id}"
    await bureau.fold_what_was_said()
    _, issued = await bureau.ask("GET", path)

    assert first == again
    assert first[0] == 201
    assert other == (422, "idempotency_key_reused")
    assert (issued["org_code"], issued["state"], issued["overdue"]) == (MARKET, "ISSUED", False)
    assert (issued["alert_id"], issued["case_no"]) == (bureau.card, OF_MARKET)
    assert issued["due"] is not None
    assert [one["order_id"] for one in (await bureau.shown())["orders"]] == [order_id]

    reply = {"reply": "已办结。"}
    answering: dict[str, Any] = {"role": Role.HANDLER, "key": "answer-key-1", "name": CARL}
    issuer = await bureau.ask(
        "POST", f"{path}/answer", reply, org=MARKET, role=Role.HANDLER, key="k" * 8
    )
    foreign = await bureau.ask("POST", f"{path}/answer", reply, org=STREET, **answering)
    above = await bureau.ask("POST", f"{path}/answer", reply, org=BUREAU, **answering)
    right = await bureau.ask("POST", f"{path}/answer", reply, org=MARKET, **answering)
    twice = await bureau.ask(
        "POST", f"{path}/answer", reply, org=MARKET, **answering | {"key": "answer-key-2"}
    )

    assert foreign == above == (403, "organisation_is_another")
    assert issuer == (403, "same_person")
    assert right[0] == 201
    assert twice == (409, "order_answered_already")
    _, answered = await bureau.ask("GET", path, org=MARKET)
    assert (answered["state"], answered["reply"], answered["overdue"]) == (
        "ANSWERED",
        "已办结。",
        False,
    )


async def test_orders_are_read_by_those_they_were_sent_to(bureau: Bureau) -> None:
    _, made = await bureau.order({"alert_id": bureau.card, "content": "请说明。"})
    path = f"/v1/orders/{made['subject']}"
    listed = {
        org: [
            one["order_id"] for one in (await bureau.ask("GET", "/v1/orders", org=org))[1]["items"]
        ]
        for org in (BUREAU, MARKET, STREET)
    }

    assert listed == {BUREAU: [made["subject"]], MARKET: [made["subject"]], STREET: []}
    assert await bureau.ask("GET", path, org=STREET) == (404, "order_unknown")
    assert (await bureau.ask("GET", "/v1/orders?state=ANSWERED"))[1]["items"] == []


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, str]]] = {
    "about no card": ({"alert_id": "none"}, {}, (422, "order_alert_unknown")),
    "about nothing and for nobody": ({}, {}, (422, "order_addressee_missing")),
    "for an organisation that is not there": (
        {"to_org": {"org_code": "91610102MA6TXXXX0Q", "org_name": "甲"}},
        {},
        (422, "invalid_request"),
    ),
    "for who is beside": (
        {"to_org": {"org_code": MARKET, "org_name": "市场监管"}},
        {"org": STREET},
        (403, "organisation_is_another"),
    ),
    "by who may not": ({}, {"role": Role.HANDLER}, (403, "not_permitted")),
    "with a telephone number": (
        {"to_org": {"org_code": MARKET, "org_name": "市场监管"}, "content": "联系13812345678"},
        {},
        (422, "personal_data"),
    ),
}


@pytest.mark.parametrize("how", REFUSED)
async def test_an_order_that_cannot_be_given_is_refused(bureau: Bureau, how: str) -> None:
    body, who, refusal = REFUSED[how]

    assert await bureau.order({"content": "请说明。", **body}, **who) == refusal


async def test_an_order_without_a_card_names_its_organisation(bureau: Bureau) -> None:
    to_org = {"org_code": MARKET, "org_name": "西安市新城区市场监督管理局"}
    status, made = await bureau.order({"content": "请报送整改情况。", "to_org": to_org})

    assert status == 201
    _, issued = await bureau.ask("GET", f"/v1/orders/{made['subject']}")
    assert (issued["alert_id"], issued["case_no"], issued["org_code"]) == (None, None, MARKET)


async def nobody_acts(bureau: Bureau, hours: int) -> None:
    """Let time pass, and worker and ticker look every hour."""
    for _ in range(hours):
        bureau.store.clock.advance(timedelta(hours=1))
        await bureau.fold_what_was_said()
        await bureau.store.tick()


async def test_a_card_that_nobody_answers_goes_up_by_itself(bureau: Bureau) -> None:
    await nobody_acts(bureau, 24 * 14)
    shown = await bureau.shown()

    climbed = [one for one in shown["history"] if one["act"] == "escalated"]
    assert [(one["to_level"], one["by"]) for one in climbed] == [
        (level, "supervision") for level in (1, 2, 3)
    ]
    assert len({one["at"][:10] for one in climbed}) == 3
    assert (shown["state"], shown["escalated"]) == ("ESCALATED", 3)
    assert await differences(bureau) == []


async def test_a_card_that_is_seen_in_time_stays_where_it_is(bureau: Bureau) -> None:
    await bureau.act("acknowledge")
    await nobody_acts(bureau, 24 * 7)

    assert (await bureau.shown())["escalated"] == 0
    assert await differences(bureau) == []


async def test_who_is_slow_to_hear_of_a_word_does_not_send_up_what_was_seen(
    bureau: Bureau,
) -> None:
    await bureau.fold_what_was_said()
    await bureau.act("acknowledge")
    bureau.store.clock.advance(timedelta(days=7))
    await bureau.store.tick()

    assert (await bureau.shown())["escalated"] == 0


async def test_an_order_that_nobody_answers_has_a_card_of_its_own(bureau: Bureau) -> None:
    _, made = await bureau.order({"alert_id": bureau.card, "content": "请说明。"})
    await nobody_acts(bureau, 24 * 10)
    _, order = await bureau.ask("GET", f"/v1/orders/{made['subject']}")
    _, cards = await bureau.ask("GET", f"/v1/alerts?case_no={made['subject']}&level=RED")

    assert order["overdue"]
    assert [one["sla_id"] for one in cards["items"]] == ["SLA-40"]
    assert cards["items"][0]["org_code"] == MARKET
    assert await differences(bureau) == []


async def differences(bureau: Bureau) -> list[Any]:
    """Return where the projection says otherwise than the facts, once all is folded."""
    await bureau.fold_what_was_said()
    await bureau.store.tick()
    async with bureau.store.records() as records, records.snapshot() as snapshot:
        rules = await snapshot.rules()
        return [
            one.document()
            async for kept in snapshot.subjects(None)
            for one in reckon(kept, rules, snapshot.now).differences
        ]
