"""The words of a promise in place of a document."""

from enum import auto

from shared.contracts.words import Word


class CommitTechnique(Word):
    """What a promise replaces (承诺方式)."""

    MATERIAL_LATER = auto()
    MATERIAL_WAIVED = auto()
    REVIEW_DEFERRED = auto()
    REVIEW_WAIVED = auto()
