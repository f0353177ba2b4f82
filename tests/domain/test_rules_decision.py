"""How the rules may change, and what is refused."""

import json
from datetime import date
from typing import Any

import pytest

from services.metrics.domain.rules.commands import (
    PublishCalendar,
    PublishPolicy,
    RemovePublisher,
)
from services.metrics.domain.rules.decide import notice_of
from services.metrics.domain.rules.refusals import (
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
from shared.contracts.rules.facts import CalendarPublished, PolicyPublished
from shared.policy.rules import evolve, shipped
from shared.policy.sla import bureau_policy
from tests.support.notices import notice
from tests.support.rules_book import AT, BOOK, NEW_YEAR, TODAY, register


def calendar(**parts: object) -> PublishCalendar:
    return PublishCalendar(at=AT, notice=notice_of(json.dumps(notice(**parts)).encode()))


def policy(since: date = NEW_YEAR, **bureau: object) -> PublishPolicy:
    document = bureau_policy().model_dump(mode="json")
    document["bureau"] |= bureau or {"cut_off": "17:29:59"}
    return PublishPolicy(at=AT, effective_from=since, document=document, approved_by="st-0601")


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
        ({"types": ("casetrack.weather.*",)}, PatternMatchesNothing),
        ({"types": ("casetrack.intake.application.accepted.v9",)}, PatternMatchesNothing),
        ({"types": ("casetrack.rules.*",)}, PatternMatchesNothing),
        ({"types": ("casetrack.supervision.alert.*",)}, PatternMatchesNothing),
        ({"types": ("*",)}, PublisherUnfit),
        ({"others": ("casetrack.weather.*",)}, PatternMatchesNothing),
        ({"backdates": -1}, PublisherUnfit),
        ({"backdates": 251}, PublisherUnfit),
        ({"publisher_id": "Water Company"}, PublisherUnfit),
        ({"name": ""}, PublisherUnfit),
    ],
)
def test_an_entry_that_would_let_in_too_much_or_nothing_is_refused(
    parts: dict[str, Any], refusal: type[RulesRejection]
) -> None:
    with pytest.raises(refusal):
        BOOK.published(register(**parts))


def test_who_was_granted_a_source_of_ours_keeps_it() -> None:
    importer = shipped().publishers.by_id["importer"]
    entry = register(publisher_id="importer", sources=importer.sources)

    assert len(BOOK.published(entry)) == 1


@pytest.mark.parametrize("bound", [0, 5, "unlimited"])
def test_an_entry_says_what_is_believed_of_others_matters_and_of_days_long_past(
    bound: int | str,
) -> None:
    (fact,) = BOOK.published(register(others=("casetrack.review.*",), backdates=bound))

    entry = evolve(BOOK.rules, fact).publishers.by_id["water-company"]
    assert (entry.others, entry.backdates) == (("casetrack.review.*",), bound)


def test_nobody_can_be_removed_who_is_not_registered() -> None:
    with pytest.raises(PublisherUnregistered):
        BOOK.published(RemovePublisher(at=AT, publisher_id="water-company"))


def test_what_is_refused_will_never_be_right_but_who_was_too_late_may_ask_again() -> None:
    blamed = {refusal.blame for refusal in RulesRejection.__subclasses__()}
    assert blamed == {Blame.COMMAND, Blame.HISTORY}
    assert {refusal.blame for refusal in LimitUnfit.__subclasses__()} == {Blame.COMMAND}
