"""Ratings (好差评): their facts and their words."""
