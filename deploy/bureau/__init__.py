"""A bureau that is made up: its cases and its people, acting through the public API only."""
