"""Visits to those who are served (五进五送), and what they need: facts and their words."""
