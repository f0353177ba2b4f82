"""What the figures of the plan come to that tell of lists, tickets, walks and promises."""

from datetime import date

import pytest

from services.metrics.domain.subjects.target import OwnTarget
from tests.support.told_figures import STORIES, picture, value

OPEN = "a licence that is specified and open everywhere"
NARROWER = "the same licence in a version that is neither"
SILENT = "the same licence in a version that says no more"


@pytest.mark.parametrize(
    ("figure", "stories", "expected"),
    [
        ("K01.6", ["a session that the desk helps", "a session that reads in vain"], (1, 2)),
        ("K01.6", ["a session that asks the desk twice, and the map"], (1, 2)),
        ("K01.6.smart_desk", ["a session that asks the desk twice, and the map"], (1, None)),
        ("K01.6.service_map", ["a session that asks the desk twice, and the map"], (1, None)),
        ("K01.6.knowledge_base", ["a session that reads in vain"], (1, None)),
        ("K04.2", ["a project that lacks three of its four ones"], (0, 1)),
        ("K04.2", ["a project that gets its four ones, with the city's help"], (1, 1)),
        ("K04.2", ["a project of which only a milestone is known"], (0, 0)),
        ("K04.4", ["a project that reaches one milestone in time, and one late"], (1, 2)),
        ("K04.4", ["a project that is said to reach a milestone again"], (0, 1)),
        ("K04.4", ["a project that reaches so many milestones that nobody keeps them"], (64, 64)),
        ("K04.4", ["a project of which only a milestone is known"], (1, 1)),
        ("K04.4", ["a project whose milestone has a day that nobody means"], (0, 0)),
        ("K04.5.joint", ["a project that lacks three of its four ones"], (0, None)),
        (
            "K04.5.joint",
            ["a project that gets its four ones, with the city's help"],
            (1, None),
        ),
        (
            "K04.5.pre_review",
            [
                "a project that lacks three of its four ones",
                "a project that gets its four ones, with the city's help",
            ],
            (1, None),
        ),
        ("K06.2.size", ["a home-service list of two versions"], (12, None)),
        ("K06.2.size", ["a home-service list that is corrected on its day"], (9, None)),
        ("K06.2.size", ["a home-service list of a day that nobody means"], (0, None)),
        ("K06.2", ["a home-service list of two versions"], (2, None)),
        ("K06.2", ["a home-service list that is corrected on its day"], (1, None)),
        ("K07.2", ["a change that is published everywhere in time"], (1, 1)),
        ("K07.2", ["a change that is published too late in one place"], (0, 1)),
        ("K07.2", ["a change that is published in two places only"], (0, 0)),
        ("K07.2", ["a change that nobody publishes"], (0, 1)),
        (
            "K08.1",
            ["a policy that is listed in time", "a policy that never gets its guide"],
            (2, None),
        ),
        ("K08.1.no_apply", ["a policy that is listed in time"], (1, None)),
        ("K08.1.display_only", ["a policy that is shown, and gets its guide late"], (1, None)),
        ("K08.1.online_apply", ["a policy to apply for that has no guide yet"], (1, None)),
        ("K08.2", ["a policy that is listed in time"], (1, 1)),
        ("K08.2", ["a policy that is shown, and gets its guide late"], (0, 1)),
        ("K08.2", ["a policy that never gets its guide"], (0, 1)),
        ("K08.2", ["a policy to apply for that has no guide yet"], (0, 0)),
        ("K11.1", ["an agency that is let in"], (1, 1)),
        ("K11.1", ["an agency that is refused late, and applies again"], (0, 1)),
        ("K11.1", ["an agency that nobody examines"], (0, 1)),
        (
            "K08.3",
            ["a benefit that is claimed and granted", "a benefit that comes by itself"],
            (1, 2),
        ),
        ("K08.3", ["a benefit that is claimed"], (0, 0)),
        ("K08.3.days", ["a benefit that is claimed and granted"], (4, 1)),
        ("K08.3.days", ["a benefit that comes by itself"], (0, 0)),
        (
            "K11.2",
            ["an agency that delivers in time", "an agency of whose work only the rating is known"],
            (1, None),
        ),
        (
            "K11.3",
            [
                "an agency that delivers in time",
                "an agency that delivers late",
                "an agency that has all the time",
            ],
            (1, 2),
        ),
        (
            "K11.3.satisfied",
            ["an agency that delivers in time", "an agency that delivers late"],
            (1, 2),
        ),
        ("K12.5", ["a ticket that is answered in time"], (1, 1)),
        ("K12.5", ["a ticket that is answered late"], (0, 1)),
        ("K12.5", ["a ticket that gets more time"], (1, 1)),
        ("K12.5", ["a complex ticket"], (1, 1)),
        ("K12.5", ["a ticket that is another's"], (0, 0)),
        ("K12.5", ["a ticket that waits"], (0, 0)),
        ("K12.5", ["a ticket that nobody answers"], (0, 1)),
        ("K12.5.satisfied", ["a ticket that is answered in time"], (0, 1)),
        ("K12.5.satisfied", ["a ticket that is answered again, better"], (1, 1)),
        ("K13.3", ["a case that was filed outside"], (1, None)),
        ("K13.3", ["a case that was not filed outside after all"], (0, None)),
        ("K13.1", ["an item that is taken into the hall", "an item outside"], (1, 2)),
        ("K13.1", ["an item in the hall that others decide", "an item that is exempt"], (1, 1)),
        (
            "K13.2",
            [
                "an item that is taken into the hall",
                "an item in the hall that others decide",
            ],
            (1, 2),
        ),
        ("K13.2.exempt", ["an item that is exempt"], (1, None)),
        ("K16.1", ["a list that grows and shrinks", "a list that no figure counts"], (10, None)),
        ("K16.1", ["a list of a day that nobody means"], (0, None)),
        ("K17.1", ["a list for other places"], (3, None)),
        ("K20.1", ["a list that is corrected on its day"], (9, None)),
        ("K06.2", ["a list of what is done at home"], (1, None)),
        ("K01.5", [OPEN], (1, 1)),
        ("K01.5", [OPEN, NARROWER, SILENT], (0, 1)),
        ("K07.1", ["a licence list that loses an item"], (0, 2)),
        ("K07.1", ["a licence list that loses an item", OPEN], (1, 2)),
        ("K07.1", ["a licence list that loses an item", OPEN, NARROWER], (0, 2)),
        ("K07.1", ["a licence list that loses an item", OPEN, NARROWER, SILENT], (1, 2)),
        ("K07.1", ["a licence list of many versions", OPEN], (1, 12)),
        (
            "K07.1",
            ["a licence list that loses an item", "a version since a day that nobody means"],
            (0, 2),
        ),
        ("K07.1", ["a list of filings", OPEN], (0, 0)),
        ("K07.3", ["a list of filings"], (1, None)),
        ("K07.3", ["a licence list that loses an item"], (0, None)),
        ("K15.2", [OPEN], (1, 1)),
        ("K15.2", [OPEN, NARROWER, SILENT], (0, 1)),
        ("K10.5", ["grades of the committee that are revised twice"], (2, None)),
        ("K10.5.rules", ["rules of the committee that are revised"], (1, None)),
        ("K11.0", ["a list of what agencies are needed for"], (2, None)),
        ("K20.1.age", ["a list that is corrected on its day"], (1, None)),
        ("K20.1.age", ["a list for other places"], (0, None)),
        ("K14.2", ["a case with a seal and a certificate that is known"], (1, 1)),
        ("K14.2", ["a case that is signed and filed"], (0, 1)),
        ("K14.2", ["an instrument of a case of which nobody told"], (0, 0)),
        ("K14.3.e_licence", ["a case with a seal and a certificate that is known"], (3, None)),
        ("K14.3.e_seal", ["a case with a seal and a certificate that is known"], (1, None)),
        ("K14.3.e_signature", ["a case that is signed and filed"], (1, None)),
        ("K14.3.e_archive", ["a case that is signed and filed"], (1, None)),
        (
            "K20.2.served",
            [
                "an appointment at a weekend that is kept",
                "an appointment at a weekend that nobody keeps",
                "an appointment at a weekend that is given up",
                "an appointment at a weekend that waits",
                "an appointment on a working day",
            ],
            (1, 4),
        ),
        ("K20.2.served", ["an appointment at a weekend that is booked twice"], (0, 1)),
        ("K20.2.served", ["an appointment of which only its end is known"], (0, 0)),
        ("K20.2.served", ["an appointment on a day that nobody means"], (0, 0)),
        ("K16.4", ["a decision on a promise that was kept"], (1, 1)),
        ("K16.4", ["a decision on a promise that was not kept, found late"], (0, 1)),
        ("K16.4", ["a decision on a promise that nobody verifies"], (0, 1)),
        ("K16.4", ["a decision on a promise that is set aside first"], (0, 0)),
        ("K16.4", ["a decision of which nobody speaks"], (0, 0)),
        ("K16.4.breached", ["a decision on a promise that was kept"], (0, 1)),
        (
            "K16.4.breached",
            ["a decision on a promise that was not kept, found late"],
            (1, 1),
        ),
        ("K17.2", ["an application that goes its way"], (1, 1)),
        (
            "K17.2",
            ["an application that was just taken in", "an application by proxy that lies about"],
            (1, 2),
        ),
        ("K17.2.collected", ["an application by proxy that lies about"], (1, None)),
        ("K17.3", ["an application that goes its way"], (2, 2)),
        ("K17.3", ["an application by proxy that lies about"], (0, 1)),
        ("K17.3", ["an application that goes on late"], (0, 1)),
        ("K18.1.instant_approval", ["a case decided at once on credit"], (1, None)),
        ("K18.1.proof_substitute", ["a case decided at once on credit"], (1, None)),
        (
            "K18.1.tolerance_by_credit",
            ["a case decided at once, nobody says how soon"],
            (1, None),
        ),
        (
            "K18.1.approval_supervision_link",
            ["a case decided at once, nobody says how soon"],
            (1, None),
        ),
        ("K18.2", ["a case decided at once on credit"], (42, 1)),
        ("K18.2", ["a case decided at once, nobody says how soon"], (0, 0)),
        ("K18.3", ["a case decided at once on credit"], (5, None)),
        ("K18.4", ["a decision that is pushed at once"], (1, 1)),
        ("K18.4", ["a decision that is pushed late"], (0, 1)),
        ("K18.4", ["a decision that is not pushed"], (0, 1)),
        ("K18.4", ["a decision that is set aside before it is pushed"], (0, 0)),
        (
            "K19.1.project_support",
            ["a visit to a project", "a visit to a business district"],
            (1, None),
        ),
        ("K19.1.business_district_convenience", ["a visit to a business district"], (1, None)),
        ("K19.1.agency_guide", ["a visit to a project"], (0, None)),
        ("K19.2", ["a need that is met", "a need that waits"], (1, 2)),
        ("K19.2", ["a need of which only the end is known"], (0, 0)),
        ("K21.1", ["two walks of one street"], (1, 2)),
        ("K21.2", ["two walks of one street", "the walk of another"], (2, None)),
        ("K21.3", ["a problem that is removed in time"], (1, 1)),
        ("K21.3", ["a problem that is removed late"], (0, 1)),
        ("K21.3", ["a problem that is not removed"], (0, 1)),
        ("K21.3", ["a problem that was just found"], (0, 0)),
        ("K22.4", ["a matter of which somebody hears again"], (1, 1)),
        ("K22.4", ["a matter of which somebody hears late"], (0, 1)),
        ("K22.4", ["a matter that is not resolved"], (0, 1)),
        ("K22.4", ["a matter of which nobody hears again"], (0, 1)),
        ("K22.4", ["a matter that was just recorded"], (0, 0)),
        ("K22.6", ["a ticket that is answered in time"], (1, None)),
        ("K22.6", ["a ticket that is answered again, better"], (0, None)),
        ("K22.7", ["a ticket that is answered in time"], (1, None)),
        ("K22.7", ["a ticket that gets more time"], (0, None)),
        (
            "K22.6",
            [
                "a complaint in the hall that is right about shirking",
                "a complaint in the hall that is right about an error",
                "a ticket that is answered in time",
            ],
            (3, None),
        ),
        ("K22.6", ["a complaint in the hall that is not right"], (0, None)),
        ("K22.6", ["a complaint in the hall that is taken back"], (0, None)),
        ("K22.6", ["a complaint in the hall that is concluded twice"], (1, None)),
        ("K22.6", ["a complaint in the hall that waits"], (0, None)),
        ("K22.7", ["a complaint in the hall that is right about shirking"], (1, None)),
        ("K22.7", ["a complaint in the hall that is right about an error"], (0, None)),
        ("K22.1.micro_class", ["4 MICRO_CLASS reported for K22.1"], (400, None)),
        ("K22.1.etiquette", ["2.5 ETIQUETTE reported for K22.1"], (250, None)),
        ("K22.1.conduct", ["a report that was corrected twice"], (200, None)),
        ("K22.1.conduct", ["a report of what nobody counts"], (0, None)),
        ("K22.1.conduct", ["a report of what no figure counts"], (0, None)),
        ("K22.1.micro_class", ["a report on a day that nobody means"], (0, None)),
        (
            "K02.3",
            ["4 ASSIGNED reported for K02.3", "3 TAKEN_OVER reported for K02.3"],
            (300, 400),
        ),
        ("K23.3", ["4 REVIEWED reported for K23.3", "3 DEFECT reported for K23.3"], (300, 400)),
        (
            "K23.4.spot_checks",
            ["4 CHECKED reported for K23.4", "3 OK reported for K23.4"],
            (300, 400),
        ),
        ("K09.2", ["a target that is reached on its day"], (1, 1)),
        ("K09.2.milestone", ["a target that is reached on its day"], (200, None)),
        ("K09.2", ["a target that is reached late"], (0, 1)),
        ("K09.2", ["a target that is set anew for an earlier day"], (0, 1)),
        ("K09.2", ["a target that was not reached after all"], (0, 1)),
        ("K09.2", ["a target, and a report against another"], (0, 1)),
        ("K09.2", ["a target that is given up"], (0, 0)),
        ("K09.2", ["a target of a day that nobody means"], (0, 0)),
        ("K00.1", ["a target of item 0 that nobody has come nearer to"], (0, 1)),
        ("K00.1", ["a target that is reached on its day"], (0, 0)),
        (
            "K00.1.all",
            [
                "a target of item 0 that nobody has come nearer to",
                "a target that is reached on its day",
            ],
            (1, 2),
        ),
        (
            "K25.1",
            [
                "an agent who goes from a street to a community",
                "an agent who stops, and helps again",
                "an agent who stops",
                "an agent who never helps",
            ],
            (2, None),
        ),
        ("K25.1.street", ["an agent who goes from a street to a community"], (0, None)),
        ("K25.1.community", ["an agent who goes from a street to a community"], (1, None)),
        ("K25.1.district", ["an agent who stops, and helps again"], (1, None)),
        ("K25.1.block_point", ["an agent who stops"], (0, None)),
        ("K25.1.grid", ["an agent who goes from a street to a community"], (0, None)),
        ("K25.1.property", ["an agent who goes from a street to a community"], (1, None)),
        ("K25.1.gov", ["an agent who stops, and helps again"], (1, None)),
        ("K25.1.commercial_mgmt", ["an agent who stops"], (0, None)),
        (
            "K25.4.process",
            [
                "help with two items, noted throughout",
                "help with one of these items, without a note",
                "help that is still given",
            ],
            (1, 2),
        ),
        (
            "K25.4.items",
            [
                "help with two items, noted throughout",
                "help with one of these items, without a note",
            ],
            (2, None),
        ),
        ("K25.4.items", ["help that is still given"], (0, None)),
    ],
)
def test_a_figure_of_the_plan_counts_what_its_formula_says(
    figure: str, stories: list[str], expected: tuple[int, int | None]
) -> None:
    found = value(figure, *stories)

    assert (found.numerator, found.denominator) == expected


