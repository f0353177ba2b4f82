"""Where the tables of metrics are, and the rules and facts that supervision records."""

from functools import cache

from services.metrics.domain.rules.fitness import require_fit
from shared.policy.rules import Rules, shipped

SEARCH_PATH = "metrics,supervision"


@cache
def first_rules() -> Rules:
    """
    Return the edition that is shipped, which our subjects can follow.

    Raises:
        RulesRejection: they cannot; whoever starts says so, and does not fold by it.
    """
    rules = shipped()
    for _, policy in rules.policies:
        require_fit(policy)
    return rules
