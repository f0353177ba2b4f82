"""Refusals around one visit to the hall: there are none of its own."""

from shared.commands.off_course import off_course
from shared.contracts.intake.course import VISIT

OFF_COURSE = off_course(VISIT)
"""A visit may be told again at any time."""
