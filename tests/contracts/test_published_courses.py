"""The courses that are published: all there are, and each whole in itself."""

from importlib import import_module

import pytest

from shared.contracts.course import ABSENT, Course
from shared.contracts.courses import COURSES
from shared.contracts.documents import write
from shared.contracts.publishing import example_of
from shared.contracts.registry import FACTS, FAMILIES, decode
from shared.contracts.supervision.facts import FactConfirmed, FactRejected

EACH = pytest.mark.parametrize("course", COURSES, ids=lambda course: course.subject)
WITHOUT_COURSE = {"access", "rules"}
"""Families of what binds everybody, and of who is let in: no subjects with a way to go."""
OF_THE_CASE = {"credit", "instrument"}
"""Families of facts that stand in the course of the case."""


def test_every_course_of_a_family_is_published() -> None:
    families = {str(module.__package__) for modules in FAMILIES.values() for module in modules}
    found = [
        member
        for family in sorted(families)
        if family.rpartition(".")[2] not in WITHOUT_COURSE | OF_THE_CASE
        for member in vars(import_module(f"{family}.course")).values()
        if isinstance(member, Course)
    ]

    assert sorted(course.subject for course in found) == sorted(one.subject for one in COURSES)


def test_every_fact_has_its_row_in_some_course() -> None:
    led = {fact.TYPE for course in COURSES for fact in course.facts}

    # What is said of a fact moves no subject: it says whether that fact does.
    judging = {FactConfirmed.TYPE, FactRejected.TYPE}
    assert {kind for kind in FACTS if kind.split(".")[1] not in WITHOUT_COURSE} - judging == led


@EACH
def test_a_course_leads_to_each_of_its_states_and_to_no_other(course: Course) -> None:
    targets = {row.target for row in course.rows if row.target != row.source}

    assert {ABSENT, *targets} == set(course.states)
    assert {row.source for row in course.rows} <= set(course.states)


@EACH
def test_what_happens_in_some_states_alone_is_found_by_them(course: Course) -> None:
    assert course.within(course.states) == course.facts
    assert course.within(()) == ()


@EACH
def test_a_subject_lies_in_the_stream_that_its_course_names(course: Course) -> None:
    own = [fact for fact in course.facts if not fact.PART_OF_CASE]
    told = [decode(write(example_of(fact.TYPE))) for fact in own]

    assert {one.stream for one in told} == {course.stream_of(one.data.subject) for one in told}
