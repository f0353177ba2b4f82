"""An application until it is accepted or not: its facts and their words."""
