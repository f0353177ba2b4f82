"""
Refusals that assist may give.

Rejection
└── AssistRejection
    └── those of a task: services.assist.domain.task.refusals
"""

from shared.contracts.rejection import Rejection


class AssistRejection(Rejection):
    """A command that assist understood and declined."""
