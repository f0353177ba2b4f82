"""How the rules may change, and what is refused."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from services.metrics.app.rules import first_rules
from services.metrics.domain.rules.commands import (
    AnyCommand,
    PublishCalendar,
    PublishPolicy,
    RegisterPublisher,
    RemovePublisher,
)
from services.metrics.domain.rules.decide import decide, notice_of
from services.metrics.domain.rules.refusals import (
    KeyPrivate,
    KeyUnfit,
    LimitUnfit,
    NoticeContradictory,
    NoticeOfAnotherYear,
    NoticePartial,
    NoticeUnreadable,
    PatternMatchesNothing,
    PolicyInThePast,
    PolicyUnfit,
    PublisherUnfit,
    PublisherUnregistered,
    RulesRejection,
    SourceReserved,
    SourceTooWide,
)
from shared.contracts.rejection import Blame
from shared.contracts.rules.facts import CalendarPublished, PolicyPublished, PublisherRegistered
from shared.policy.calendar import ZONE
from shared.policy.rules import RuleChange, Rules, evolve, shipped
from shared.policy.sla import bureau_policy
from tests.support.notices import notice

AT = datetime(2026, 11, 12, 15, tzinfo=ZONE)
TODAY = AT.date()
NEW_YEAR = date(2027, 1, 1)
WATER = {
    "publisher_id": "water-company",
    "name": "自来水公司",
    "sources": ("urn:xincheng:water-company:",),
    "types": ("casetrack.intake.*",),
}


def calendar(**parts: object) -> PublishCalendar:
    return PublishCalendar(at=AT, notice=notice_of(json.dumps(notice(**parts)).encode()))


def policy(since: date = NEW_YEAR, **bureau: object) -> PublishPolicy:
    document = bureau_policy().model_dump(mode="json")
    document["bureau"] |= bureau or {"cut_off": "17:29:59"}
    return PublishPolicy(at=AT, effective_from=since, document=document, approved_by="st-0601")


def register(**parts: object) -> RegisterPublisher:
    words: dict[str, Any] = {**WATER, **parts}
    return RegisterPublisher(at=AT, **words)


@dataclass(frozen=True)
class Book:
    """The rules, and what is published of them."""

    rules: Rules

    def after(self, *commands: AnyCommand) -> "Book":
        rules = self.rules
        for command in commands:
            for change in decide(rules, command):
                rules = evolve(rules, change)
        return Book(rules)

    def published(self, command: AnyCommand) -> list[RuleChange]:
        return decide(self.rules, command)


BOOK = Book(shipped())


def test_a_whole_notice_becomes_the_next_edition() -> None:
    (change,) = BOOK.published(calendar())

    assert isinstance(change, CalendarPublished)
    assert (change.edition, change.years, change.notice_no) == (1, (2027,), "urn:example:notice")
    assert (len(change.days_off), len(change.workdays)) == (30, 3)
    assert change.names is not None
    assert change.names[date(2027, 2, 14)] == "春节"


def test_a_notice_without_papers_and_names_is_as_good() -> None:
    days = [day | {"name": ""} for day in notice()["days"]]
    (change,) = BOOK.published(calendar(papers=[], days=days))

    assert isinstance(change, CalendarPublished)
    assert (change.notice_no, change.names) == (None, None)


def test_the_same_notice_again_says_nothing_new() -> None:
    assert BOOK.after(calendar()).published(calendar()) == []


def test_a_year_that_is_settled_differently_gets_another_edition() -> None:
    days = [*notice()["days"], {"name": "春节", "date": "2027-02-12", "isOffDay": True}]
    (change,) = BOOK.after(calendar()).published(calendar(days=days))

    assert change.edition == 2


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (b"{}", NoticeUnreadable),
        (b"no notice", NoticeUnreadable),
        (json.dumps(notice(days=[])).encode(), NoticePartial),
        (json.dumps(notice(year=2028)).encode(), NoticeOfAnotherYear),
        (
            json.dumps(
                notice(
                    days=[
                        *notice()["days"],
                        {"name": "春节", "date": "2027-02-14", "isOffDay": True},
                    ]
                )
            ).encode(),
            NoticeContradictory,
        ),
        (
            json.dumps(
                notice(
                    days=[
                        *notice()["days"],
                        {"name": "春节", "date": "2027-03-01", "isOffDay": False},
                    ]
                )
            ).encode(),
            NoticeContradictory,
        ),
    ],
)
def test_a_notice_that_settles_nothing_is_refused(
    document: bytes, refusal: type[RulesRejection]
) -> None:
    with pytest.raises(refusal):
        notice_of(document)


def test_a_policy_is_published_with_the_digest_of_its_document() -> None:
    (change,) = BOOK.published(policy())
    (same,) = BOOK.published(policy(TODAY))

    assert isinstance(change, PolicyPublished)
    assert isinstance(same, PolicyPublished)
    assert (change.edition, change.effective_from, change.approved_by) == (1, NEW_YEAR, "st-0601")
    assert change.digest == same.digest


def test_a_policy_of_the_past_is_refused() -> None:
    with pytest.raises(PolicyInThePast):
        BOOK.published(policy(date(2026, 11, 11)))


def test_a_document_that_is_no_policy_is_refused_with_its_place() -> None:
    with pytest.raises(PolicyUnfit) as refused:
        BOOK.published(policy(cut_off="never"))

    assert refused.value.values["place"] == "bureau.cut_off"


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
        {"unit": "AT"},
        "limit_field_unfit",
        "limit.field",
    ),
    "a word that is no unit": (
        "SLA-04",
        {"unit": {"field": "item_code"}},
        "limit_field_unfit",
        "unit.field",
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
        ("SLA-13a", {"limit": 0}, "limit_out_of_range"),
        ("SLA-13a", {"limit": 10_000}, "limit_out_of_range"),
        ("SLA-13a", {"unit": "HH"}, "limit_unit_unfit"),
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


def test_the_policy_that_holds_from_a_day_is_not_published_for_it_again() -> None:
    book = BOOK.after(policy())

    assert book.published(policy()) == []
    assert len(book.published(policy(date(2027, 6, 1)))) == 1


def test_a_publisher_is_registered_removed_and_registered_anew() -> None:
    book = BOOK.after(register())
    removed = book.after(RemovePublisher(at=AT, publisher_id="water-company"))

    assert book.published(register()) == []
    assert len(book.published(register(types=("casetrack.handling.*",)))) == 1
    assert [one.edition for one in removed.published(register())] == [3]


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"sources": ("",)}, SourceTooWide),
        ({"sources": ("urn:",)}, SourceTooWide),
        ({"sources": ("water",)}, SourceTooWide),
        ({"sources": ("urn:xincheng:water",)}, SourceTooWide),
        ({"sources": ("urn:casetrack:610102:intake:",)}, SourceReserved),
        ({"sources": ("URN:CaseTrack:610102:",)}, SourceReserved),
        ({"types": ("casetrack.hotline.*",)}, PatternMatchesNothing),
        ({"types": ("casetrack.intake.application.accepted.v9",)}, PatternMatchesNothing),
        ({"types": ("casetrack.rules.*",)}, PatternMatchesNothing),
        ({"types": ("casetrack.supervision.alert.*",)}, PatternMatchesNothing),
        ({"types": ("*",)}, PublisherUnfit),
        ({"publisher_id": "Water Company"}, PublisherUnfit),
        ({"name": ""}, PublisherUnfit),
    ],
)
def test_an_entry_that_would_let_in_too_much_or_nothing_is_refused(
    parts: dict[str, Any], refusal: type[RulesRejection]
) -> None:
    with pytest.raises(refusal):
        BOOK.published(register(**parts))


ED25519 = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
}
"""RFC 8037, appendix A; the next two are of RFC 7517, appendix A."""
P256 = {
    "kty": "EC",
    "crv": "P-256",
    "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
}
RSA = {
    "kty": "RSA",
    "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJ"
    "ECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY"
    "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4l"
    "Fd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    "e": "AQAB",
}


@pytest.mark.parametrize("key", [ED25519, P256, RSA])
def test_a_publisher_may_have_a_public_key_which_is_shown_as_it_was_given(
    key: dict[str, str],
) -> None:
    (change,) = BOOK.published(register(key={**key, "kid": "2026", "use": "sig"}))
    entry = BOOK.after(register(key=key)).rules.publishers.by_id["water-company"]

    assert isinstance(change, PublisherRegistered)
    assert change.key is not None
    assert change.key.model_dump(exclude_none=True) == {**key, "kid": "2026"}
    assert entry.key is not None
    assert BOOK.after(register()).published(register(key=key)) != []
    assert BOOK.after(register(key=key)).published(register(key=key)) == []


@pytest.mark.parametrize("secret", ["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
def test_a_private_key_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(KeyPrivate) as refused:
        BOOK.published(register(key={**ED25519, secret: "AQAB"}))

    assert refused.value.values == {}


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ({}, "key.kty"),
        ({"kty": "oct"}, "key.kty"),
        (ED25519 | {"crv": "X25519"}, "key.crv"),
        (ED25519 | {"crv": "P-256"}, "key"),
        (P256 | {"crv": "Ed25519"}, "key"),
        (ED25519 | {"x": "AAAA"}, "key"),
        (ED25519 | {"x": "not base64!"}, "key.x"),
        (ED25519 | {"use": "enc"}, "key.use"),
        (P256 | {"y": P256["x"]}, "key"),
        (P256 | {"x": "AAAA"}, "key"),
        (P256 | {"n": "AQAB"}, "key"),
        (RSA | {"n": RSA["n"][:120] + "Q"}, "key"),
        (RSA | {"e": "Aw"}, "key"),
        (RSA | {"e": "AQAC"}, "key"),
        ({"kty": "RSA", "n": RSA["n"]}, "key"),
    ],
)
def test_what_checks_no_signature_is_refused_as_a_key(key: dict[str, str], place: str) -> None:
    with pytest.raises(KeyUnfit) as refused:
        BOOK.published(register(key=key))

    assert refused.value.values == {"place": place}


def test_who_was_granted_a_source_of_ours_keeps_it() -> None:
    importer = shipped().publishers.by_id["importer"]
    entry = register(publisher_id="importer", sources=importer.sources)

    assert len(BOOK.published(entry)) == 1


def test_nobody_can_be_removed_who_is_not_registered() -> None:
    with pytest.raises(PublisherUnregistered):
        BOOK.published(RemovePublisher(at=AT, publisher_id="water-company"))


def test_what_is_refused_will_never_be_right_but_who_was_too_late_may_ask_again() -> None:
    blamed = {refusal.blame for refusal in RulesRejection.__subclasses__()}
    assert blamed == {Blame.COMMAND, Blame.HISTORY}
    assert {refusal.blame for refusal in LimitUnfit.__subclasses__()} == {Blame.COMMAND}
