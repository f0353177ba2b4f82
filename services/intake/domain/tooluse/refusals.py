"""Refusals around one use of the tools: there are none of its own."""

from shared.commands.off_course import off_course
from shared.contracts.intake.course import TOOL_USE

OFF_COURSE = off_course(TOOL_USE)
"""A use may be told again at any time."""
