"""A visit to those who are served (五进五送)."""
