"""
Refusals that intake may give.

Rejection
└── IntakeRejection
    ├── those of a case: services.intake.domain.case.refusals
    ├── those of a promise: services.intake.domain.commitment.refusals
    ├── those of an inspection: services.intake.domain.inspection.refusals
    ├── those of a referral: services.intake.domain.referral.refusals
    ├── those of a meeting: services.intake.domain.meeting.refusals
    ├── those of the grading list: services.intake.domain.gradinglist.refusals
    ├── those of the committee's rules: services.intake.domain.committeerules.refusals
    ├── those of an application for another place: services.intake.domain.xregion.refusals
    ├── those of a joint case: services.intake.domain.joint.refusals
    ├── those of a change of an item: services.intake.domain.itemchange.refusals
    ├── those of a list of items: services.intake.domain.itemlist.refusals
    ├── those of an item's place in the hall: services.intake.domain.stationing.refusals
    ├── those of an appointment: services.intake.domain.appointment.refusals
    ├── those of a scene: services.intake.domain.scene.refusals
    ├── those of a site: services.intake.domain.site.refusals
    ├── DeliveredDateImpossible
    ├── ItemNamedTwice
    └── of more time, for a case or a joint case
        ├── ExtensionAlreadyGranted
        ├── ExtensionNotRequested
        └── ExtensionTooLate
"""

from shared.contracts.rejection import Blame, Rejection


class IntakeRejection(Rejection):
    """A command that intake understood and declined."""


class DeliveredDateImpossible(IntakeRejection):
    """Material cannot have been handed in tomorrow, nor before the application itself."""

    code = "delivered_date_impossible"
    blame = Blame.COMMAND
    field = "delivered_date"


class ItemNamedTwice(IntakeRejection):
    """A list has each of its items once."""

    code = "item_named_twice"
    blame = Blame.COMMAND
    field = "item_codes"


class ExtensionAlreadyGranted(IntakeRejection):
    """More time is given once (T-09, T-10)."""

    code = "extension_already_granted"


class ExtensionNotRequested(IntakeRejection):
    """Whoever gives more time decides on a request, and there is none."""

    code = "extension_not_requested"


class ExtensionTooLate(IntakeRejection):
    """An extension must be approved before the limit has passed."""

    code = "extension_too_late"