@pytest.mark.parametrize(("until", "hundredths"), [(9, 0), (10, 100), (30, 100)])
def test_what_was_reported_against_a_target_is_known_of_any_day(
    until: int, hundredths: int
) -> None:
    subjects = picture(STORIES["a target that is reached on its day"]).dossier.subjects
    (target,) = (one for one in subjects if isinstance(one, OwnTarget))

    assert target.reported(subjects, date(2024, 9, until)) == hundredths


def test_what_is_reported_is_told_in_its_own_unit_however_it_is_kept() -> None:
    assert value("K22.1.etiquette", "2.5 ETIQUETTE reported for K22.1").number == 2.5


def test_a_list_is_as_old_as_its_newest_version() -> None:
    assert value("K06.2", "a list of what is done at home").number == 91
    assert value("K11.0", "a list of what agencies are needed for").number == 20
    assert value("K11.0", "a list for other places").number is None


@pytest.mark.parametrize(
    ("until", "items"),
    [("2024-09-01", 0), ("2024-09-02", 8), ("2024-09-15", 11), ("2024-12-31", 10)],
)
def test_a_list_has_as_many_items_as_it_had_on_any_day(until: str, items: int) -> None:
    of = picture(STORIES["a list that grows and shrinks"]).contributions

    assert sum(number for (_, day), number in of.items() if f"{day}" <= until) == items


def test_either_list_of_what_is_done_at_home_makes_it_fresh() -> None:
    lists = ["a list of what is done at home", "a home-service list of two versions"]

    assert [value("K06.2", one).number for one in lists] == [91, 102]
    assert value("K06.2", *lists).number == 91


@pytest.mark.parametrize(("until", "agents"), [("2024-09-02", 1), ("2024-09-03", 0)])
def test_an_agent_helps_at_any_day_as_the_roster_said_then(until: str, agents: int) -> None:
    of = picture(STORIES["an agent who stops"]).contributions

    assert sum(number for (_, day), number in of.items() if f"{day}" <= until) == agents
