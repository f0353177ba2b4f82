"""What takes minutes, and repeats by other means what a shorter test does: run where asked for."""

import os

import pytest

LONG = pytest.mark.skipif(
    not os.environ.get("CASETRACK_DRILLS"), reason="takes minutes; CASETRACK_DRILLS=1 runs it"
)
