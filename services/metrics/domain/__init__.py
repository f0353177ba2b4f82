"""
The pure part of metrics: the fold, the clocks, the figures and the alerts.

No I/O, no clock, no randomness; whoever calls brings the instant and the calendar.
"""
