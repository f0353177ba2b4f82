"""The rows of the limits: each is what the published courses and the subjects say it may be."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from services.metrics.domain.clocks.run import Run
from services.metrics.domain.entry import Entry
from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import every_clock
from services.metrics.domain.subjects.alert import Card
from services.metrics.domain.subjects.register import KINDS
from services.metrics.domain.subjects.subject import Subject
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import CASE as OF_CASES
from shared.contracts.handling.course import UNDER_WAY
from shared.contracts.registry import FACTS
from shared.policy.guide import Guide
from shared.policy.limits import Limit, Moment, StopMoment
from shared.policy.lookup import FieldOf
from shared.policy.rules import shipped
from shared.policy.sla import Policy, bureau_policy
from tests.support.examples import ACCEPTED as ACCEPTED_EXAMPLE
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import ACCEPTED, CASE, RECEIVED, entry

POLICY = bureau_policy()
LIMITS = POLICY.limits
OWN: tuple[type[Subject], ...] = (*KINDS, Card)
KIND = {kind.COURSE.subject: kind for kind in OWN}
MEETS: Mapping[str | None, Mapping[str, object]] = {
    None: {},
    "complete": {"complete": True},
    "reached": {"reached": True},
    "complex": {"finding": "LEDGER"},
    "let_in": {"result": "ADMITTED"},
    "sent_back": {"result": "RETURNED"},
    "spoken": {"outcome": "APPROVE"},
    "put_off": {"outcome": "DEFER"},
    "given_back": {"outcome": "RETURN_TO_SECTION"},
    "ordinary": {"kind": "HELP"},
    "urgent": {"kind": "EMERGENCY"},
    "question": {"kind": "CONSULT"},
    "plea": {"kind": "HELP"},
    "grievance": {"kind": "REPORT"},
    "simple": {"cause": "STAFF"},
    "involved": {"cause": "POLICY"},
    "forwarded_up": {"forward_up": True},
    "immediate": {"case": {**ACCEPTED_EXAMPLE["data"]["case"], "case_type": "IMMEDIATE"}},
    "hearing": {"reason": "HEARING"},
    "approved": {"decision": "APPROVED"},
    "acknowledged": {"acknowledged": True},
    "dated": {"deadline": "2024-10-18"},
    "undated": {"deadline": None},
    "faulty": {"result": "FAIL"},
    "repeated": {"round": 2},
    "silent_refusal": {"decision": "DENIED", "reasons": None},
    "outside_the_rule": {"on_list": False, "grade": "L2"},
    "unproven": {"evidence": []},
    "tolerated": {"mode": "TOLERANCE"},
    "on_a_promise": {"mode": "COMMITMENT"},
    "at_home": {"mode": "HOME_VISIT"},
    "key_project": {"kind": "KEY_PROJECT"},
    "breach": {"level": "RED"},
    "warning": {"level": "YELLOW"},
    "short_notice": {"notified_date": "2024-09-05", "hearing_date": "2024-09-11"},
    "in_time": {"notified_date": "2024-09-05", "hearing_date": "2024-09-12"},
    "called_complex": {"complex": True},
}
"""What a golden example has to say so that it meets a guard."""
NAMED_BY = {course.named_by: "ONE" for course in COURSES} | {"case_no": CASE}
IN_VAIN = {"reached": False}
"""What it says where it has to come several times."""


RUNNING: Mapping[str, Mapping[str, object]] = {
    "casetrack.xregion.result.returned.v1": {"handed_over_date": None},
    "casetrack.policy.item.published.v1": {"guide_ready": False},
}
"""What a start has to say that would tell of the end as well."""


NOBODY_RECEIVES: Mapping[str, object] = {
    "guides": {RECEIVED.data.case.item_code: Guide(stationed=True)},
    "bureau": POLICY.bureau.model_copy(update={"receiving": ("urn:nobody:",)}),
}
"""What makes of every receipt one that hall and platform know nothing of."""


def told(moment: Moment, hours: float) -> Entry:
    """Return the golden example of *moment*, about one subject of our case."""
    kind: type[Fact] = FACTS[moment.fact]
    about = {name: value for name, value in NAMED_BY.items() if name in kind.model_fields}
    begins = {} if isinstance(moment, StopMoment) else RUNNING.get(moment.fact, {})
    in_vain = IN_VAIN if isinstance(moment, StopMoment) and moment.times > 1 else {}
    return entry(like_the_example(kind, **about, **MEETS[moment.when], **in_vain, **begins), hours)


def before(limit: Limit) -> list[Entry]:
    """Return what has to be known so that *limit* can run."""
    named = isinstance(limit.limit, FieldOf)
    if limit.id == "SLA-02":
        return [RECEIVED, told(POLICY.by_id["SLA-03"].starts[0], 10)]
    earlier = [one.after for one in limit.starts if one.after is not None]
    if earlier:
        return [told(Moment(fact=one.fact, when=one.when), 10) for one in earlier]
    counted = [one.since[0] for one in limit.starts if one.since]
    if counted:
        return [told(Moment(fact=fact), 10) for fact in counted]
    under_way = {FACTS[one.fact] for one in limit.starts} <= {*OF_CASES.within(UNDER_WAY)}
    if named or under_way:
        return [RECEIVED, ACCEPTED]
    return [RECEIVED] if limit.subject == "case" else []


def of(limit: Limit, facts: list[Entry]) -> list[Run]:
    heard = limit.model_copy(update={"recipients": {"RED": ("ANYBODY",)}})
    parts = {name: getattr(POLICY, name) for name in Policy.model_fields}
    if limit.outside:
        parts |= NOBODY_RECEIVES
    policy = Policy.model_construct(**parts | {"limits": (heard,)})
    rules = replace(shipped(), policies=((date.min, policy),))
    return [clock.run for clock in every_clock(fold_all(CASE, facts), rules)]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
def test_every_start_of_a_limit_sets_it_running(limit: Limit) -> None:
    for start in limit.starts:
        found = of(limit, [*before(limit), told(start, 30)])

        assert [(run.sla.id, run.ending) for run in found if run.ending is None] == [
            (limit.id, None)
        ]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
def test_every_stop_of_a_limit_ends_it(limit: Limit) -> None:
    for stop in limit.stops:
        tries = [told(stop, 50 + number) for number in range(stop.times)]
        running = of(limit, [*before(limit), told(limit.starts[0], 30), *tries[:-1]])
        found = of(limit, [*before(limit), told(limit.starts[0], 30), *tries])

        assert [run.ending for run in running] == [None]
        assert found[0].ending is not None, stop.fact
        assert found[0].ending.ended_by == tries[-1].id


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
def test_the_sentence_of_a_limit_can_be_said_in_both_languages(limit: Limit) -> None:
    for language in ("zh-CN", "en"):
        assert "9" in limit.begins[language].format(on="9")
        assert limit.name[language]
        assert limit.ground[language]


ROW = POLICY.by_id["SLA-01"].model_dump(mode="json", exclude_none=True)
NAMED = POLICY.by_id["SLA-04"].model_dump(mode="json", exclude_none=True)
UNTIL = POLICY.by_id["SLA-15"].model_dump(mode="json", exclude_none=True)
STANDSTILLS = POLICY.by_id["SLA-19"].model_dump(mode="json", exclude_none=True)["standstills"]
BAD_ROWS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "of less than a day": (ROW, {"limit": -1}, "SLA-01: -1 is not from 0 to 1095"),
    "of no hour": (ROW, {"limit": 0, "unit": "HH"}, "SLA-01: 0 is not from 1 to 1095"),
    "of ten thousand days": (ROW, {"limit": 10_000}, "SLA-01: 10000 is not from 0 to 1095"),
    "until a day at the latest, of what a hold may stop": (
        ROW,
        {"held": True, "latest": {"stated": "received_date"}},
        "SLA-01: WD does not fit",
    ),
    "near longer than it is": (ROW, {"yellow": {"by": "days", "days": 5}}, "near with 5 left"),
    "on a fact that nobody publishes": (
        ROW,
        {"starts": [{"fact": "casetrack.intake.application.dreamt.v1"}]},
        "SLA-01, starts.0.fact: no casetrack.intake.application.dreamt.v1 there",
    ),
    "on a fact of another subject": (
        ROW,
        {"stops": [{"fact": "casetrack.inspection.visit.started.v1"}]},
        "SLA-01, stops.0.fact: no casetrack.inspection.visit.started.v1 there",
    ),
    "of a subject that nobody knows": (
        ROW,
        {"subject": "dream"},
        "SLA-01, subject: no dream there",
    ),
    "on a guard that the course has not": (
        ROW,
        {"stops": [{"fact": "casetrack.intake.correction.received.v1", "when": "dreamt"}]},
        "SLA-01, stops.0.when: no dreamt there",
    ),
    "that nothing stops": (ROW | {"ending": None}, {"stops": []}, "nothing stops it"),
    "until a day that is a number": (ROW, {"unit": "AT"}, "SLA-01: AT does not fit"),
    "in the colour of a prompt": (ROW, {"late": "PROMPT"}, "PROMPT is no colour of a row"),
    "until a day that a hold may stop": (UNTIL, {"held": True}, "a named day cannot have held"),
    "until a day that waits for others": (
        UNTIL,
        {"standstills": STANDSTILLS},
        "a named day cannot have standstills",
    ),
    "until a day and more": (
        UNTIL,
        {"extensions": NAMED["extensions"]},
        "a named day cannot have extensions",
    ),
    "until two days": (
        UNTIL,
        {"latest": {"stated": "deadline"}},
        "a named day cannot have latest",
    ),
    "until a day that is near after some hours": (
        UNTIL,
        {"yellow": {"by": "after", "hours": 2}},
        "a named day cannot have yellow.by",
    ),
    "of hours that are near by days": (ROW, {"unit": "HH"}, "SLA-01: HH does not fit"),
    "of days that are near after some hours": (
        ROW,
        {"yellow": {"by": "after", "hours": 2}},
        "SLA-01: WD does not fit",
    ),
    "of hours that are near after some": (
        ROW,
        {"unit": "HH", "yellow": {"by": "after", "hours": 2}},
        "SLA-01: HH does not fit",
    ),
    "until the hall closes that is near by days": (
        ROW,
        {"unit": "DH"},
        "SLA-01: DH does not fit",
    ),
    "broken at once that takes its time": (
        ROW,
        {"unit": "AO", "yellow": None, "recipients": {}},
        "SLA-01: AO does not fit",
    ),
    "near for somebody at no time": (ROW, {"yellow": None}, "nothing says when"),
    "with the least above the most": (
        NAMED,
        {"yellow": NAMED["yellow"] | {"days_min": 6}},
        "days_min is more than days_max",
    ),
    "in a blank that nobody fills": (
        ROW,
        {"begins": {"zh-CN": "{at}", "en": ""}},
        "SLA-01, begins.zh-CN: no {at} there",
    ),
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_row_that_no_clock_can_follow_is_refused(fault: str) -> None:
    row, changes, why = BAD_ROWS[fault]

    with pytest.raises(ValidationError) as refused:
        Limit.model_validate(row | changes)

    assert why in str(refused.value)


BAD_POLICIES: dict[str, tuple[dict[str, Any], str]] = {
    "two rows of one id": ({"limits": POLICY.limits + POLICY.limits[:1]}, "two rows of SLA-01"),
    "a reason for a pause twice": (
        {"pauses": POLICY.pauses + POLICY.pauses[:1]},
        "exactly one row",
    ),
    "more hours left than there are": (
        {
            "limits": tuple(
                one.model_copy(update={"yellow": one.yellow.model_copy(update={"hours": 7})})
                if one.id == "SLA-19" and one.yellow
                else one
                for one in POLICY.limits
            )
        },
        "SLA-19: near with 7 left, of a limit of 7",
    ),
}


@pytest.mark.parametrize("fault", BAD_POLICIES)
def test_a_policy_whose_parts_do_not_fit_is_refused(fault: str) -> None:
    changes, why = BAD_POLICIES[fault]

    with pytest.raises(ValidationError) as refused:
        Policy.model_validate(POLICY.model_dump() | changes)

    assert why in str(refused.value)


def test_a_hall_that_closes_before_it_opens_is_refused() -> None:
    bureau = POLICY.bureau.model_dump(mode="json")

    with pytest.raises(ValidationError, match="not in order"):
        type(POLICY.bureau).model_validate_json(
            str(bureau | {"hall": [["12:00", "09:00"]]}).replace("'", '"')
        )


def test_a_row_without_a_number_of_its_own_has_none() -> None:
    with pytest.raises(AssertionError, match="SLA-04"):
        _ = POLICY.by_id["SLA-04"].number
