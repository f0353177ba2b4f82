"""
Help with applications (帮办代办): tasks from the request to the rating.

Nothing about the cases themselves: those are intake's.
"""
