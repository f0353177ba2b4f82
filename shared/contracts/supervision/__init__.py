"""Alerts (督办): their facts and their words."""
