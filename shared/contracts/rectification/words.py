"""The words of a rectification."""

from enum import auto

from shared.contracts.words import Word


class VerifyFinding(Word):
    """核实结论: 立行立改, 建账整改, 解释说明, 申诉."""

    FIX_NOW = auto()
    LEDGER = auto()
    EXPLAIN_ONLY = auto()
    APPEAL = auto()
