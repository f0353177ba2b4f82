"""
Refusals that assist may give.

Rejection
└── AssistRejection
    ├── those of a task: services.assist.domain.task.refusals
    ├── those of a walk: services.assist.domain.walkthrough.refusals
    ├── those of a problem: services.assist.domain.problem.refusals
    ├── those of an agency: services.assist.domain.agency.refusals
    ├── those of an engagement: services.assist.domain.engagement.refusals
    ├── those of a policy: services.assist.domain.policy.refusals
    ├── those of a key project: services.assist.domain.project.refusals
    ├── those of the service list: services.assist.domain.servicelist.refusals
    ├── those of a visit: services.assist.domain.outreach.refusals
    ├── those of a need: services.assist.domain.need.refusals
    └── those of a benefit: services.assist.domain.benefit.refusals
"""

from shared.contracts.rejection import Rejection


class AssistRejection(Rejection):
    """A command that assist understood and declined."""
