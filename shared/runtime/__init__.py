"""
What every process needs to run: clock, ids, settings, logs, measures, lifecycle.

No business rule, no event, and nothing that only one service needs.
"""
