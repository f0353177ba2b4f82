"""
Refusals that whoever changes the rules may be given.

Rejection
└── RulesRejection
    ├── EditionTaken
    ├── EditionUnknown
    ├── calendar
    │   ├── NoticeUnreadable
    │   ├── NoticePartial
    │   ├── NoticeContradictory
    │   └── NoticeOfAnotherYear
    ├── policy
    │   ├── PolicyInThePast
    │   ├── PolicyUnfit
    │   └── LimitUnfit
    │       ├── LimitNameUnknown
    │       ├── LimitFactSilent
    │       ├── LimitFieldUnfit
    │       ├── LimitUnitUnfit
    │       ├── LimitColourUnfit
    │       ├── LimitDayMoved
    │       ├── LimitNotByGuide
    │       ├── LimitOutOfRange
    │       ├── LimitNeverEnds
    │       ├── LimitNeverNear
    │       ├── LimitNearTooSoon
    │       └── LimitIndispensable
    └── publisher
        ├── PublisherUnfit
        ├── KeyPrivate
        ├── KeyUnfit
        ├── PatternMatchesNothing
        ├── SourceTooWide
        ├── SourceReserved
        └── PublisherUnregistered
"""

from shared.contracts.rejection import Blame, Rejection


class RulesRejection(Rejection):
    """A change of the rules that was understood and declined."""

    blame = Blame.COMMAND


class EditionTaken(RulesRejection):
    """Somebody else has published meanwhile; the newest edition is another than was looked at."""

    code = "edition_taken"
    blame = Blame.HISTORY


class EditionUnknown(RulesRejection):
    """There is no such edition."""

    code = "edition_unknown"
    field = "edition"


class NoticeUnreadable(RulesRejection):
    """What was sent is no notice in the form of holiday-cn."""

    code = "notice_unreadable"


class NoticePartial(RulesRejection):
    """A notice that leaves out a holiday settles nothing."""

    code = "notice_partial"
    field = "days"


class NoticeContradictory(RulesRejection):
    """A day is there twice, or made a working day that is one anyway."""

    code = "notice_contradictory"
    field = "days"


class NoticeOfAnotherYear(RulesRejection):
    """A notice settles its year and the months beside it, and no others."""

    code = "notice_of_another_year"
    field = "days"


class PolicyInThePast(RulesRejection):
    """What has begun is judged by the policy of its day, so none begins before today."""

    code = "policy_in_the_past"
    field = "effective_from"


class PolicyUnfit(RulesRejection):
    """The document is no policy; the values say where."""

    code = "policy_unfit"
    field = "document"


class LimitUnfit(RulesRejection):
    """A row of the policy that no clock can follow; the values say which, and at which place."""

    field = "document.limits"


class LimitNameUnknown(LimitUnfit):
    """It names a subject, a fact, a guard, a field or a blank that does not exist."""

    code = "limit_name_unknown"


class LimitFactSilent(LimitUnfit):
    """It turns on a fact that comes too often to be remembered by its subject."""

    code = "limit_fact_silent"


class LimitFieldUnfit(LimitUnfit):
    """It names a field that holds something else than is looked for there."""

    code = "limit_field_unfit"


class LimitUnitUnfit(LimitUnfit):
    """Its unit does not fit what is counted, or when it is near."""

    code = "limit_unit_unfit"


class LimitColourUnfit(LimitUnfit):
    """It names a level that no row has: a profile of supervision makes it of the others."""

    code = "limit_colour_unfit"


class LimitDayMoved(LimitUnfit):
    """It ends on a day that somebody names, and something would move that or measure otherwise."""

    code = "limit_day_moved"


class LimitNotByGuide(LimitUnfit):
    """The guide of an item says how long it may take, and it leaves that to no guide."""

    code = "limit_not_by_guide"


class LimitOutOfRange(LimitUnfit):
    """A limit of nothing is none, and one of many years cannot be checked by anybody."""

    code = "limit_out_of_range"


class LimitNeverEnds(LimitUnfit):
    """Nothing stops it."""

    code = "limit_never_ends"


class LimitNeverNear(LimitUnfit):
    """Somebody is to hear when it is near, and nothing says when that is."""

    code = "limit_never_near"


class LimitNearTooSoon(LimitUnfit):
    """It would be near before it began."""

    code = "limit_near_too_soon"


class LimitIndispensable(LimitUnfit):
    """A row by which services decide is missing, or is no number of working days."""

    code = "limit_indispensable"


class PublisherUnfit(RulesRejection):
    """The entry has a name, a source or a pattern that is none."""

    code = "publisher_unfit"


class KeyPrivate(RulesRejection):
    """The key holds what only its owner may know; whoever sent it has to make another."""

    code = "key_private"
    field = "key"


class KeyUnfit(RulesRejection):
    """The key is of no kind that we take, or no key at all."""

    code = "key_unfit"
    field = "key"


class PatternMatchesNothing(RulesRejection):
    """No type that others may speak of is like this."""

    code = "pattern_matches_nothing"
    field = "types"


class SourceTooWide(RulesRejection):
    """A prefix that names nobody would let its holder speak for everybody."""

    code = "source_too_wide"
    field = "sources"


class SourceReserved(RulesRejection):
    """From our own sources nobody else speaks."""

    code = "source_reserved"
    field = "sources"


class PublisherUnregistered(RulesRejection):
    """There is no such publisher."""

    code = "publisher_unregistered"
    field = "publisher_id"
