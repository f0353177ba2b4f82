"""Intake over HTTP: commands of the bureau's people, facts of other systems."""
