"""The profile of deliveries, and who is told of what by it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from pydantic import ValidationError

from services.metrics.domain.deliveries.addresses import Allowed
from services.metrics.domain.deliveries.notification import CardTold, OrderTold
from services.metrics.domain.deliveries.profile import DeliveryProfile, variable_of_channel
from services.metrics.domain.deliveries.routing import Routing
from shared.contracts.supervision.words import AlertLevel
from shared.policy.organisations import organisations
from shared.policy.rules import shipped

NIGHT = datetime(2024, 9, 1, 18, 0, tzinfo=UTC)
NINE = datetime(2024, 9, 2, 1, 0, tzinfo=UTC)
ROBOT = {"kind": "wecom", "url": "https://qyapi.weixin.qq.com"}
MAIL = {
    "kind": "mail",
    "host": "smtp.example.gov.cn",
    "user": "casetrack",
    "sender": "casetrack@example.gov.cn",
    "to": ["duty@example.gov.cn"],
}


def profile(**about: object) -> DeliveryProfile:
    return DeliveryProfile.model_validate_json(json.dumps(about))


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"routes": [{"channel": "hall"}]}, "channel_unknown"),
        ({"channels": {"a-b": ROBOT, "a_b": ROBOT}}, "string_pattern_mismatch"),
        ({"channels": {"Hall": ROBOT}}, "string_pattern_mismatch"),
        ({"channels": {"hall": {**ROBOT, "kind": "sms"}}}, "union_tag_invalid"),
        ({"channels": {"hall": {**ROBOT, "secret": "x"}}}, "extra_forbidden"),
        ({"channels": {"hall": {**MAIL, "sender": "a@b\nBcc: c@d"}}}, "string_pattern_mismatch"),
        (
            {
                "channels": {"hall": ROBOT},
                "routes": [
                    {"channel": "hall", "organisations": ["11610102MB1000010N"]},
                    {"channel": "hall", "organisations": ["11610102MB9999999X"]},
                ],
            },
            "organisation_unknown",
        ),
    ],
)
def test_a_profile_that_cannot_be_meant_is_refused(about: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        profile(**about)

    assert [one["type"] for one in refusal.value.errors()] == [code]


def test_channels_of_hosts_that_nobody_allowed_are_told_apart() -> None:
    made = profile(
        channels={
            "hall": ROBOT,
            "yard": {**ROBOT, "url": "https://10.0.0.1"},
            "post": MAIL,
            "other": {**MAIL, "host": "smtp.evil.test"},
        }
    )
    allowed = Allowed.of(["qyapi.weixin.qq.com", "smtp.example.gov.cn"], [])

    assert dict(made.unreachable(allowed)) == {
        "yard": "host_not_allowed",
        "other": "host_not_allowed",
    }


def test_a_channel_has_its_secrets_in_variables_of_its_own() -> None:
    assert variable_of_channel("duty-desk") == "METRICS_CHANNEL_DUTY_DESK"


def test_a_robot_is_asked_as_often_as_it_bears_or_as_we_say() -> None:
    made = profile(channels={"a": ROBOT, "b": {**ROBOT, "per_minute": 60}, "c": MAIL})

    assert [one.spacing_seconds for one in made.channels.values()] == [3.0, 1.0, 0.0]


def routing(*routes: dict[str, Any]) -> Routing:
    rules = shipped()
    return Routing(
        profile(channels={"hall": ROBOT, "yard": ROBOT}, routes=routes),
        rules.calendar,
        rules.policy_on(NIGHT.date()),
        organisations(),
    )


def test_a_channel_without_a_route_may_be_told_at_any_hour() -> None:
    assert routing().due_at("hall", NIGHT) == NIGHT


def test_a_channel_is_told_once_and_as_early_as_any_of_its_routes_has_it() -> None:
    card = CardTold(
        case_no="XC1",
        item_name="",
        sla="SLA-04",
        level=AlertLevel.RED,
        due=date(2024, 9, 1),
        overdue_days=1,
        org_code="11610102MB1000010N",
        org_name="",
        roles=("CLERK", "SUPERVISOR"),
    )
    made = routing(
        {"channel": "hall", "when": "working_hours"},
        {"channel": "hall", "roles": ["DIRECTOR"]},
        {"channel": "yard", "levels": ["YELLOW"]},
        {"channel": "yard", "slas": ["SLA-01", "RULE-01"]},
        {"channel": "yard", "organisations": ["11610102MB1000020P"]},
    )
    higher = routing({"channel": "yard", "organisations": [organisations().bureau]})
    (one,) = made.of("a-card", NIGHT, card, NIGHT)
    (other,) = higher.of("a-card", NIGHT, card, NIGHT)

    assert (one.channel, one.id, one.due_at) == ("hall", "a-card:RAISED", NINE)
    assert (other.channel, other.due_at) == ("yard", NIGHT)


LATE = CardTold(
    case_no="XC1",
    item_name="",
    sla="SLA-04",
    level=AlertLevel.RED,
    due=date(2024, 8, 30),
    overdue_days=1,
    org_code="11610102MB1000010N",
    org_name="",
    roles=("HANDLER",),
)
TUESDAY_NINE = datetime.fromisoformat("2024-09-03T09:00:00+08:00")
NOON = datetime.fromisoformat("2024-09-02T12:00:00+08:00")


def test_what_is_late_is_told_again_when_the_hall_opens_and_so_many_times() -> None:
    made = routing({"channel": "hall"}, {"channel": "yard", "levels": ["YELLOW"]})
    (told,) = made.of("a-card", NOON, LATE, NOON)
    again, number, found = told, 0, list[tuple[int, int, datetime | None]]()
    at = told.again_at
    while at is not None:
        again = made.again(replace(told, number=number), at)
        number, at = again.number, again.again_at
        assert isinstance(again.told, CardTold)
        found.append((number, again.told.overdue_days, at))

    assert told.again_at == TUESDAY_NINE
    assert found == [
        (1, 2, TUESDAY_NINE + timedelta(days=1)),
        (2, 3, TUESDAY_NINE + timedelta(days=2)),
        (3, 4, None),
    ]
    assert again.id == "a-card:REPEATED:3"


def test_what_is_only_near_is_told_once() -> None:
    near = msgspec.structs.replace(LATE, overdue_days=0)
    (told,) = routing({"channel": "hall"}).of("a-card", NOON, near, NOON)

    assert told.again_at is None


def test_a_card_that_went_up_is_told_to_whoever_stands_there() -> None:
    made = routing(
        {"channel": "hall", "roles": ["SECTION_HEAD"]}, {"channel": "yard", "roles": ["DIRECTOR"]}
    )
    found = [
        (one.channel, one.id) for n in (1, 2, 3) for one in made.climbed("c", NOON, LATE, n, NOON)
    ]

    assert found == [("hall", "c:ESCALATED:1"), ("yard", "c:ESCALATED:3")]


ORDER = OrderTold("DB1", "请说明。", "11610102MB1000010N", "")


@pytest.mark.parametrize(
    ("route", "hears"),
    [
        ({}, True),
        ({"roles": ["RESPONSIBLE_ORG"]}, True),
        ({"roles": ["DIRECTOR"]}, False),
        ({"levels": ["RED"]}, False),
        ({"slas": ["SLA-04"]}, False),
        ({"organisations": ["11610102MB1000010N"]}, True),
        ({"organisations": ["11610102MB1000020P"]}, False),
    ],
)
def test_an_order_is_told_to_routes_that_ask_for_no_cards(
    route: dict[str, Any], *, hears: bool
) -> None:
    told = [*routing({"channel": "hall", **route}).ordered(NOON, ORDER, NOON)]

    assert [one.id for one in told] == ["DB1:ORDERED"] * hears


@pytest.mark.parametrize(
    ("happened", "old"), [("2024-08-29", False), ("2024-08-27", True), ("2024-09-02", False)]
)
def test_what_lies_more_working_days_back_than_the_profile_says_is_old(
    happened: str, *, old: bool
) -> None:
    assert routing().old(datetime.fromisoformat(f"{happened}T12:00:00+08:00"), NIGHT) is old
