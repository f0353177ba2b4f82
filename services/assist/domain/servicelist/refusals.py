"""
Refusals around the list of what is done at home.

AssistRejection
├── ServiceListVersionPublished
└── ServiceNamedTwice
"""

from services.assist.domain.refusals import AssistRejection
from shared.commands.off_course import off_course
from shared.contracts.assist.course import SERVICE_LIST
from shared.contracts.rejection import Blame


class ServiceListVersionPublished(AssistRejection):
    """The version is out: other items make another version."""

    code = "service_list_version_published"
    field = "list_version"


class ServiceNamedTwice(AssistRejection):
    """The list has each of its items once."""

    code = "service_named_twice"
    blame = Blame.COMMAND
    field = "item_codes"


OFF_COURSE = off_course(SERVICE_LIST)
"""The list may be published at any time, also anew."""
