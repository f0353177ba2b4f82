"""What intake fills in of a command on a joint case: how its sub-cases ended."""

from typing import Any

from services.intake.domain.joint.commands import CloseJointCase
from services.intake.domain.joint.decide import DECIDER, subcases_of
from services.intake.domain.joint.ending import end_of
from shared.commands.counter import Fields
from shared.commands.deciding import Desk
from shared.contracts.handling.course import CASE
from shared.contracts.joint.course import JOINT


async def subcase_ends(desk: Desk, command: type[Any], words: Fields) -> Fields:
    """
    Return the ends that closing a joint case needs; other commands need none.

    They are read before the decision: a case that is linked between the two is not over there.
    """
    if command is not CloseJointCase:
        return {}
    stream = JOINT.stream_of(words["joint_case_id"])
    joint = DECIDER.after((await desk.store.load(stream)).events)
    ends = {}
    for case_no in subcases_of(joint):
        end = end_of((await desk.store.load(CASE.stream_of(case_no))).events)
        if end is not None:
            ends[case_no] = end
    return {"ends": ends}
