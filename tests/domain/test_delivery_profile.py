"""The profile of deliveries, and who is told of what by it."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.metrics.domain.deliveries.addresses import Allowed
from services.metrics.domain.deliveries.notification import CardTold
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


@pytest.mark.parametrize(
    ("happened", "old"), [("2024-08-29", False), ("2024-08-27", True), ("2024-09-02", False)]
)
def test_what_lies_more_working_days_back_than_the_profile_says_is_old(
    happened: str, *, old: bool
) -> None:
    assert routing().old(datetime.fromisoformat(f"{happened}T12:00:00+08:00"), NIGHT) is old
