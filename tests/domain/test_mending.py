"""How long a defect may take whose order names no day (SLA-15)."""

import pytest

from shared.policy.sla import MENDING, Policy, bureau_policy, mending_days


def amended(**changes: object) -> Policy:
    """Return the policy with another row for it; without any where nothing is said."""
    rows = {one.id: one for one in bureau_policy().limits}
    row = rows.pop(MENDING)
    if changes:
        rows[MENDING] = row.model_copy(update=changes)
    return bureau_policy().amended(limits=tuple(rows.values()))


def test_ten_working_days_unless_the_policy_says_otherwise() -> None:
    assert mending_days(bureau_policy()) == 10
    assert mending_days(amended(limit=4)) == 4


@pytest.mark.parametrize("changes", [{}, {"unit": "ND"}, {"limit": {"field": "deadline"}}])
def test_a_policy_without_a_number_of_working_days_means_what_is_shipped(
    changes: dict[str, object],
) -> None:
    assert mending_days(amended(**changes)) == 10
