"""How people are let in."""
