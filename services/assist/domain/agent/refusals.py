"""Refusals around an agent on the roster: there are none."""

from shared.commands.off_course import off_course
from shared.contracts.assist.course import AGENT

OFF_COURSE = off_course(AGENT)
"""An agent may be registered at any time, also anew."""
