"""Inspections (勘验): their facts and their words."""
