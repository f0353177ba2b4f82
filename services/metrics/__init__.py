"""
Metrics: folds what the other services publish into figures, clocks and alerts.

It decides nothing about a case; whatever it shows can be computed again from the stored events.
"""
