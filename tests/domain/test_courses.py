"""Each course, row by row and pair by pair: what is in the table happens, all else is refused."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from shared.commands.command import Command
from shared.contracts.course import Course, Row
from shared.contracts.courses import COURSES
from shared.contracts.envelope import Fact
from shared.contracts.handling.course import CASE
from shared.contracts.handling.facts import DecisionMade, StepStarted
from shared.contracts.handling.words import Step
from shared.contracts.intake.facts import ApplicationAccepted
from shared.contracts.rejection import Blame, Rejection
from shared.contracts.words import GradeLevel
from tests.support.by_course import Owned
from tests.support.courses import OWNED, command_of, fact_of
from tests.support.examples import like_the_example
from tests.support.way_of_a_case import entry

ROWS = [
    pytest.param(owned, row, id=f"{name}: {row.source} {row.fact.__name__} {row.target}")
    for name, owned in OWNED.items()
    for row in owned.course.rows
]


def pairs(*, allowed: bool) -> list[Any]:
    """Return each state with each command whose fact is allowed there, or is not."""
    return [
        pytest.param(owned, state, command, id=f"{name}: {state} {command.__name__}")
        for name, owned in OWNED.items()
        for state in owned.course.states
        for command in owned.commands
        if owned.course.allows(state, command.FACT) is allowed
    ]


def answer(owned: Owned, state: str, command: type[Command]) -> Fact | Rejection:
    """Return the fact with which *command* is granted in *state*, else the refusal."""
    try:
        (fact,) = owned.decider.decide(owned.remembering(state, command.FACT), command_of(command))
    except Rejection as refusal:
        return refusal
    return fact


@pytest.mark.parametrize(("owned", "row"), ROWS)
def test_a_row_leads_the_owner_and_the_figures_to_the_same_state(owned: Owned, row: Row) -> None:
    fact = fact_of(owned.course, row)

    ours = owned.decider.evolve(owned.remembering(row.source, row.fact), fact)
    theirs, legal = owned.kind(
        name="subject", state=row.source, **owned.told.get(row.fact, {})
    ).after(entry(fact, 1))

    assert (owned.state(ours), theirs.state, legal) == (row.target, row.target, True)


@pytest.mark.parametrize(("owned", "state", "command"), pairs(allowed=False))
def test_what_has_no_row_is_refused_with_its_code_and_changes_nothing(
    owned: Owned, state: str, command: type[Command]
) -> None:
    refusal = owned.off_course[state, command.FACT]
    subject = owned.remembering(state, command.FACT)
    fact = like_the_example(command.FACT)
    _, legal = owned.kind(name="subject", state=state).after(entry(fact, 1))

    assert type(answer(owned, state, command)) is refusal
    assert refusal.code
    assert owned.decider.evolve(subject, fact) == subject or owned.follows
    assert not legal


@pytest.mark.parametrize(("owned", "state", "command"), pairs(allowed=True))
def test_what_has_a_row_is_granted_or_refused_for_what_the_row_names(
    owned: Owned, state: str, command: type[Command]
) -> None:
    named = {
        code
        for row in owned.course.rows
        if (row.source, row.fact) == (state, command.FACT)
        for code in row.unless
    }
    answered = answer(owned, state, command)

    if isinstance(answered, Rejection):
        assert answered.code in named
    else:
        assert type(answered) is command.FACT
        assert owned.course.target(state, answered) is not None


@pytest.mark.parametrize("owned", OWNED.values(), ids=OWNED)
def test_every_command_is_granted_somewhere(owned: Owned) -> None:
    answers = {
        type(answer(owned, state, command))
        for state in owned.course.states
        for command in owned.commands
    }

    assert {command.FACT for command in owned.commands} <= answers


def refusals(root: type[Rejection] = Rejection) -> Iterator[type[Rejection]]:
    for one in root.__subclasses__():
        yield one
        yield from refusals(one)


@pytest.mark.parametrize("owned", OWNED.values(), ids=OWNED)
def test_what_a_row_names_is_a_refusal_that_history_may_bring(owned: Owned) -> None:
    blaming_history = {
        one.code for one in refusals() if "code" in vars(one) and one.blame is Blame.HISTORY
    }

    assert {code for row in owned.course.rows for code in row.unless} <= blaming_history


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.subject)
def test_what_two_persons_do_are_facts_that_the_course_has(course: Course) -> None:
    for apart in course.apart:
        assert {*apart.facts, *apart.earlier} <= {*course.facts}
        for fact, earlier in product(apart.facts, apart.earlier):
            assert not apart.parts(like_the_example(fact), like_the_example(fact))
            assert not apart.parts(like_the_example(earlier), like_the_example(earlier))
            assert any(apart.parts(one, like_the_example(fact)) for one in _varied(earlier))


def _varied(kind: type[Fact]) -> Iterator[Fact]:
    yield like_the_example(kind)
    if "step" in kind.model_fields:
        yield from (like_the_example(kind, step=step) for step in Step)


def test_the_step_that_approves_and_what_the_window_does_alone_part_nobody() -> None:
    decided = like_the_example(DecisionMade)
    approving = like_the_example(StepStarted, step=Step.APPROVE)
    alone = like_the_example(ApplicationAccepted, grade=GradeLevel.L1)

    for earlier in (approving, alone):
        assert not any(apart.parts(earlier, decided) for apart in CASE.apart)
