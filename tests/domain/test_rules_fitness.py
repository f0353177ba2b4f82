"""A row of a policy that no subject or no clock can follow is refused when it is published."""

from typing import Any

import pytest

from services.metrics.app.rules import first_rules
from services.metrics.domain.rules.commands import PublishPolicy
from services.metrics.domain.rules.refusals import LimitUnfit, PolicyUnfit
from shared.policy.rules import shipped
from shared.policy.sla import bureau_policy
from tests.support.rules_book import AT, BOOK, NEW_YEAR


def amended(row: str, **changes: object) -> PublishPolicy:
    """Return the shipped policy with *changes* of one row, without those that are None."""
    document = bureau_policy().model_dump(mode="json")
    document["limits"] = [
        {name: value for name, value in (one | changes).items() if value is not None}
        if one["id"] == row
        else one
        for one in document["limits"]
    ]
    return PublishPolicy(at=AT, effective_from=NEW_YEAR, document=document, approved_by="st-0601")


STEP = {"fact": "casetrack.handling.step.started.v1"}
ORDER = {"fact": "casetrack.intake.application.received.v1", "day": "ordered_on"}
APPEAL = bureau_policy().by_id["SLA-19"].model_dump(mode="json")["standstills"][0]
UNFIT: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "a day that no case keeps": (
        "SLA-01",
        {"starts": [ORDER]},
        "limit_name_unknown",
        "starts.0.day",
    ),
    "a day that is none": (
        "SLA-01",
        {"starts": [ORDER | {"day": "received_at"}]},
        "limit_field_unfit",
        "starts.0.day",
    ),
    "a fact that no subject remembers": (
        "SLA-01",
        {"stops": [STEP]},
        "limit_fact_silent",
        "stops.0.fact",
    ),
    "a limit that no case keeps": (
        "SLA-04",
        {"limit": {"field": "terms.promised_limit"}},
        "limit_name_unknown",
        "limit.field",
    ),
    "a step that is named by nobody beside which others run": (
        "SLA-09",
        {"beside": False},
        "limit_fact_silent",
        "starts.0.fact",
    ),
    "what runs beside nothing": (
        "SLA-01",
        {"beside": True},
        "limit_fact_silent",
        "starts.0.fact",
    ),
    "a day that no order states": (
        "SLA-15",
        {"limit": {"stated": "last_day"}},
        "limit_name_unknown",
        "limit.stated",
    ),
    "a length that a fact does not state": (
        "SLA-16",
        {"limit": {"stated": "deadline"}},
        "limit_name_unknown",
        "limit.stated",
    ),
    "a day that is stated where days are counted": (
        "SLA-15",
        {"unit": "WD", "yellow": None, "recipients": {}},
        "limit_field_unfit",
        "limit.stated",
    ),
    "a limit in a value that has no parts": (
        "SLA-04",
        {"limit": {"field": "returns.of"}},
        "limit_name_unknown",
        "limit.field",
    ),
    "a day where a number is needed": (
        "SLA-04",
        {"limit": {"field": "terms.effective_on"}},
        "limit_field_unfit",
        "limit.field",
    ),
    "a number where a day is needed": (
        "SLA-04",
        {"unit": "AT", "held": False, "extensions": None},
        "limit_field_unfit",
        "limit.field",
    ),
    "a word that is no unit": (
        "SLA-04",
        {"unit": {"field": "item_code"}},
        "limit_field_unfit",
        "unit.field",
    ),
    "a latest day that nobody keeps": (
        "SLA-25d",
        {"latest": {"stated": "wanted"}},
        "limit_name_unknown",
        "latest.stated",
    ),
    "an end that is none": ("SLA-13a", {"ending": "case.terms"}, "limit_field_unfit", "ending"),
    "extensions that nobody keeps": (
        "SLA-20",
        {"extensions": {"field": "prolonged", "times_max": 1}},
        "limit_name_unknown",
        "extensions.field",
    ),
    "a link to no other subject": (
        "SLA-19",
        {"standstills": [APPEAL | {"link": "rating"}]},
        "limit_name_unknown",
        "standstills.0.link",
    ),
    "a subject that no dossier has": (
        "SLA-22",
        {
            "subject": "alert",
            "starts": [{"fact": "casetrack.supervision.alert.raised.v1"}],
            "stops": [{"fact": "casetrack.supervision.alert.resolved.v1"}],
        },
        "limit_name_unknown",
        "subject",
    ),
    "a fact that nobody publishes": (
        "SLA-01",
        {"stops": [{"fact": "casetrack.intake.application.dreamt.v1"}]},
        "limit_name_unknown",
        "stops.0.fact",
    ),
}


@pytest.mark.parametrize("fault", UNFIT)
def test_a_row_that_looks_for_what_is_not_there_is_refused_by_its_place(fault: str) -> None:
    row, changes, code, place = UNFIT[fault]

    with pytest.raises(LimitUnfit) as refused:
        BOOK.published(amended(row, **changes))

    assert (refused.value.code, refused.value.values["row"]) == (code, row)
    assert refused.value.values["place"] == place


@pytest.mark.parametrize(
    ("row", "changes", "code"),
    [
        ("SLA-13a", {"limit": -1}, "limit_out_of_range"),
        ("SLA-13a", {"limit": 10_000}, "limit_out_of_range"),
        ("SLA-13a", {"unit": "HH"}, "limit_unit_unfit"),
        ("SLA-13a", {"late": "PROMPT"}, "limit_colour_unfit"),
        ("SLA-13a", {"recipients": {"PROMPT": ["INSPECTOR"]}}, "limit_colour_unfit"),
        ("SLA-15", {"held": True}, "limit_day_moved"),
        ("SLA-13a", {"stops": [], "ending": None}, "limit_never_ends"),
        ("SLA-13a", {"yellow": None}, "limit_never_near"),
        ("SLA-22", {"limit": 1}, "limit_near_too_soon"),
        ("SLA-20", {"unit": "ND"}, "limit_indispensable"),
        ("SLA-01", {"id": "SLA-99"}, "limit_indispensable"),
    ],
)
def test_a_row_that_no_clock_could_follow_is_refused(
    row: str, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(LimitUnfit) as refused:
        BOOK.published(amended(row, **changes))

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("changes", "place"), [({"severity": 3}, "SLA-22.severity"), ({"id": 22}, "22.id")]
)
def test_a_row_that_is_none_is_refused_with_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(PolicyUnfit) as refused:
        BOOK.published(amended("SLA-22", **changes))

    assert refused.value.values["place"] == place


def test_a_row_without_any_name_is_refused_by_its_number() -> None:
    document = bureau_policy().model_dump(mode="json") | {"limits": ["SLA-01"]}
    command = PublishPolicy(
        at=AT, effective_from=NEW_YEAR, document=document, approved_by="st-0601"
    )

    with pytest.raises(PolicyUnfit) as refused:
        BOOK.published(command)

    assert refused.value.values["place"] == "0"


def test_what_is_shipped_can_be_followed() -> None:
    assert first_rules() == shipped()
