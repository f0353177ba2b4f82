"""The work on an accepted case: its facts and their words."""
